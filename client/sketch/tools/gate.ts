// Gate: choose kind and opening, then point at a run. The opening slides along under the
// pointer and stops where a run or another gate ends.

import { type Gate, type GateKind, findRun } from '../model/document';
import { addGate, fitGate, kindFor, runUnder, snapGate } from '../model/gates';
import { parseOffset } from '../model/lengths';
import { describe } from '../model/words';
import type { Ghost } from '../drawing/overlay';
import type { Pointer, Session, Tool } from './session';

type Placed = Omit<Gate, 'id'> & { readonly stopped: boolean };

export class GateTool implements Tool {
  kind: GateKind = 'walk';
  openingIn = 48;
  private placed: Placed | null = null;

  constructor(
    private readonly session: Session,
    private readonly finished: () => void,
  ) {}

  hint(): string {
    return this.session.document.layout.segments.length === 0
      ? 'Draw a run first. A gate stands in a run.'
      : 'Pick the run where the gate goes.';
  }

  ghost(): Ghost {
    return this.placed ? { gate: this.placed } : {};
  }

  choose(openingIn: number, kind: GateKind): void {
    this.openingIn = openingIn;
    this.kind = kindFor(openingIn, kind);
    this.session.redraw();
  }

  hover(pointer: Pointer): void {
    const doc = this.session.document;
    const under = runUnder(doc, pointer.sheet, pointer.reachFt * 3);
    this.placed = null;
    if (under) {
      const width = this.openingIn / 12;
      const wanted = under.atFt - width / 2;
      const free = pointer.alt || !this.session.snapOn;
      const snapped = free ? wanted : snapGate(doc, under.run, wanted, width, pointer.reachFt).offsetFt;
      const fit = fitGate(doc, under.run, snapped, width);
      this.placed = {
        segment: under.run.id,
        offset_ft: fit?.offsetFt ?? Math.max(0, wanted),
        opening_in: this.openingIn,
        kind: this.kind,
        stopped: !fit,
      };
    }
    this.session.redraw();
  }

  leave(): void {
    this.placed = null;
    this.session.redraw();
  }

  tap(pointer: Pointer): void {
    this.hover(pointer);
    this.put();
  }

  dragStart(pointer: Pointer): boolean {
    if (!runUnder(this.session.document, pointer.sheet, pointer.reachFt)) return false;
    this.hover(pointer);
    return true;
  }

  drag(pointer: Pointer): void {
    this.hover(pointer);
  }

  dragEnd(): void {
    this.put();
  }

  cancel(): void {
    this.leave();
  }

  private put(): void {
    if (!this.placed) return;
    const { stopped: _stopped, ...gate } = this.placed;
    this.placed = null;
    this.add(gate);
  }

  /** A gate put by its typed distance from the run's start. Null, or why not. */
  putAt(run: string, text: string): string | null {
    const offset = parseOffset(text);
    if (offset === null) return 'Enter how far from the start of the run, for example 8 or 8 6.';
    if (!findRun(this.session.document, run)) return 'This run is gone.';
    this.add({ segment: run, offset_ft: offset, opening_in: this.openingIn, kind: this.kind });
    return null;
  }

  private add(gate: Omit<Gate, 'id'>): void {
    const edit = addGate(this.session.history.document, gate);
    const made = 'made' in edit ? edit.made ?? '' : '';
    if (!this.session.apply(edit, 'Added a gate', [{ kind: 'gate', id: made }])) return;
    this.session.say(describe(this.session.document, { kind: 'gate', id: made }));
    this.finished();
  }
}
