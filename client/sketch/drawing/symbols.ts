// Drafting symbols: what a run, a gate and a post look like on the sheet, in pixels.

import type { Gate } from '../model/document';
import { type Point, add, between, distance, scale, subtract } from '../model/geometry';
import { line, svg } from './svg';

/** Where a take-off puts a post; the engine's word. */
export interface Post {
  readonly kind: string;
  readonly x: number;
  readonly y: number;
  readonly node?: string;
  readonly segment?: string;
  readonly at_ft?: number;
}

export interface Stretch {
  readonly a: Point;
  readonly b: Point;
}

const unit = (a: Point, b: Point): Point => {
  const length = Math.max(1e-6, distance(a, b));
  return scale(subtract(b, a), 1 / length);
};
const across = (along: Point): Point => ({ x: -along.y, y: along.x });
const path = (points: readonly Point[]): string =>
  points.map((p, i) => `${i === 0 ? 'M' : 'L'}${p.x.toFixed(1)} ${p.y.toFixed(1)}`).join('');

/** A stretch of fence: wood a solid line, panel a double line, chain link a line with crosses. */
export function fence({ a, b }: Stretch, kind: string): SVGElement[] {
  if (kind === 'panel') {
    const off = scale(across(unit(a, b)), 2.5);
    return [line(add(a, off), add(b, off), 'fence'), line(subtract(a, off), subtract(b, off), 'fence')];
  }
  if (kind !== 'chain_link') return [line(a, b, 'fence')];
  const along = unit(a, b);
  const out = across(along);
  const length = distance(a, b);
  const every = 18;
  let crosses = '';
  for (let at = every / 2; at < length; at += every) {
    const middle = add(a, scale(along, at));
    for (const tilt of [1, -1]) {
      const arm = add(scale(along, 3), scale(out, 3 * tilt));
      crosses += path([subtract(middle, arm), add(middle, arm)]);
    }
  }
  return [line(a, b, 'fence'), svg('path', { d: crosses, class: 'fence-cross' })];
}

/** Old fence to take down along a run: dashed with slashes, beside the new one, mostly outside. */
export function removal({ a, b }: Stretch): SVGElement[] {
  const along = unit(a, b);
  const off = scale(across(along), -9);
  const [from, to] = [add(a, off), add(b, off)];
  let slashes = '';
  for (let at = 14; at < distance(a, b); at += 28) {
    const middle = add(from, scale(along, at));
    const arm = scale(add(along, across(along)), 4);
    slashes += path([subtract(middle, arm), add(middle, arm)]);
  }
  return [line(from, to, 'removal'), svg('path', { d: slashes, class: 'removal-slash' })];
}

export interface GatePlace {
  /** The opening's edges; `a` is the hinge side, or the side a sliding leaf goes behind. */
  readonly a: Point;
  readonly b: Point;
  /** The unit vector of the side the leaf swings or slides on. */
  readonly side: Point;
  readonly gate: Pick<Gate, 'kind' | 'opening_in'>;
}

/** A gate: leaf and swing arc, two leaves, or the leaf behind the fence with its slide length. */
export function gateSymbol({ a, b, side, gate }: GatePlace): SVGElement[] {
  const opening = distance(a, b);
  const marks: SVGElement[] = [jamb(a, side), jamb(b, side)];
  if (gate.kind === 'slide' || gate.kind === 'cantilever') {
    // A cantilever leaf carries a tail of half its opening to hang from.
    const length = opening * (gate.kind === 'cantilever' ? 1.5 : 1);
    const off = scale(side, 7);
    const back = add(a, scale(unit(b, a), length));
    marks.push(line(add(a, off), add(b, off), 'leaf'));
    marks.push(line(add(a, off), add(back, off), 'slide-room'));
    return marks;
  }
  const leaves = gate.kind === 'double' ? 2 : 1;
  const reach = opening / leaves;
  const middle = between(a, b, leaves === 2 ? 0.5 : 1);
  for (const hinge of leaves === 2 ? [a, b] : [a]) {
    const tip = add(hinge, scale(side, reach));
    const sweep = crossProduct(side, unit(hinge, middle)) > 0 ? 1 : 0;
    const arc = `M${tip.x.toFixed(1)} ${tip.y.toFixed(1)}A${reach.toFixed(1)} ${reach.toFixed(1)} 0 0 ${sweep} ${middle.x.toFixed(1)} ${middle.y.toFixed(1)}`;
    marks.push(line(hinge, tip, 'leaf'), svg('path', { d: arc, class: 'swing' }));
  }
  return marks;
}

const crossProduct = (a: Point, b: Point): number => a.x * b.y - a.y * b.x;
const jamb = (at: Point, side: Point): SVGElement =>
  line(add(at, scale(side, 5)), subtract(at, scale(side, 5)), 'jamb');

/** A post by its kind: line circle, corner square, end half square, gate square with dot, tee T. */
export function postSymbol(kind: string, at: Point, along: Point): SVGElement {
  const half = 4;
  const square = { x: at.x - half, y: at.y - half, width: 2 * half, height: 2 * half };
  switch (kind) {
    case 'line':
      return svg('circle', { cx: at.x, cy: at.y, r: 3.5, class: 'post' });
    case 'gate':
      return svg(
        'g',
        { class: 'post-gate' },
        svg('rect', { ...square, class: 'post hollow' }),
        svg('circle', { cx: at.x, cy: at.y, r: 1.5, class: 'dot' }),
      );
    case 'end': {
      const out = scale(across(along), 5);
      const deep = scale(along, 5);
      const corners = [add(at, out), add(add(at, out), deep), add(subtract(at, out), deep), subtract(at, out)];
      return svg('path', { d: `${path(corners)}Z`, class: 'post' });
    }
    case 'tee':
      return svg('path', {
        d: `M${at.x - 5} ${at.y - 4}h10v3h-3.5v6h-3v-6h-3.5z`,
        class: 'post',
      });
    case 'wall':
    case 'existing':
      return svg('rect', { ...square, class: 'post hollow' });
    default:
      return svg('rect', { ...square, class: 'post' });
  }
}
