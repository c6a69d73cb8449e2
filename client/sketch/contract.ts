// What the server's page hands over: the document beside the elements that the island fills.
//
//   <fence-sketch>
//     <script type="application/json" class="sketch-document">{…Handed…}</script>
//     <p class="sketch-status" role="status">Saved 10:42</p>
//     <div class="sketch-canvas">…the server's picture, for a page without script…</div>
//     <div class="sketch-panel" role="region" aria-label="Take-off and price">…</div>
//     <form class="sketch-table" method="post" action="…/table">…</form>
//   </fence-sketch>
//
// All five are direct children. In the panel, an element with data-parts="s1 s2" lights those runs
// and gates, or the posts of a kind (line, corner …); <details id> stays open over a refresh.
// GET of the form's action answers a page or fragment with the form as the saved document has it;
// POST answers the whole page (also 422, with .error-summary), whose <fence-sketch> is swapped in.

import type { Extras, Layout, SketchDocument } from './model/document';

export interface Handed {
  readonly id: string;
  readonly version: number;
  readonly layout: Layout;
  readonly extras: Extras | null;
  readonly save_url: string;
  readonly price_url: string;
  readonly csrf: string | null;
  readonly saved_at?: string;
  /** Where the light and density of this device are posted. */
  readonly look_url?: string;
}

export interface Page {
  readonly handed: Handed;
  readonly document: SketchDocument;
  readonly canvas: HTMLElement;
  readonly panel: HTMLElement;
  readonly status: HTMLElement;
  readonly table: HTMLFormElement;
}

/** Reads the page. A missing part is our own mistake: it is named, and the page stays a form. */
export function readPage(root: HTMLElement): Page {
  const data = part(root, 'script.sketch-document', HTMLScriptElement);
  const handed = JSON.parse(data.textContent ?? '') as Handed;
  return {
    handed,
    document: { layout: handed.layout, extras: handed.extras ?? {} },
    canvas: part(root, '.sketch-canvas', HTMLElement),
    panel: part(root, '.sketch-panel', HTMLElement),
    status: part(root, '.sketch-status', HTMLElement),
    table: part(root, 'form.sketch-table', HTMLFormElement),
  };
}

function part<Found extends HTMLElement>(
  root: HTMLElement,
  selector: string,
  kind: abstract new (...args: never[]) => Found,
): Found {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`the sketch page has no ${selector}`);
  return found;
}
