// One person's hold on one sketch: the document with its history, the view, what is selected,
// which tool is in hand. Tools change the session; the element shows it.

import {
  type Element,
  type SketchDocument,
  endsOf,
  exists,
  findGate,
  findNode,
  findRun,
  sameElement,
  walkingOrder,
} from '../model/document';
import { type Edit, isRefused } from '../model/edit';
import { boundsOf, type Point } from '../model/geometry';
import type { History } from '../model/history';
import { remove } from '../model/runs';
import { describe, shortName } from '../model/words';
import { labelRoom } from '../drawing/labels';
import type { Ghost } from '../drawing/overlay';
import { Viewport } from '../drawing/viewport';

export type ToolName = 'select' | 'draw' | 'gate';

/** A pointer on the drawing: where, how far it reaches, and what is held down with it. */
export interface Pointer {
  readonly pixel: Point;
  readonly sheet: Point;
  readonly reachFt: number;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly touch: boolean;
  readonly time: number;
}

export interface Tool {
  /** One sentence on what to do now, shown under the drawing. */
  hint(): string;
  ghost(): Ghost;
  hover(pointer: Pointer): void;
  leave(): void;
  tap(pointer: Pointer): void;
  /** Whether a drag that starts here is the tool's; if not, it pans. */
  dragStart(pointer: Pointer): boolean;
  drag(pointer: Pointer): void;
  dragEnd(): void;
  /** Takes back what the hand has begun: a second finger came down, or Escape. */
  cancel(): void;
}

export interface Listener {
  /** The document changed for good: keep it, save it, price it. */
  changed(name: string): void;
  /** Something else to see changed: view, selection, tool, ghost. */
  redraw(): void;
  /** Said to the screen reader, politely. */
  say(text: string): void;
  /** Shown to everyone: a refusal or a side effect, with Undo where there is something to undo. */
  tell(text: string, undo: boolean): void;
}

export class Session {
  readonly view = new Viewport();
  selection: readonly Element[] = [];
  toolName: ToolName = 'select';
  snapOn = true;
  private preview: SketchDocument | null = null;
  private ripples = new Set<() => void>();

  constructor(
    public history: History,
    private readonly listener: Listener,
  ) {}

  /** What is on the screen: the document, or what a drag under way would make of it. */
  get document(): SketchDocument {
    return this.preview ?? this.history.document;
  }

  /** Calls back whenever the document was replaced under a tool: undo, redo, another's change. */
  onReplaced(callback: () => void): void {
    this.ripples.add(callback);
  }

  /** Makes an edit the next step; a refusal is told and changes nothing. */
  apply(edit: Edit, name: string, select?: readonly Element[]): boolean {
    this.preview = null;
    if (isRefused(edit)) {
      this.listener.tell(edit.refused, false);
      this.listener.redraw();
      return false;
    }
    this.history.push({ name, document: edit.document });
    if (select) this.selection = select;
    this.dropGone();
    if (edit.note) this.listener.tell(edit.note, true);
    this.listener.changed(name);
    return true;
  }

  /** Shows what an edit would do without doing it; false when it is refused. */
  show(edit: Edit): boolean {
    if (isRefused(edit)) {
      this.listener.tell(edit.refused, false);
      return false;
    }
    this.preview = edit.document;
    this.listener.redraw();
    return true;
  }

  /** The document a preview would become, or null when nothing is under way. */
  get pending(): SketchDocument | null {
    return this.preview;
  }

  dropPreview(): void {
    this.preview = null;
    this.listener.redraw();
  }

  undo(): void {
    const name = this.history.undoName;
    if (this.history.undo()) this.replaced(`Undone: ${name}`);
  }

  redo(): void {
    const name = this.history.redoName;
    if (this.history.redo()) this.replaced(`Done again: ${name}`);
  }

  private replaced(said: string): void {
    this.preview = null;
    this.dropGone();
    for (const ripple of this.ripples) ripple();
    this.listener.say(said);
    this.listener.changed(said);
  }

  private dropGone(): void {
    this.selection = this.selection.filter((element) => exists(this.document, element));
  }

  select(elements: readonly Element[]): void {
    this.selection = elements;
    const [first, second] = elements;
    if (second) this.listener.say(`${elements.length} selected`);
    else if (first) this.listener.say(describe(this.document, first));
    this.listener.redraw();
  }

  toggle(element: Element): void {
    const without = this.selection.filter((other) => !sameElement(other, element));
    const had = without.length < this.selection.length;
    this.select(had ? without : [...this.selection, element]);
  }

  /** The next element in walking order; false past either end, so that Tab can leave. */
  walk(step: 1 | -1): boolean {
    const order = walkingOrder(this.document);
    const current = this.selection[0];
    const at = current ? order.findIndex((element) => sameElement(element, current)) : -1;
    const next = at === -1 ? (step === 1 ? 0 : order.length - 1) : at + step;
    const element = order[next];
    if (!element) {
      this.select([]);
      return false;
    }
    this.select([element]);
    this.reveal(element);
    return true;
  }

  /** Brings what the keyboard walked to onto the screen. */
  private reveal(element: Element): void {
    const id = element.kind === 'gate' ? findGate(this.document, element.id)?.segment : element.id;
    const run = findRun(this.document, id ?? '');
    const places = run ? endsOf(this.document, run) : [];
    const corner = element.kind === 'corner' ? findNode(this.document, element.id) : undefined;
    for (const place of corner ? [corner] : places) this.view.reveal(place);
  }

  removeSelected(): void {
    const [first, second] = this.selection;
    if (!first) return;
    const what = second ? `${this.selection.length} parts` : shortName(this.document, first);
    if (this.apply(remove(this.history.document, this.selection), `Deleted ${what}`, [])) {
      this.listener.say(`Deleted ${what}`);
    }
  }

  fit(): void {
    this.view.fit(boundsOf(this.document.layout.nodes), labelRoom(this.document));
    this.listener.redraw();
  }

  zoom(factor: number, about?: Point): void {
    const { width, height } = this.view.size;
    this.view.zoomBy(factor, about ?? { x: width / 2, y: height / 2 });
    this.listener.redraw();
  }

  pan(pixels: Point): void {
    this.view.panBy(pixels);
    this.listener.redraw();
  }

  redraw(): void {
    this.listener.redraw();
  }

  say(text: string): void {
    this.listener.say(text);
  }

  tell(text: string, undo = false): void {
    this.listener.tell(text, undo);
  }
}
