// What follows the pointer: the run being drawn, the snap mark and its word, guides, the cross
// of the keyboard, the selection box, a gate on the move, and the loupe above a finger.

import type { Gate, SketchDocument } from '../model/document';
import { type Point, between, distance } from '../model/geometry';
import { placeGate } from './picture';
import type { Guide } from './snap';
import { gateSymbol } from './symbols';
import { line, svg } from './svg';
import type { Viewport } from './viewport';

export interface Ghost {
  readonly run?: { readonly from: Point; readonly to: Point; readonly text: string };
  readonly mark?: { readonly point: Point; readonly word: string; readonly guides: readonly Guide[] };
  readonly cross?: Point;
  readonly start?: Point;
  readonly box?: { readonly from: Point; readonly to: Point };
  readonly gate?: Omit<Gate, 'id'> & { readonly stopped?: boolean };
  readonly loupe?: Point;
}

const loupeRadius = 44;
const loupeLift = 60;

export class Overlay {
  readonly layer = svg('g', { class: 'overlay' });

  draw(ghost: Ghost, doc: SketchDocument, view: Viewport): void {
    const parts: SVGElement[] = [];
    if (ghost.mark) parts.push(...drawGuides(ghost.mark.guides, view));
    if (ghost.run) parts.push(...drawGhostRun(ghost.run, view));
    if (ghost.gate) parts.push(...drawGhostGate(ghost.gate, doc, view));
    if (ghost.start) {
      const at = view.toScreen(ghost.start);
      parts.push(svg('circle', { cx: at.x, cy: at.y, r: 6, class: 'open-end' }));
    }
    if (ghost.box) parts.push(drawBox(ghost.box, view));
    if (ghost.cross) parts.push(drawCross(view.toScreen(ghost.cross)));
    if (ghost.mark) parts.push(...drawMark(ghost.mark, view));
    if (ghost.loupe) parts.push(drawLoupe(view.toScreen(ghost.loupe), view));
    this.layer.replaceChildren(...parts);
  }
}

function drawGuides(guides: readonly Guide[], view: Viewport): SVGElement[] {
  return guides.map((guide) => line(view.toScreen(guide.from), view.toScreen(guide.to), 'guide'));
}

function drawGhostRun(run: NonNullable<Ghost['run']>, view: Viewport): SVGElement[] {
  const [a, b] = [view.toScreen(run.from), view.toScreen(run.to)];
  if (distance(a, b) < 2) return [];
  const middle = between(a, b, 0.5);
  const steep = Math.abs(b.y - a.y) > Math.abs(b.x - a.x);
  const at = steep ? { x: middle.x + 10, y: middle.y + 5 } : { x: middle.x, y: middle.y - 10 };
  const anchor = steep ? 'start' : 'middle';
  return [
    line(a, b, 'ghost'),
    svg('text', { x: at.x, y: at.y, class: 'ghost-length', 'text-anchor': anchor }, run.text),
  ];
}

function drawGhostGate(
  gate: NonNullable<Ghost['gate']>,
  doc: SketchDocument,
  view: Viewport,
): SVGElement[] {
  const place = placeGate(doc, view, gate);
  if (!place) return [];
  const name = gate.stopped ? 'gate ghost-gate stopped' : 'gate ghost-gate';
  return [svg('g', { class: name }, line(place.a, place.b, 'opening'), ...gateSymbol(place))];
}

function drawBox({ from, to }: NonNullable<Ghost['box']>, view: Viewport): SVGElement {
  const [a, b] = [view.toScreen(from), view.toScreen(to)];
  return svg('rect', {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(b.x - a.x),
    height: Math.abs(b.y - a.y),
    class: 'box',
  });
}

function drawCross(at: Point): SVGElement {
  return svg('path', {
    d: `M${at.x - 14} ${at.y}h11m6 0h11M${at.x} ${at.y - 14}v11m0 6v11`,
    class: 'cross',
  });
}

function drawMark({ point, word }: NonNullable<Ghost['mark']>, view: Viewport): SVGElement[] {
  const at = view.toScreen(point);
  const parts: SVGElement[] = [svg('circle', { cx: at.x, cy: at.y, r: word ? 6 : 3, class: 'snap-mark' })];
  if (word) parts.push(svg('text', { x: at.x + 12, y: at.y - 10, class: 'snap-word' }, word));
  return parts;
}

/** The same drawing once more, larger, where the finger does not hide it. */
function drawLoupe(at: Point, view: Viewport): SVGElement {
  const room = loupeLift + loupeRadius;
  const y = at.y > room + loupeRadius ? at.y - room : at.y + room;
  const x = Math.min(view.size.width - loupeRadius, Math.max(loupeRadius, at.x));
  const clip = svg('clipPath', { id: 'sketch-loupe' }, svg('circle', { cx: x, cy: y, r: loupeRadius }));
  const moved = `translate(${x} ${y}) scale(2) translate(${-at.x} ${-at.y})`;
  return svg(
    'g',
    { class: 'loupe' },
    clip,
    svg('circle', { cx: x, cy: y, r: loupeRadius, class: 'glass' }),
    svg(
      'g',
      { 'clip-path': 'url(#sketch-loupe)' },
      svg('use', { href: '#sketch-scene', transform: moved }),
      svg('path', { d: `M${x - 8} ${y}h16M${x} ${y - 8}v16`, class: 'cross' }),
    ),
    svg('circle', { cx: x, cy: y, r: loupeRadius, class: 'rim' }),
  );
}
