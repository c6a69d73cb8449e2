// The drawing surface with its tools: turns gestures and commands into deeds, and paints once
// per frame whatever changed since the last one.

import { type Element, findGate, findRun, lengthOf, openingFt, runName } from '../model/document';
import type { Point } from '../model/geometry';
import type { History } from '../model/history';
import { changeGate } from '../model/gates';
import { parseLength, parseOffset, typedLength } from '../model/lengths';
import { moveCorners, cornersOf, setLength, splitRun } from '../model/runs';
import { describe, shortName } from '../model/words';
import { Overlay } from '../drawing/overlay';
import { Picture } from '../drawing/picture';
import type { Post } from '../drawing/symbols';
import { svg } from '../drawing/svg';
import { DrawTool } from './draw';
import { GateTool } from './gate';
import { Gestures, type Hand } from './gestures';
import { SelectTool } from './select';
import { type Pointer, Session, type Tool, type ToolName } from './session';

/** A number the sheet asks for: a length, a distance, a turn. */
export interface Ask {
  readonly label: string;
  readonly value: string;
  readonly button: string;
  /** Null when it was taken, else why not. */
  readonly submit: (text: string) => string | null;
}

export interface EditorEvents {
  changed(name: string): void;
  /** After each painted frame: the chrome brings itself up to date. */
  painted(): void;
  say(text: string): void;
  tell(text: string, undo: boolean): void;
}

export class Editor implements Hand {
  readonly session: Session;
  readonly drawTool: DrawTool;
  readonly gateTool: GateTool;
  readonly selectTool: SelectTool;
  readonly gestures: Gestures;
  readonly surface = svg('svg', { class: 'sketch-svg', 'aria-hidden': 'true', focusable: 'false' });
  /** Whether the keyboard is inside the drawing, walking its elements. */
  inside = false;
  ask: Ask | null = null;
  posts: readonly Post[] | null = null;
  lit: ReadonlySet<string> = new Set();
  private readonly picture = new Picture();
  private readonly overlay = new Overlay();
  private painted: unknown[] = [];
  private frame = 0;
  private fitted = false;

  constructor(
    readonly canvas: HTMLElement,
    history: History,
    private readonly events: EditorEvents,
  ) {
    this.session = new Session(history, {
      changed: (name) => events.changed(name),
      redraw: () => this.repaint(),
      say: (text) => events.say(text),
      tell: (text, undo) => events.tell(text, undo),
    });
    this.drawTool = new DrawTool(this.session);
    this.gateTool = new GateTool(this.session, () => this.choose('select'));
    this.selectTool = new SelectTool(
      this.session,
      () => this.picture.labels,
      (run) => this.askLength(run),
    );
    this.surface.append(this.picture.layer, this.overlay.layer);
    this.gestures = new Gestures(this.surface, this);
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  get tool(): Tool {
    const { toolName } = this.session;
    if (toolName === 'draw') return this.drawTool;
    return toolName === 'gate' ? this.gateTool : this.selectTool;
  }

  choose(name: ToolName): void {
    if (this.session.toolName === 'draw' && name !== 'draw' && this.drawTool.drawing) {
      this.drawTool.end();
    }
    this.tool.leave();
    this.session.toolName = name;
    this.ask = null;
    if (name !== 'select') this.session.selection = [];
    this.repaint();
  }

  private resize(): void {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (width === 0 || height === 0) return;
    const { session } = this;
    const { view } = session;
    // The sheet below comes and goes: what is under the hand must not move because of it.
    if (this.fitted && width === view.size.width) view.panBy({ x: 0, y: (view.size.height - height) / 2 });
    view.size = { width, height };
    this.surface.setAttribute('viewBox', `0 0 ${width} ${height}`);
    if (!this.fitted) session.fit();
    const end = session.toolName === 'draw' ? this.drawTool.openEnd() : null;
    if (end) view.reveal(end); // it may have come to lie under the sheet
    this.fitted = true;
    this.paint();
  }

  /** Paints in the next frame, however many things ask for it until then. */
  repaint(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { session } = this;
    const { view, document: doc, selection } = session;
    const shown = [doc, selection, this.posts, this.lit, view.center, view.scale, view.size];
    if (shown.some((part, index) => part !== this.painted[index])) {
      this.painted = shown;
      this.picture.draw({ document: doc, selection, posts: this.freshPosts(), lit: this.lit }, view);
    }
    this.overlay.draw(this.tool.ghost(), doc, view);
    this.surface.dataset.tool = session.toolName;
    this.events.painted();
  }

  /** A drag under way has outrun the take-off: its posts would stand beside the fence. */
  private freshPosts(): readonly Post[] | null {
    return this.session.pending ? null : this.posts;
  }

  // The hand on the drawing.

  pointer(event: PointerEvent, pixel: Point): Pointer {
    const touch = event.pointerType === 'touch';
    // A thumb in a glove is the rule where nobody chose the office.
    const office = document.documentElement.dataset.density === 'office';
    const reach = event.pointerType === 'mouse' ? 12 : office ? 28 : 36;
    return {
      pixel,
      sheet: this.session.view.toSheet(pixel),
      reachFt: this.session.view.feet(reach),
      alt: event.altKey,
      shift: event.shiftKey,
      touch,
      time: event.timeStamp,
    };
  }

  hover(pointer: Pointer): void {
    this.tool.hover(pointer);
  }

  leave(): void {
    this.tool.leave();
  }

  tap(pointer: Pointer): void {
    this.inside = true;
    this.ask = null;
    this.tool.tap(pointer);
    this.repaint();
  }

  dragStart(pointer: Pointer): boolean {
    this.inside = true;
    return this.tool.dragStart(pointer);
  }

  drag(pointer: Pointer): void {
    this.tool.drag(pointer);
  }

  dragEnd(): void {
    this.tool.dragEnd();
    this.repaint();
  }

  cancel(): void {
    this.tool.cancel();
  }

  pan(by: Point): void {
    this.session.pan(by);
  }

  zoom(factor: number, about: Point): void {
    this.session.zoom(factor, about);
  }

  // What the sheet and the keyboard ask for.

  private open(ask: Ask): void {
    this.ask = ask;
    this.repaint();
  }

  askLength(run: string): void {
    const { document: doc } = this.session;
    const found = findRun(doc, run);
    if (!found) return;
    this.open({
      label: `Length of run ${runName(doc, run)}`,
      value: typedLength(lengthOf(doc, found)),
      button: 'Set length',
      submit: (text) => this.changeLength(run, text, false),
    });
  }

  changeLength(run: string, text: string, onlyCorner: boolean): string | null {
    const { session } = this;
    const name = runName(session.document, run);
    const typed = parseLength(text);
    if (!typed || typed.turn !== undefined) {
      return `Enter the length of run ${name}, for example 40 or 40 6.`;
    }
    const edit = setLength(session.history.document, run, typed.feet, onlyCorner);
    if ('refused' in edit) return edit.refused;
    session.apply(edit, `Changed run ${name}`);
    session.say(describe(session.document, { kind: 'run', id: run }));
    return null;
  }

  askSplit(run: string): void {
    const { session } = this;
    const name = runName(session.document, run);
    this.open({
      label: `New corner on run ${name}, from its start`,
      value: '',
      button: 'Put in corner',
      submit: (text) => {
        const at = parseOffset(text);
        if (at === null) return 'Enter how far from the start of the run, for example 8 or 8 6.';
        const edit = splitRun(session.history.document, run, at);
        if ('refused' in edit) return edit.refused;
        const corner: Element = { kind: 'corner', id: edit.made ?? '' };
        session.apply(edit, `Put a corner in run ${name}`, [corner]);
        session.say(describe(session.document, corner));
        return null;
      },
    });
  }

  askGate(run: string): void {
    this.choose('gate');
    this.open({
      label: `Gate on run ${runName(this.session.document, run)}, from its start`,
      value: '',
      button: 'Add gate',
      submit: (text) => this.gateTool.putAt(run, text),
    });
  }

  askGateOffset(id: string): void {
    const gate = findGate(this.session.document, id);
    if (!gate) return;
    this.open({
      label: `Gate from the start of run ${runName(this.session.document, gate.segment)}`,
      value: typedLength(gate.offset_ft),
      button: 'Move gate',
      submit: (text) => this.placeGate(id, text, 'start'),
    });
  }

  /** Puts a gate by its distance from either end of its run; the other distance stays true. */
  placeGate(id: string, text: string, from: 'start' | 'end'): string | null {
    const { session } = this;
    const doc = session.history.document;
    const gate = findGate(doc, id);
    const run = gate && findRun(doc, gate.segment);
    const typed = parseOffset(text);
    if (!gate || !run) return 'This gate is gone.';
    if (typed === null) return `Enter how far from the ${from} of the run, for example 8 or 8 6.`;
    const offset = from === 'start' ? typed : lengthOf(doc, run) - openingFt(gate) - typed;
    const edit = changeGate(doc, id, { offset_ft: offset });
    if ('refused' in edit) return edit.refused;
    session.apply(edit, `Moved ${shortName(doc, { kind: 'gate', id })}`);
    session.say(describe(session.document, { kind: 'gate', id }));
    return null;
  }

  askTurn(): void {
    this.open({
      label: 'Turn in degrees, right is positive',
      value: '',
      button: 'Turn',
      submit: (text) => this.drawTool.turnTyped(text),
    });
  }

  /** Arrows on what is selected: corners and runs move, a gate slides along its run. */
  nudge(by: Point): void {
    const { session } = this;
    const element = session.selection[0];
    if (!element) return;
    const doc = session.history.document;
    const name = `Moved ${shortName(doc, element)}`;
    if (element.kind === 'gate') {
      const gate = findGate(doc, element.id);
      if (!gate) return;
      const along = Math.abs(by.x) > Math.abs(by.y) ? by.x : by.y;
      session.apply(changeGate(doc, gate.id, { offset_ft: gate.offset_ft + along }), name);
    } else {
      const corners = new Set(session.selection.flatMap((one) => cornersOf(doc, one)));
      session.apply(moveCorners(doc, corners, by), name);
    }
    session.say(describe(session.document, element));
  }
}
