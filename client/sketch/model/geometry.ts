// Plane geometry of the drawing sheet, in feet. The engine's axes are kept: x to the right,
// y up the sheet (away from the street), angles counter-clockwise from the x axis in degrees.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export const add = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y });
export const subtract = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y });
export const scale = (a: Point, k: number): Point => ({ x: a.x * k, y: a.y * k });
export const dot = (a: Point, b: Point): number => a.x * b.x + a.y * b.y;
export const cross = (a: Point, b: Point): number => a.x * b.y - a.y * b.x;
export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
export const between = (a: Point, b: Point, t: number): Point => ({
  x: a.x + (b.x - a.x) * t,
  y: a.y + (b.y - a.y) * t,
});

/** The direction of a run in degrees, 0 to the right, 90 up the sheet. */
export const heading = (from: Point, to: Point): number =>
  (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;

/**
 * The unit vector of a heading. Multiples of 90 are exact: cos(90°) in floating point is 6e-17,
 * and a yard that is square on paper has to be square in the document.
 */
export function direction(degrees: number): Point {
  const turn = ((degrees % 360) + 360) % 360;
  if (turn === 0) return { x: 1, y: 0 };
  if (turn === 90) return { x: 0, y: 1 };
  if (turn === 180) return { x: -1, y: 0 };
  if (turn === 270) return { x: 0, y: -1 };
  const radians = (turn * Math.PI) / 180;
  return { x: Math.cos(radians), y: Math.sin(radians) };
}

/** The turn from one heading to the next in (-180, 180]; to the right is positive. */
export function turnRight(before: number, after: number): number {
  const turn = (((before - after) % 360) + 540) % 360 - 180;
  return turn === -180 ? 180 : turn;
}

/** Where a point falls on the line from a to b (0 at a, 1 at b), and how far off it lies. */
export function project(point: Point, a: Point, b: Point): { t: number; off: number; at: Point } {
  const run = subtract(b, a);
  const square = dot(run, run);
  const t = square === 0 ? 0 : dot(subtract(point, a), run) / square;
  const at = between(a, b, t);
  return { t, off: distance(point, at), at };
}

/** The distance from a point to the stretch between a and b, ends included. */
export function distanceToRun(point: Point, a: Point, b: Point): number {
  const { t } = project(point, a, b);
  return distance(point, between(a, b, Math.min(1, Math.max(0, t))));
}

/** Where two lines, each given by a point and a direction, meet; null when they are parallel. */
export function meet(a: Point, alongA: Point, b: Point, alongB: Point): Point | null {
  const turn = cross(alongA, alongB);
  if (Math.abs(turn) < 1e-9) return null;
  return add(a, scale(alongA, cross(subtract(b, a), alongB) / turn));
}

export function boundsOf(points: readonly Point[]): Box | null {
  const first = points[0];
  if (!first) return null;
  let box: Box = { left: first.x, right: first.x, bottom: first.y, top: first.y };
  for (const { x, y } of points) {
    box = {
      left: Math.min(box.left, x),
      right: Math.max(box.right, x),
      bottom: Math.min(box.bottom, y),
      top: Math.max(box.top, y),
    };
  }
  return box;
}

/** Removes the dust of floating point: a billionth of a foot is no length. */
export const clean = (feet: number): number => {
  const rounded = Math.round(feet * 1e9) / 1e9;
  return rounded === 0 ? 0 : rounded;
};

export const cleanPoint = (p: Point): Point => ({ x: clean(p.x), y: clean(p.y) });
