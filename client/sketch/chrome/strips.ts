// Message strips above the drawing: one line each, with what can be done about it. No toasts.

import { button, html } from './html';

export interface Strip {
  readonly key: string;
  readonly text: string;
  readonly weight?: 'note' | 'warn';
  readonly actions?: readonly { readonly text: string; readonly press: () => void }[];
  /** Goes away on its own with the next deed; others stay until dismissed. */
  readonly passing?: boolean;
}

export class Strips {
  readonly element = html('div', { class: 'sketch-strips', role: 'status' });
  private readonly shown = new Map<string, HTMLElement>();

  show(strip: Strip): void {
    const text = html('p', {}, strip.text);
    const actions = (strip.actions ?? []).map(({ text: name, press }) =>
      button(name, () => {
        this.hide(strip.key);
        press();
      }),
    );
    const close = button('Close', () => this.hide(strip.key), { class: 'close' });
    const made = html('div', { class: `sketch-note ${strip.weight ?? 'note'}` }, text, ...actions, close);
    if (strip.passing) made.dataset.passing = '';
    const old = this.shown.get(strip.key);
    if (old?.textContent === made.textContent) return;
    if (old) old.replaceWith(made);
    else this.element.append(made);
    this.shown.set(strip.key, made);
  }

  hide(key: string): void {
    this.shown.get(key)?.remove();
    this.shown.delete(key);
  }

  /** A new deed makes passing words old. */
  pass(): void {
    for (const [key, made] of this.shown) if (made.dataset.passing !== undefined) this.hide(key);
  }
}
