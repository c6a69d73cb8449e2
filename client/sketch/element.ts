// <fence-sketch>: takes the server's page over and joins its parts: drawing, sheet, panel, table,
// saving. Without script the same page is a form with a picture, and stays one.

import { type Page, readPage } from './contract';
import { Keeper, type Opened } from './keeping/keeper';
import { type Priced, Pricing, pointedAt } from './keeping/pricing';
import type { SaveState } from './keeping/autosave';
import type { SketchDocument } from './model/document';
import { summary } from './model/words';
import { Editor } from './tools/editor';
import { handleKey, undoKey } from './tools/keys';
import { html, put, putText } from './chrome/html';
import { ModeBar } from './chrome/modebar';
import { Panel, spokenPrice } from './chrome/panel';
import { Sheet } from './chrome/sheet';
import { Strips } from './chrome/strips';
import { Table } from './chrome/table';
import { Toolbar } from './chrome/toolbar';

const quietMs = 1_000;

export class FenceSketch extends HTMLElement {
  private page!: Page;
  private editor!: Editor;
  private keeper!: Keeper;
  private pricing!: Pricing;
  private panel!: Panel;
  private sheet!: Sheet;
  private table!: Table;
  private toolbar!: Toolbar;
  private modes!: ModeBar;
  private readonly strips = new Strips();
  private readonly spoken = html('p', { class: 'sketch-spoken', 'aria-live': 'polite' });
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private readonly away = new AbortController();
  private position = 0;
  private summed: SketchDocument | null = null;

  connectedCallback(): void {
    if (this.classList.contains('live')) return;
    void this.open();
  }

  disconnectedCallback(): void {
    this.away.abort();
  }

  private async open(): Promise<void> {
    this.page = readPage(this);
    const { handed, document: server } = this.page;
    this.keeper = new Keeper({
      sketch: handed.id,
      version: handed.version,
      saveUrl: handed.save_url,
      csrf: handed.csrf,
      onState: (state, kept) => this.showState(state, kept),
    });
    const opened = await this.keeper.open(server);
    this.build(opened);
    if (handed.saved_at) putText(this.page.status, `Saved ${handed.saved_at}`);
    this.offerBack(opened);
    this.ask();
  }

  private build({ history }: Opened): void {
    const { canvas, panel, status, table, handed } = this.page;
    this.position = history.position;
    this.editor = new Editor(canvas, history, {
      changed: (name) => this.changed(name),
      painted: () => this.painted(),
      say: (text) => putText(this.spoken, text),
      tell: (text, undo) => this.tell(text, undo),
    });
    this.panel = new Panel(panel, (parts) => {
      this.editor.lit = parts;
      this.editor.repaint();
    });
    this.pricing = new Pricing({
      url: handed.price_url,
      csrf: handed.csrf,
      onAsked: () => this.panel.asked(),
      onPriced: (priced) => this.priced(priced),
      onProblem: (problem, doc) => {
        this.panel.refused(problem, doc, (pointer) => this.point(pointer));
      },
      onSilence: () => this.panel.silent(),
    });
    this.sheet = new Sheet(this.editor, () => canvas.focus());
    this.toolbar = new Toolbar(this.editor);
    this.table = new Table(this, table, () => this.keeper.flush(), (text) => this.tell(text, false));
    this.modes = new ModeBar(status, (mode) => void this.show(mode), handed.look_url ?? '/look');
    canvas.replaceChildren(this.editor.surface);
    put(canvas, 'tabindex', '0');
    put(canvas, 'role', 'application');
    put(canvas, 'aria-roledescription', 'drawing');
    this.prepend(this.modes.element, this.strips.element);
    canvas.before(this.toolbar.element);
    canvas.after(this.sheet.element, this.panel.bar);
    this.append(this.spoken);
    this.classList.add('live');
    this.dataset.mode ||= 'draw';
    if (history.document.layout.segments.length === 0) this.editor.choose('draw');
    this.listen();
  }

  private listen(): void {
    const { signal } = this.away;
    const { canvas } = this.page;
    canvas.addEventListener('keydown', (event) => this.onKey(event));
    canvas.addEventListener('keyup', (event) => {
      if (event.key === ' ') this.editor.gestures.spaceHeld = false;
    });
    canvas.addEventListener('pointerdown', () => canvas.focus({ preventScroll: true }));
    this.addEventListener('keydown', (event) => {
      if (event.key !== 'F6') return;
      event.preventDefault();
      this.nextPane(event.shiftKey ? -1 : 1);
    });
    addEventListener('keydown', (event) => this.onPageKey(event), { signal });
    addEventListener('online', () => void this.keeper.flush(), { signal });
    addEventListener('pagehide', () => void this.keeper.flush(), { signal });
    document.addEventListener('visibilitychange', () => void this.keeper.flush(), { signal });
  }

  private onKey(event: KeyboardEvent): void {
    if (event.key === ' ') {
      this.editor.gestures.spaceHeld = true;
      event.preventDefault();
      return;
    }
    const done = handleKey(this.editor, event, {
      typeInto: (text) => this.sheet.typeInto(text),
      showTable: () => void this.show('table'),
    });
    if (!done) return;
    // At once, not in the next frame: the key that follows may already be for the new field.
    this.sheet.update();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Undo works wherever the focus is, except where a text field undoes its own typing. */
  private onPageKey(event: KeyboardEvent): void {
    const typing = event.target instanceof Element && event.target.matches('input, textarea, select');
    if (event.defaultPrevented || typing || !(event.ctrlKey || event.metaKey)) return;
    if (this.dataset.mode === 'draw' && undoKey(this.editor, event)) event.preventDefault();
  }

  /** F6: drawing, panel, mode bar, round and round. */
  private nextPane(step: 1 | -1): void {
    const panes = [
      { holds: this.page.canvas, focus: () => this.page.canvas.focus() },
      { holds: this.page.panel, focus: () => this.panel.focus() },
      { holds: this.modes.element, focus: () => this.modes.focus() },
    ];
    const active = document.activeElement;
    const at = panes.findIndex(({ holds }) => holds.contains(active));
    panes[(at + step + panes.length) % panes.length]?.focus();
  }

  private async show(mode: 'draw' | 'table'): Promise<void> {
    if (mode === this.dataset.mode) return;
    // The table is rendered by the server, so it has to know the drawing first; and the drawing
    // has to know what was typed into the table.
    const ready = mode === 'table' ? await this.table.fresh() : await this.table.sent();
    if (!ready || !this.isConnected) return;
    this.dataset.mode = mode;
    this.modes.update(mode);
    this.editor.repaint();
    (mode === 'draw' ? this.page.canvas : this.table).focus();
  }

  private changed(name: string): void {
    const { history } = this.editor.session;
    const stepped = history.position > this.position && history.redoName === null && history.undoName === name;
    this.position = history.position;
    this.strips.pass();
    this.editor.posts = null;
    this.keeper.changed(name, stepped);
    this.ask();
    this.editor.repaint();
  }

  private ask(): void {
    const doc = this.editor.session.history.document;
    this.editor.posts = null;
    if (doc.layout.segments.length > 0) {
      this.pricing.ask(doc);
    } else {
      this.pricing.drop();
      this.panel.empty();
    }
  }

  private priced(priced: Priced): void {
    this.panel.priced(priced);
    this.editor.posts = priced.takeoff.placed ?? null;
    this.editor.repaint();
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => putText(this.spoken, spokenPrice(priced)), quietMs);
  }

  private point(pointer: string): void {
    const element = pointedAt(pointer, this.editor.session.document);
    if (!element) return;
    this.editor.choose('select');
    this.editor.session.select([element]);
    this.page.canvas.focus();
  }

  private painted(): void {
    const { session } = this.editor;
    const { document: doc } = session.history;
    if (doc !== this.summed) put(this.page.canvas, 'aria-label', summary(doc));
    this.summed = doc;
    this.toolbar.update();
    this.sheet.update();
    this.modes.update(this.dataset.mode === 'table' ? 'table' : 'draw');
  }

  private tell(text: string, undo: boolean): void {
    const actions = undo ? [{ text: 'Undo', press: () => this.editor.session.undo() }] : [];
    // The note comes with the deed it is about; the deed itself clears what was said before.
    queueMicrotask(() => this.strips.show({ key: 'told', text, actions, passing: true }));
  }

  private showState(state: SaveState, kept: boolean): void {
    const { status, handed } = this.page;
    const retry = { text: 'Try again', press: () => void this.keeper.flush() };
    const onDevice = kept ? 'On this phone only, will send' : 'Not saved: try again';
    const words = {
      saved: '',
      saving: 'Saving…',
      offline: onDevice,
      failed: 'Not saved: try again',
      login: onDevice,
      conflict: 'On this phone only',
    };
    putText(status, state.kind === 'saved' ? `Saved ${state.at}` : words[state.kind]);
    put(status, 'data-state', state.kind);
    if (state.kind === 'saved') this.strips.hide('save');
    const reload = { text: 'Reload', press: () => location.reload() };
    if (state.kind === 'conflict') {
      const text = 'Someone else changed this sketch. Reload to see it; yours stays on this device.';
      this.strips.show({ key: 'save', weight: 'warn', text, actions: [reload] });
    } else if (state.kind === 'login') {
      const text = 'Your login ran out. What you draw is kept on this device.';
      const login = { text: 'Log in', press: () => void open(location.href, `login-${handed.id}`) };
      this.strips.show({ key: 'save', weight: 'warn', text, actions: [login, retry] });
    } else if (state.kind === 'failed') {
      const text = 'The server did not take the last change. It is tried again on its own.';
      this.strips.show({ key: 'save', weight: 'warn', text, actions: [retry] });
    }
  }

  /** Strokes an earlier visit could not send. Put back at once where nobody else was faster. */
  private offerBack({ unsent }: Opened): void {
    if (!unsent) return;
    const { session } = this.editor;
    const time = new Date(unsent.since).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' });
    if (!unsent.conflict) {
      this.keeper.resend();
      const discard = () => void session.apply({ document: this.page.document }, 'Discarded unsent changes', []);
      const text = `Changes from ${time} were not sent. They are back.`;
      this.strips.show({ key: 'back', text, actions: [{ text: 'Discard them', press: discard }] });
      return;
    }
    const mine = () => void session.apply({ document: unsent.mine }, 'Put back my changes', []);
    const text = `Someone else changed this sketch. Yours from ${time} is kept on this device.`;
    this.strips.show({ key: 'back', weight: 'warn', text, actions: [{ text: 'Show mine', press: mine }] });
  }
}
