// Draw: points by click, tap or cross, lengths by typing. The open end stays in hand until the
// line ends or the loop closes.

import { findRun } from '../model/document';
import { isRefused } from '../model/edit';
import { type Point, add, direction, distance, heading, scale, turnRight } from '../model/geometry';
import { parseLength, parseTurn, writtenLength } from '../model/lengths';
import { type Anchor, addRun, anchorPoint } from '../model/runs';
import { describe, lengthLabel, shortName, turnText } from '../model/words';
import type { Ghost } from '../drawing/overlay';
import { type Snapped, snap } from '../drawing/snap';
import type { Pointer, Session, Tool } from './session';

const twinTime = 300; // ms
const twinReach = 0.25; // ft
const north = 90;

export class DrawTool implements Tool {
  /** Where the line began, and the runs drawn from there; undone runs drop out on their own. */
  private start: Anchor | null = null;
  private runs: string[] = [];
  private landing: Snapped | null = null;
  private cross: Point | null = null;
  private aim: number | null = null;
  private dragging = false;
  private lastTap: { time: number; at: Point } | null = null;

  constructor(private readonly session: Session) {
    session.onReplaced(() => this.forgetGone());
  }

  hint(): string {
    if (!this.openEnd()) return 'Pick where the fence starts.';
    return 'Pick the next corner, or type its length.';
  }

  /** Whether a line is under way. */
  get drawing(): boolean {
    return this.openEnd() !== null;
  }

  /** Whether there is a start to close to. */
  get closable(): boolean {
    return this.runs.length >= 2;
  }

  /** The place the next run starts from. */
  openEnd(): Point | null {
    return this.start && anchorPoint(this.session.document, this.openAnchor(this.start));
  }

  private openAnchor(start: Anchor): Anchor {
    const last = findRun(this.session.document, this.runs.at(-1) ?? '');
    return last ? { kind: 'corner', id: last.to } : start;
  }

  /** The heading of the run before, which "straight" goes on with. */
  private before(): number | undefined {
    const doc = this.session.document;
    const last = findRun(doc, this.runs.at(-1) ?? '');
    const into =
      last ??
      (this.start?.kind === 'corner'
        ? doc.layout.segments.find((run) => run.to === (this.start as { id: string }).id)
        : undefined);
    if (!into) return undefined;
    const from = anchorPoint(doc, { kind: 'corner', id: into.from });
    const to = anchorPoint(doc, { kind: 'corner', id: into.to });
    return from && to ? heading(from, to) : undefined;
  }

  /** The heading the next typed run takes. */
  private aimed(): number {
    return this.aim ?? this.before() ?? north;
  }

  ghost(): Ghost {
    const from = this.openEnd();
    const to = this.landing?.point ?? this.cross;
    const run = from && to && {
      from,
      to,
      text: lengthLabel(distance(from, to), false),
    };
    const aimed = from && !to && {
      from,
      to: add(from, scale(direction(this.aimed()), this.session.view.feet(90))),
      text: '',
    };
    return {
      ...(from && { start: from }),
      ...((run || aimed) && { run: (run || aimed) as NonNullable<Ghost['run']> }),
      ...(this.landing && { mark: this.landing }),
      ...(this.cross && !this.landing && { cross: this.cross }),
      ...(this.dragging && to && { loupe: to }),
    };
  }

  hover(pointer: Pointer): void {
    const { alt, sheet, reachFt } = pointer;
    const from = this.openEnd();
    const before = this.before();
    this.cross = null;
    this.landing = snap({
      document: this.session.document,
      point: sheet,
      reachFt,
      suspended: alt || !this.session.snapOn,
      ...(from && { from }),
      ...(before !== undefined && { heading: before }),
    });
    if (from && distance(from, this.landing.point) > 0.01) {
      this.aim = heading(from, this.landing.point);
    }
    this.session.redraw();
  }

  leave(): void {
    this.landing = null;
    this.session.redraw();
  }

  tap(pointer: Pointer): void {
    this.hover(pointer);
    const landing = this.landing;
    if (!landing) return;
    const twin =
      this.lastTap !== null &&
      pointer.time - this.lastTap.time <= twinTime &&
      distance(this.lastTap.at, landing.point) <= twinReach;
    this.lastTap = { time: pointer.time, at: landing.point };
    if (pointer.touch) this.landing = null;
    if (twin) return;
    this.place(landing.anchor, landing.point);
  }

  /** A finger may drag the next run out of the open end instead of tapping its far corner. */
  dragStart(pointer: Pointer): boolean {
    const from = this.openEnd();
    if (!pointer.touch || !from || distance(from, pointer.sheet) > pointer.reachFt) return false;
    this.dragging = true;
    return true;
  }

  drag(pointer: Pointer): void {
    this.hover(pointer);
  }

  dragEnd(): void {
    const landing = this.landing;
    this.dragging = false;
    this.landing = null;
    if (landing) this.place(landing.anchor, landing.point);
  }

  cancel(): void {
    this.dragging = false;
    this.landing = null;
    this.lastTap = null;
    this.session.redraw();
  }

  /** Puts the next point: the first starts the line, the open end itself ends it. */
  place(anchor: Anchor, point: Point): void {
    const from = this.openEnd();
    if (!this.start || !from) {
      this.start = anchor;
      this.runs = [];
      this.aim = null;
      this.session.say('Line started. Type a length or place the next corner.');
      this.session.redraw();
    } else if (distance(from, point) < 1e-6) {
      this.end();
    } else {
      this.commit(anchor, false);
    }
  }

  private commit(to: Anchor, measured: boolean): boolean {
    if (!this.start) return false;
    const doc = this.session.history.document;
    const first = findRun(doc, this.runs[0] ?? '')?.from;
    const edit = addRun(doc, { from: this.openAnchor(this.start), to, measured });
    if (isRefused(edit)) return this.session.apply(edit, '');
    const said = describe(edit.document, { kind: 'run', id: edit.run });
    const drawn = shortName(edit.document, { kind: 'run', id: edit.run });
    this.session.apply(edit, `Drew ${drawn}`, []);
    this.session.say(said);
    this.runs.push(edit.run);
    this.landing = null;
    this.aim = null;
    const end = anchorPoint(edit.document, { kind: 'corner', id: edit.end });
    if (end) this.session.view.reveal(end);
    this.cross = null;
    if (edit.end === first || to.kind !== 'point') this.end();
    return true;
  }

  /** A typed length, with its turn or the direction aimed at. Null, or why not. */
  type(text: string): string | null {
    const from = this.openEnd();
    if (text.trim() === '') {
      this.end();
      return null;
    }
    const typed = parseLength(text);
    if (!typed) return 'Enter the length of the run, for example 40 or 40 6.';
    if (!from) return 'Pick where the fence starts first.';
    if (typed.turn !== undefined) this.turn(typed.turn);
    const to = add(from, scale(direction(this.aimed()), typed.feet));
    const near = this.session.document.layout.nodes.find((node) => distance(node, to) < 0.02);
    const anchor: Anchor = near ? { kind: 'corner', id: near.id } : { kind: 'point', point: to };
    if (!this.commit(anchor, true)) return null;
    if (typed.metres !== undefined) {
      this.session.tell(`${typed.metres} m is ${writtenLength(typed.feet)}.`);
    }
    return null;
  }

  /** Aims the next run by its turn from the one before, to the right positive. */
  turn(right: number): void {
    this.aim = (this.before() ?? north) - right;
    this.landing = null;
    this.cross = null;
    this.session.say(`Next run: ${turnText(right)}`);
    this.session.redraw();
  }

  turnTyped(text: string): string | null {
    const right = parseTurn(text);
    if (right === null) return 'Enter the turn in degrees, for example 30 or -30.';
    this.turn(right);
    return null;
  }

  /** Draws the last run back to where the line began. */
  close(): void {
    const first = findRun(this.session.document, this.runs[0] ?? '')?.from;
    if (!first || !this.closable) {
      this.session.tell('Draw two runs first. Then the loop can be closed.');
      return;
    }
    this.commit({ kind: 'corner', id: first }, false);
  }

  end(): void {
    const drew = this.runs.length > 0;
    this.start = null;
    this.runs = [];
    this.landing = null;
    this.aim = null;
    this.lastTap = null;
    this.session.say(drew ? 'Line ended.' : 'Nothing started.');
    this.session.redraw();
  }

  /** Moves the keyboard's cross; it starts at the open end, else in the middle of the screen. */
  moveCross(by: Point): void {
    const { view } = this.session;
    const from = this.openEnd();
    const middle = { x: Math.round(view.center.x), y: Math.round(view.center.y) };
    this.cross = add(this.cross ?? from ?? middle, by);
    this.landing = null;
    view.reveal(this.cross);
    if (from && distance(from, this.cross) > 0.01) {
      const aim = heading(from, this.cross);
      this.aim = aim;
      const before = this.before();
      const turn = before === undefined ? '' : `, ${turnText(turnRight(before, aim))}`;
      this.session.say(`${writtenLength(distance(from, this.cross))}${turn}`);
    }
    this.session.redraw();
  }

  /** Puts a point where the cross stands. False when there is no cross to place. */
  placeCross(): boolean {
    const { view, document } = this.session;
    const started = this.openEnd() !== null;
    if (started && !this.cross) return false;
    const at = this.cross ?? { x: Math.round(view.center.x), y: Math.round(view.center.y) };
    const node = document.layout.nodes.find((other) => distance(other, at) < 0.05);
    this.place(node ? { kind: 'corner', id: node.id } : { kind: 'point', point: at }, at);
    this.cross = started ? null : at;
    this.session.redraw();
    return true;
  }

  /** Starts from a corner that is there already, to draw on from it. */
  startAt(corner: string): void {
    this.start = { kind: 'corner', id: corner };
    this.runs = [];
    this.aim = null;
    this.session.redraw();
  }

  private forgetGone(): void {
    const doc = this.session.document;
    this.runs = this.runs.filter((run) => findRun(doc, run) !== undefined);
    if (this.start && !anchorPoint(doc, this.start)) {
      const first = findRun(doc, this.runs[0] ?? '');
      this.start = first ? { kind: 'corner', id: first.from } : null;
    }
    this.landing = null;
    this.aim = null;
  }
}
