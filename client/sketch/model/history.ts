// Named, unlimited undo. Documents are immutable and share what did not change, so a step costs
// the changed parts only, and undo is exact by construction.

import type { SketchDocument } from './document';

export interface Step {
  /** What was done, said as a deed: "Moved corner 2". */
  readonly name: string;
  readonly document: SketchDocument;
}

export class History {
  private steps: Step[];
  private at: number;

  constructor(first: SketchDocument, steps: readonly Step[] = [], at = steps.length) {
    this.steps = [{ name: '', document: first }, ...steps];
    this.at = Math.min(Math.max(at, 0), steps.length);
  }

  get document(): SketchDocument {
    return this.step(this.at).document;
  }

  /** How many steps lie before the current document; the number of the current step. */
  get position(): number {
    return this.at;
  }

  get undoName(): string | null {
    return this.at > 0 ? this.step(this.at).name : null;
  }

  get redoName(): string | null {
    return this.steps[this.at + 1]?.name ?? null;
  }

  /** Adds a step and forgets what had been undone. */
  push(step: Step): void {
    this.steps.length = this.at + 1;
    this.steps.push(step);
    this.at++;
  }

  undo(): boolean {
    if (this.at === 0) return false;
    this.at--;
    return true;
  }

  redo(): boolean {
    if (this.at === this.steps.length - 1) return false;
    this.at++;
    return true;
  }

  private step(index: number): Step {
    const step = this.steps[index];
    if (!step) throw new Error(`no step ${index} in the history`);
    return step;
  }
}
