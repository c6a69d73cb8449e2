// Select: pick, move, box. What a hand can hold is decided here: gate, corner, label, run.

import {
  type Element,
  endsOf,
  findGate,
  findNode,
  findRun,
  gatesOf,
  openingFt,
} from '../model/document';
import { type Edit, isRefused } from '../model/edit';
import { type Point, between, distance, distanceToRun, subtract } from '../model/geometry';
import { changeGate, fitGate, runUnder, snapGate } from '../model/gates';
import { cornersOf, moveCorners, splitRun } from '../model/runs';
import { shortName } from '../model/words';
import { type Label, labelHeight } from '../drawing/labels';
import type { Ghost } from '../drawing/overlay';
import { type Snapped, snap } from '../drawing/snap';
import type { Pointer, Session, Tool } from './session';

/** Something under the pointer: an element, its label, or the handle in a run's middle. */
export interface Held {
  readonly part: 'element' | 'label' | 'middle';
  readonly element: Element;
}

type Drag =
  | { readonly kind: 'move'; readonly element: Element; readonly from: Point; readonly split: Edit | null }
  | { readonly kind: 'gate'; readonly id: string; readonly grip: number }
  | { readonly kind: 'box'; readonly from: Point; to: Point };

export class SelectTool implements Tool {
  /** "Select more" on touch: a tap adds, as Shift does. */
  adding = false;
  private held: Drag | null = null;
  private mark: Snapped | null = null;
  private at: Point | null = null;
  private touch = false;

  constructor(
    private readonly session: Session,
    private readonly labels: () => readonly Label[],
    private readonly editLength: (run: string) => void,
  ) {}

  hint(): string {
    return this.session.document.layout.segments.length === 0
      ? 'Choose Run, then pick where the fence starts.'
      : 'Pick a run, a corner or a gate.';
  }

  ghost(): Ghost {
    const loupe = this.touch && this.at && this.held && this.held.kind !== 'box';
    return {
      ...(this.held?.kind === 'box' && { box: this.held }),
      ...(this.mark && { mark: this.mark }),
      ...(loupe && { loupe: this.at as Point }),
    };
  }

  hover(): void {}
  leave(): void {}

  /** What lies under a pointer, the smallest thing first. */
  under(pointer: Pointer): Held | null {
    const { document: doc, selection, view } = this.session;
    const { sheet, reachFt, pixel } = pointer;
    for (const { kind, id } of selection) {
      const run = kind === 'run' ? findRun(doc, id) : undefined;
      if (!run) continue;
      const [from, to] = endsOf(doc, run);
      const shown = distance(from, to) * view.scale >= 60;
      if (shown && distance(between(from, to, 0.5), sheet) <= reachFt) {
        return { part: 'middle', element: { kind, id } };
      }
    }
    const gate = gatesOf(doc).find((other) => {
      const run = findRun(doc, other.segment);
      if (!run) return false;
      const [from, to] = endsOf(doc, run);
      const length = distance(from, to);
      const near = between(from, to, other.offset_ft / length);
      const far = between(from, to, (other.offset_ft + openingFt(other)) / length);
      return distanceToRun(sheet, near, far) <= reachFt * 0.8;
    });
    const corner = doc.layout.nodes.find((node) => distance(node, sheet) <= reachFt);
    if (corner && !(gate && distance(corner, sheet) > reachFt / 2)) {
      return { part: 'element', element: { kind: 'corner', id: corner.id } };
    }
    if (gate) return { part: 'element', element: { kind: 'gate', id: gate.id } };
    const run = runUnder(doc, sheet, reachFt);
    if (run) return { part: 'element', element: { kind: 'run', id: run.run.id } };
    const slack = pointer.touch ? 12 : 2;
    const label = this.labels().find(
      ({ at, width }) =>
        Math.abs(pixel.x - at.x) <= width / 2 + slack &&
        Math.abs(pixel.y - at.y) <= labelHeight / 2 + slack,
    );
    return label ? { part: 'label', element: { kind: 'run', id: label.run } } : null;
  }

  tap(pointer: Pointer): void {
    const held = this.under(pointer);
    if (!held) {
      this.adding = false;
      this.session.select([]);
      return;
    }
    if (pointer.shift || this.adding) {
      this.session.toggle(held.element);
      return;
    }
    const { element } = held;
    const was = this.session.selection.some((one) => one.kind === element.kind && one.id === element.id);
    this.session.select([element]);
    if (held.part === 'label' && (was || pointer.touch)) this.editLength(element.id);
  }

  dragStart(pointer: Pointer): boolean {
    const held = this.under(pointer);
    this.touch = pointer.touch;
    if (!held || held.part === 'label') return this.startBox(pointer);
    const { element } = held;
    if (held.part === 'middle') return this.startSplit(element.id, pointer);
    this.session.select([element]);
    if (element.kind === 'gate') return this.startGate(element.id, pointer);
    this.held = { kind: 'move', element, from: pointer.sheet, split: null };
    return true;
  }

  private startBox(pointer: Pointer): boolean {
    if (pointer.touch) return false;
    this.held = { kind: 'box', from: pointer.sheet, to: pointer.sheet };
    return true;
  }

  private startSplit(run: string, pointer: Pointer): boolean {
    const doc = this.session.document;
    const found = findRun(doc, run);
    if (!found) return false;
    const [from, to] = endsOf(doc, found);
    const split = splitRun(doc, run, distance(from, to) / 2);
    if (!this.session.show(split) || isRefused(split)) return true;
    const element: Element = { kind: 'corner', id: split.made ?? '' };
    this.session.select([element]);
    this.held = { kind: 'move', element, from: pointer.sheet, split };
    return true;
  }

  private startGate(id: string, pointer: Pointer): boolean {
    const gate = findGate(this.session.document, id);
    const under = runUnder(this.session.document, pointer.sheet, Infinity);
    if (!gate || !under) return false;
    this.held = { kind: 'gate', id, grip: under.atFt - gate.offset_ft };
    return true;
  }

  drag(pointer: Pointer): void {
    this.at = pointer.sheet;
    if (this.held?.kind === 'box') {
      this.held.to = pointer.sheet;
      this.session.redraw();
    } else if (this.held?.kind === 'gate') {
      this.slide(this.held.id, this.held.grip, pointer);
    } else if (this.held) {
      this.move(this.held, pointer);
    }
  }

  private move(held: Drag & { kind: 'move' }, pointer: Pointer): void {
    const start = held.split && !isRefused(held.split) ? held.split.document : this.session.history.document;
    const corners = new Set(cornersOf(start, held.element));
    const node = held.element.kind === 'corner' ? findNode(start, held.element.id) : undefined;
    let by = subtract(pointer.sheet, held.from);
    if (node) {
      this.mark = snap({
        document: start,
        point: pointer.sheet,
        reachFt: pointer.reachFt,
        moving: corners,
        suspended: pointer.alt || !this.session.snapOn,
      });
      by = subtract(this.mark.point, node);
    } else if (!pointer.alt && this.session.snapOn) {
      by = { x: Math.round(by.x), y: Math.round(by.y) };
    }
    this.session.show(moveCorners(start, corners, by));
  }

  /** A gate slides along its run and over corners onto the next; it stops where it must. */
  private slide(id: string, grip: number, pointer: Pointer): void {
    const doc = this.session.history.document;
    const gate = findGate(doc, id);
    const under = runUnder(doc, pointer.sheet, Infinity);
    if (!gate || !under) return;
    const width = openingFt(gate);
    const wanted = under.atFt - (under.run.id === gate.segment ? grip : width / 2);
    const free = pointer.alt || !this.session.snapOn;
    const snapped = free
      ? { offsetFt: wanted }
      : snapGate(doc, under.run, wanted, width, pointer.reachFt);
    const fit = fitGate(doc, under.run, snapped.offsetFt, width, id);
    if (!fit) {
      this.session.tell('This run has no room for the gate.');
      return;
    }
    if (fit.stopped) this.session.tell(fit.stopped);
    this.session.show(changeGate(doc, id, { segment: under.run.id, offset_ft: fit.offsetFt }));
  }

  dragEnd(): void {
    const held = this.held;
    const pending = this.session.pending;
    this.held = null;
    this.mark = null;
    this.at = null;
    if (held?.kind === 'box') {
      this.session.select(this.inside(held.from, held.to));
    } else if (held && pending) {
      const element: Element = held.kind === 'gate' ? { kind: 'gate', id: held.id } : held.element;
      const deed = held.kind === 'move' && held.split ? 'Put in' : 'Moved';
      const before = this.session.history.document;
      const edit = held.kind === 'gate' ? { document: pending } : this.finished(held, pending);
      const name = `${deed} ${shortName(pending, element)}`;
      if (pending !== before) this.session.apply(edit, name, [element]);
    }
    this.session.redraw();
  }

  /** The move once more from its start, for the note about measured runs that became estimates. */
  private finished(held: Drag & { kind: 'move' }, pending: typeof this.session.document): Edit {
    const start = held.split && !isRefused(held.split) ? held.split.document : this.session.history.document;
    const [first] = cornersOf(start, held.element);
    const was = first && findNode(start, first);
    const is = first && findNode(pending, first);
    if (!was || !is) return { document: pending };
    return moveCorners(start, cornersOf(start, held.element), subtract(is, was));
  }

  private inside(a: Point, b: Point): Element[] {
    const doc = this.session.document;
    const within = (p: Point) =>
      p.x >= Math.min(a.x, b.x) && p.x <= Math.max(a.x, b.x) &&
      p.y >= Math.min(a.y, b.y) && p.y <= Math.max(a.y, b.y);
    return doc.layout.segments
      .filter((run) => endsOf(doc, run).every(within))
      .map((run) => ({ kind: 'run', id: run.id }));
  }

  cancel(): void {
    this.held = null;
    this.mark = null;
    this.at = null;
    this.session.dropPreview();
  }
}
