// A layer that touches only what changed. A drag moves two or three runs of two hundred; building
// the others again would cost the frame.

import { svg } from './svg';

export interface Item {
  readonly key: string;
  /** Everything the drawing of this item depends on; equal prints draw alike. */
  readonly print: string;
  readonly draw: () => SVGElement;
}

export class KeyedLayer {
  readonly element: SVGGElement;
  private shown = new Map<string, { readonly print: string; readonly drawn: SVGElement }>();

  constructor(name: string) {
    this.element = svg('g', { class: name });
  }

  draw(items: readonly Item[]): void {
    const next: typeof this.shown = new Map();
    for (const { key, print, draw } of items) {
      const old = this.shown.get(key);
      this.shown.delete(key);
      if (old?.print === print) {
        next.set(key, old);
        continue;
      }
      const drawn = draw();
      if (old) old.drawn.replaceWith(drawn);
      else this.element.append(drawn);
      next.set(key, { print, drawn });
    }
    for (const { drawn } of this.shown.values()) drawn.remove();
    this.shown = next;
  }
}
