// Where dimension labels go: outside the yard, upright, apart from each other. Pure placement;
// the picture draws what this decides.

import { type Segment, type SketchDocument, endsOf, isMeasured, lengthOf, runName } from '../model/document';
import { type Point, add, between, distance, dot, scale, subtract } from '../model/geometry';
import { lengthLabel } from '../model/words';
import type { Size, Viewport } from './viewport';

export interface Label {
  readonly run: string;
  readonly name: string;
  readonly text: string;
  readonly measured: boolean;
  /** Middle of the text, in pixels. */
  readonly at: Point;
  readonly width: number;
  /** The dimension line, in pixels; null for an estimate or a run too short for one. */
  readonly dimension: readonly [Point, Point] | null;
  /** The run's ends on the screen, where the extension lines start. */
  readonly runEnds: readonly [Point, Point];
  /** From the run to a label that had to stand away from it. */
  readonly leader: readonly [Point, Point] | null;
}

export const labelHeight = 20;
const characterWidth = 8; // of the face at 14 and 15 px; figures are tabular
const dimensionGap = 26;
const shortRun = 28;
/** With more runs than this only labels keep out of each other's way, not out of the runs'. */
const crowded = 80;

const labelWidth = (name: string, text: string): number =>
  (text.length + name.length + 1) * characterWidth + 8;

/** The room the widest label needs beside the drawing, for fitting it on the screen. */
export function labelRoom(doc: SketchDocument): number {
  const widths = doc.layout.segments.map((run) =>
    labelWidth(runName(doc, run.id), lengthLabel(lengthOf(doc, run), isMeasured(doc, run.id))),
  );
  return Math.max(0, ...widths) + 16;
}

interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function placeLabels(doc: SketchDocument, view: Viewport): readonly Label[] {
  const { segments } = doc.layout;
  const middle = centroid(doc);
  const taken: Rect[] = [];
  const labels: Label[] = [];
  const lines = segments.length > crowded ? [] : segments.map((run) => onScreen(doc, run, view));
  // Longest first: where room is short, the lengths that cost the most stay closest to their run.
  const order = [...segments].sort((a, b) => lengthOf(doc, b) - lengthOf(doc, a));
  for (const run of order) {
    const [from, to] = endsOf(doc, run);
    const [a, b] = [view.toScreen(from), view.toScreen(to)];
    if (offScreen(a, b, view)) continue;
    const measured = isMeasured(doc, run.id);
    const text = lengthLabel(distance(from, to), measured);
    const name = runName(doc, run.id);
    const width = labelWidth(name, text);
    const out = outward(a, b, view.toScreen(middle));
    const spot = findSpot({ middle: between(a, b, 0.5), out, width, size: view.size }, taken, lines);
    if (!spot) continue;
    taken.push(spot.rect);
    const long = distance(a, b);
    const short = long < shortRun;
    // Across the dimension line the text must leave room for both ticks.
    const textRoom = (Math.abs(b.x - a.x) * width + Math.abs(b.y - a.y) * labelHeight) / long + 16;
    const shift = scale(out, spot.gap);
    labels.push({
      run: run.id,
      name,
      text,
      measured,
      at: spot.at,
      width,
      dimension: measured && !short && long > textRoom ? [add(a, shift), add(b, shift)] : null,
      runEnds: [a, b],
      leader: short || spot.away ? [between(a, b, 0.5), spot.at] : null,
    });
  }
  return labels;
}

function centroid(doc: SketchDocument): Point {
  const { nodes } = doc.layout;
  const sum = nodes.reduce<Point>((total, node) => add(total, node), { x: 0, y: 0 });
  return scale(sum, 1 / Math.max(1, nodes.length));
}

/** The unit vector across a run that leaves the yard; for a single line, up or to the left. */
function outward(a: Point, b: Point, middle: Point): Point {
  const along = subtract(b, a);
  const length = Math.max(1e-6, Math.hypot(along.x, along.y));
  const across = { x: along.y / length, y: -along.x / length };
  const side = dot(across, subtract(between(a, b, 0.5), middle));
  if (Math.abs(side) > 1) return side > 0 ? across : scale(across, -1);
  const up = Math.abs(across.y) > 0.1 ? across.y < 0 : across.x < 0;
  return up ? across : scale(across, -1);
}

interface Spot {
  readonly at: Point;
  readonly rect: Rect;
  readonly gap: number;
  readonly away: boolean;
}

interface Wanted {
  readonly middle: Point;
  readonly out: Point;
  readonly width: number;
  readonly size: Size;
}

/** The first place that is free; a place on a run is better than none, one on a label is not. */
function findSpot(wanted: Wanted, taken: readonly Rect[], lines: readonly Line[]): Spot | null {
  const { middle, out, width, size } = wanted;
  let second: Spot | null = null;
  for (const step of [0, 1, 2, 3, -2, -3]) {
    // Beside a steep run the text needs half its width to clear the run.
    const gap = step < 0 ? step * dimensionGap : dimensionGap + step * labelHeight;
    const clear = Math.abs(out.x) * Math.max(0, width / 2 - dimensionGap + 6) * Math.sign(gap);
    const at = within(add(middle, scale(out, gap + clear)), width, size);
    const rect = { x: at.x - width / 2, y: at.y - labelHeight / 2, width, height: labelHeight };
    if (taken.some((other) => overlap(rect, other))) continue;
    const spot = { at, rect, gap, away: step !== 0 };
    if (!lines.some(([a, b]) => crosses(a, b, rect))) return spot;
    second ??= spot;
  }
  return second;
}

type Line = readonly [Point, Point];

function onScreen(doc: SketchDocument, run: Segment, view: Viewport): Line {
  const [from, to] = endsOf(doc, run);
  return [view.toScreen(from), view.toScreen(to)];
}

/** Keeps a label whole at the edge of the screen while its run is in sight. */
function within(at: Point, width: number, size: Size): Point {
  const room = width / 2 + 4;
  const x = at.x < -room || at.x > size.width + room ? at.x : Math.min(size.width - room, Math.max(room, at.x));
  return { x, y: at.y };
}

/** Whether a line passes through a rectangle (slab by slab). */
function crosses(a: Point, b: Point, rect: Rect): boolean {
  let [enter, leave] = [0, 1];
  for (const [from, step, low, high] of [
    [a.x, b.x - a.x, rect.x, rect.x + rect.width],
    [a.y, b.y - a.y, rect.y, rect.y + rect.height],
  ] as const) {
    if (Math.abs(step) < 1e-9) {
      if (from < low || from > high) return false;
      continue;
    }
    const [near, far] = [(low - from) / step, (high - from) / step];
    enter = Math.max(enter, Math.min(near, far));
    leave = Math.min(leave, Math.max(near, far));
    if (enter > leave) return false;
  }
  return true;
}

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function offScreen(a: Point, b: Point, { size }: Viewport): boolean {
  const beyond = 80;
  return (
    Math.max(a.x, b.x) < -beyond ||
    Math.min(a.x, b.x) > size.width + beyond ||
    Math.max(a.y, b.y) < -beyond ||
    Math.min(a.y, b.y) > size.height + beyond
  );
}
