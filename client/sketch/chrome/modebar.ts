// The views of one document side by side: Draw and Table. Save state and Daylight stand beside
// them, so that they are in sight whatever the view.

import { button, html, put } from './html';
import { daylightButton } from './toolbar';

type Mode = 'draw' | 'table';

export class ModeBar {
  readonly element: HTMLElement;
  private readonly draw: HTMLButtonElement;
  private readonly table: HTMLButtonElement;

  constructor(status: HTMLElement, show: (mode: Mode) => void, lookUrl: string) {
    this.draw = button('Draw', () => show('draw'), { 'aria-pressed': 'true' });
    this.table = button('Table', () => show('table'), { 'aria-pressed': 'false', title: 'Table (t)' });
    const modes = html('div', { class: 'modes', role: 'group', 'aria-label': 'View' }, this.draw, this.table);
    this.element = html('div', { class: 'sketch-top' }, modes, status, daylightButton(lookUrl));
  }

  focus(): void {
    (this.draw.getAttribute('aria-pressed') === 'true' ? this.draw : this.table).focus();
  }

  update(mode: Mode): void {
    put(this.draw, 'aria-pressed', String(mode === 'draw'));
    put(this.table, 'aria-pressed', String(mode === 'table'));
  }
}
