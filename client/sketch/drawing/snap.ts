// Snapping: where a point lands, and the word that says why. First match wins, in this order:
// corner, gate edge, wall or existing post, in line with or square to a run, run middle,
// the run itself, the 45° step, the 1-ft grid.

import {
  type SketchDocument,
  endsOf,
  gatesOf,
  findRun,
  lengthOf,
  openingFt,
} from '../model/document';
import {
  type Point,
  add,
  between,
  cleanPoint,
  direction,
  distance,
  dot,
  heading,
  meet,
  project,
  scale,
  subtract,
  turnRight,
} from '../model/geometry';
import type { Anchor } from '../model/runs';

export interface SnapQuery {
  readonly document: SketchDocument;
  readonly point: Point;
  readonly reachFt: number;
  /** The open end a run is drawn from, and the heading it goes straight on with. */
  readonly from?: Point;
  readonly heading?: number;
  /** Corners that move along, so nothing snaps to them or to their runs. */
  readonly moving?: ReadonlySet<string>;
  /** Alt or "Snap off": only what lies within a hair counts. */
  readonly suspended?: boolean;
}

export interface Guide {
  readonly from: Point;
  readonly to: Point;
}

export interface Snapped {
  readonly point: Point;
  readonly word: string;
  readonly anchor: Anchor;
  readonly guides: readonly Guide[];
}

interface Ruler extends Guide {
  readonly along: Point;
  readonly word: 'in line' | 'square';
}

export function snap(query: SnapQuery): Snapped {
  if (query.suspended) return free(query.point);
  return (
    snapToCorner(query) ??
    snapToGateEdge(query) ??
    snapToGuides(query) ??
    snapToMiddle(query) ??
    snapToRun(query) ??
    snapToStep(query) ??
    snapToGrid(query)
  );
}

const free = (point: Point, word = ''): Snapped => {
  const at = cleanPoint(point);
  return { point: at, word, anchor: { kind: 'point', point: at }, guides: [] };
};

function snapToCorner({ document, point, reachFt, moving }: SnapQuery): Snapped | null {
  let best: Snapped | null = null;
  let nearest = reachFt;
  for (const node of document.layout.nodes) {
    const off = distance(point, node);
    if (off > nearest || moving?.has(node.id)) continue;
    nearest = off;
    const word =
      node.attach === 'wall' ? 'wall' : node.attach === 'existing_post' ? 'existing post' : 'corner';
    const at = { x: node.x, y: node.y };
    best = { point: at, word, anchor: { kind: 'corner', id: node.id }, guides: [] };
  }
  return best;
}

function snapToGateEdge({ document, point, reachFt, moving }: SnapQuery): Snapped | null {
  for (const gate of gatesOf(document)) {
    const run = findRun(document, gate.segment);
    if (!run || moving?.has(run.from) || moving?.has(run.to)) continue;
    const [from, to] = endsOf(document, run);
    const length = lengthOf(document, run);
    for (const atFt of [gate.offset_ft, gate.offset_ft + openingFt(gate)]) {
      const edge = between(from, to, atFt / length);
      if (distance(point, edge) > reachFt) continue;
      return { point: edge, word: 'gate edge', anchor: { kind: 'run', id: run.id, atFt }, guides: [] };
    }
  }
  return null;
}

/** The 45° step a pointer means, seen from the open end: its heading and how it turns. */
export function stepOf(
  from: Point,
  point: Point,
  before: number | undefined,
): { readonly heading: number; readonly word: string } {
  const meant = heading(from, point);
  const base = before ?? 0;
  const stepped = base - Math.round(turnRight(base, meant) / 45) * 45;
  const turn = before === undefined ? ((stepped % 90) + 90) % 90 : Math.abs(turnRight(base, stepped));
  if (before === undefined) return { heading: stepped, word: turn === 0 ? '' : '45°' };
  return { heading: stepped, word: turn === 0 ? 'straight' : turn === 90 ? 'square' : '45°' };
}

/** While drawing, the run keeps to its 45° step and guides only say how far it goes. */
function snapToGuides(query: SnapQuery): Snapped | null {
  const { point, reachFt, from } = query;
  const rulers = rulersOf(query);
  if (from) {
    const along = direction(stepOf(from, point, query.heading).heading);
    const on = add(from, scale(along, Math.max(0, dot(subtract(point, from), along))));
    return nearestOf(rulers, reachFt, on, (ruler) => {
      const at = meet(from, along, ruler.from, ruler.along);
      return at && dot(subtract(at, from), along) > reachFt ? at : null;
    });
  }
  const close = rulers.filter((ruler) => offRuler(point, ruler) <= reachFt);
  for (const [index, first] of close.entries()) {
    for (const second of close.slice(index + 1)) {
      const at = meet(first.from, first.along, second.from, second.along);
      if (at && distance(at, point) <= reachFt * 1.5) {
        return { ...free(at, first.word), guides: [guideTo(first, at), guideTo(second, at)] };
      }
    }
  }
  return nearestOf(close, reachFt, point, (ruler) => {
    const along = dot(subtract(point, ruler.from), ruler.along);
    // Along the guide the point still keeps to whole feet from the corner it comes from.
    return add(ruler.from, scale(ruler.along, Math.round(along)));
  });
}

function nearestOf(
  rulers: readonly Ruler[],
  reachFt: number,
  point: Point,
  place: (ruler: Ruler) => Point | null,
): Snapped | null {
  let best: Snapped | null = null;
  let nearest = reachFt;
  for (const ruler of rulers) {
    const at = place(ruler);
    if (!at) continue;
    const off = distance(at, point);
    if (off > nearest) continue;
    nearest = off;
    best = { ...free(at, ruler.word), guides: [guideTo(ruler, at)] };
  }
  return best;
}

const guideTo = (ruler: Ruler, at: Point): Guide => ({ from: ruler.from, to: at });

const offRuler = (point: Point, ruler: Ruler): number =>
  project(point, ruler.from, add(ruler.from, ruler.along)).off;

/** Every line a point may keep to: each run made longer, and the squares off both its ends. */
function rulersOf({ document, from, moving }: SnapQuery): Ruler[] {
  const rulers: Ruler[] = [];
  for (const run of document.layout.segments) {
    if (moving?.has(run.from) && moving.has(run.to)) continue;
    const [a, b] = endsOf(document, run);
    const along = direction(heading(a, b));
    const across = { x: -along.y, y: along.x };
    if (moving?.has(run.from) || moving?.has(run.to)) {
      // A run whose one end moves keeps its own line and square from the end that stays.
      const held = moving.has(run.from) ? b : a;
      rulers.push({ from: held, to: held, along, word: 'in line' });
      rulers.push({ from: held, to: held, along: across, word: 'square' });
      continue;
    }
    for (const end of [a, b]) {
      if (from && distance(end, from) < 1e-6) continue;
      rulers.push({ from: end, to: end, along, word: 'in line' });
      rulers.push({ from: end, to: end, along: across, word: 'square' });
    }
  }
  return rulers;
}

function snapToMiddle(query: SnapQuery): Snapped | null {
  return onRuns(query, (from, to) => between(from, to, 0.5), 'middle');
}

function snapToRun(query: SnapQuery): Snapped | null {
  const place = (from: Point, to: Point) => {
    const { t, at } = project(query.point, from, to);
    return t > 0 && t < 1 ? at : null;
  };
  return onRuns({ ...query, reachFt: query.reachFt / 2 }, place, 'on run');
}

function onRuns(
  { document, point, reachFt, moving, from }: SnapQuery,
  place: (from: Point, to: Point) => Point | null,
  word: string,
): Snapped | null {
  for (const run of document.layout.segments) {
    if (moving?.has(run.from) || moving?.has(run.to)) continue;
    const [a, b] = endsOf(document, run);
    if (from && (distance(a, from) < 1e-6 || distance(b, from) < 1e-6)) continue;
    const at = place(a, b);
    if (!at || distance(at, point) > reachFt) continue;
    const atFt = distance(a, at);
    return { point: at, word, anchor: { kind: 'run', id: run.id, atFt }, guides: [] };
  }
  return null;
}

function snapToStep({ from, point, heading: before }: SnapQuery): Snapped | null {
  if (!from) return null;
  const step = stepOf(from, point, before);
  const along = direction(step.heading);
  const feet = Math.max(1, Math.round(dot(subtract(point, from), along)));
  return free(add(from, scale(along, feet)), step.word);
}

function snapToGrid({ point }: SnapQuery): Snapped {
  return free({ x: Math.round(point.x), y: Math.round(point.y) }, '');
}
