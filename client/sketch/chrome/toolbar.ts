// The tools beside the drawing: what is in hand, undo and redo, zoom, snap.

import type { Editor } from '../tools/editor';
import type { ToolName } from '../tools/session';
import { svg } from '../drawing/svg';
import { button, html, put } from './html';

const undoPath = 'M8 5L4 9l4 4M4 9h8a5 5 0 0 1 0 10H9';
const redoPath = 'M16 5l4 4-4 4M20 9h-8a5 5 0 0 0 0 10h3';
const plusPath = 'M12 5v14M5 12h14';
const minusPath = 'M5 12h14';
const sunPath =
  'M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5';

function iconButton(name: string, d: string, press: () => void): HTMLButtonElement {
  const icon = svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d }));
  const made = button('', press, { class: 'icon-only', 'aria-label': name, title: name });
  made.append(icon);
  return made;
}

const tools: readonly [ToolName, string, string][] = [
  ['select', 'Select', 'v'],
  ['draw', 'Run', 'd'],
  ['gate', 'Gate', 'g'],
];

export class Toolbar {
  readonly element: HTMLElement;
  private readonly tools = new Map<ToolName, HTMLButtonElement>();
  private readonly undo: HTMLButtonElement;
  private readonly redo: HTMLButtonElement;
  private readonly snap: HTMLButtonElement;

  constructor(private readonly editor: Editor) {
    const { session } = editor;
    for (const [name, text, key] of tools) {
      const title = `${text} (${key})`;
      this.tools.set(name, button(text, () => editor.choose(name), { title, 'aria-pressed': 'false' }));
    }
    this.undo = iconButton('Undo', undoPath, () => session.undo());
    this.redo = iconButton('Redo', redoPath, () => session.redo());
    this.snap = button('Snap', () => this.toggleSnap(), { 'aria-pressed': 'true', class: 'optional' });
    this.element = html(
      'div',
      { class: 'sketch-tools', role: 'toolbar', 'aria-label': 'Drawing tools' },
      html('div', { class: 'tool-group' }, ...this.tools.values()),
      html('div', { class: 'tool-group undo' }, this.undo, this.redo),
      html(
        'div',
        { class: 'tool-group optional' },
        this.snap,
        iconButton('Zoom out', minusPath, () => session.zoom(0.8)),
        iconButton('Zoom in', plusPath, () => session.zoom(1.25)),
        button('Fit', () => session.fit(), { title: 'Show the whole drawing (f)' }),
      ),
    );
  }

  private toggleSnap(): void {
    const { session } = this.editor;
    session.snapOn = !session.snapOn;
    session.redraw();
  }

  update(): void {
    const { session } = this.editor;
    for (const [name, made] of this.tools) put(made, 'aria-pressed', String(name === session.toolName));
    put(this.snap, 'aria-pressed', String(session.snapOn));
    const { undoName, redoName } = session.history;
    named(this.undo, 'Undo', undoName);
    named(this.redo, 'Redo', redoName);
  }
}

function named(made: HTMLButtonElement, deed: string, name: string | null): void {
  const text = name === null ? `Nothing to ${deed.toLowerCase()}` : `${deed}: ${name}`;
  put(made, 'aria-label', text);
  put(made, 'title', text);
  put(made, 'aria-disabled', String(name === null));
}

/**
 * The Daylight switch: black on white for full sun. The page's cookie remembers it on this device,
 * so the next page comes in this light from its first frame.
 */
export function daylightButton(lookUrl: string): HTMLButtonElement {
  const root = document.documentElement;
  const before = root.dataset.theme === 'daylight' ? '' : (root.dataset.theme ?? '');
  const made = iconButton('Daylight', sunPath, () => {
    const theme = root.dataset.theme === 'daylight' ? before : 'daylight';
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    put(made, 'aria-pressed', String(theme === 'daylight'));
    const body = new URLSearchParams({ theme, back: location.pathname });
    // Without signal the light still changes; only the next page has forgotten it.
    void fetch(lookUrl, { method: 'POST', body, redirect: 'manual' }).catch(() => undefined);
  });
  put(made, 'aria-pressed', String(root.dataset.theme === 'daylight'));
  return made;
}
