// The document all views of a sketch share: the engine's layout, and beside it what the drawing
// alone knows (names, measured or estimated). Documents are values: an edit makes a new one.

import { cleanPoint, distance, heading, turnRight, type Point } from './geometry';

export type GateKind = 'walk' | 'double' | 'slide' | 'cantilever';
export type Attach = 'none' | 'wall' | 'existing_post';

export interface LayoutNode extends Point {
  readonly id: string;
  readonly z?: number;
  readonly attach?: Attach;
}

export interface Segment {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly removal_ft?: number;
  readonly style?: string;
}

export interface Gate {
  readonly id: string;
  readonly segment: string;
  readonly offset_ft: number;
  readonly opening_in: number;
  readonly kind: GateKind;
  readonly hinge?: 'left' | 'right';
  readonly swing?: 'in' | 'out';
  readonly self_closing?: boolean;
  readonly lock?: boolean;
}

export interface Style {
  readonly kind: string;
  readonly height_ft?: number;
  readonly post_spacing_ft?: number;
  readonly panel_ft?: number;
  readonly max_spacing_ft?: number;
}

export interface Layout {
  readonly nodes: readonly LayoutNode[];
  readonly segments: readonly Segment[];
  readonly gates?: readonly Gate[];
  readonly style: Style;
  readonly styles?: Readonly<Record<string, Style>>;
}

export interface RunExtras {
  readonly name?: string;
  readonly measured?: boolean;
}

export interface Extras {
  readonly runs?: Readonly<Record<string, RunExtras>>;
}

export interface SketchDocument {
  readonly layout: Layout;
  readonly extras: Extras;
}

/** What is selected: corners, runs and gates by id. */
export interface Element {
  readonly kind: 'corner' | 'run' | 'gate';
  readonly id: string;
}

export const sameElement = (a: Element, b: Element): boolean => a.kind === b.kind && a.id === b.id;

// Lists never change once made, so one index per list is right for as long as the list lives.
// Without it a yard of 200 runs spends a frame on looking up corners.
const indexes = new WeakMap<readonly unknown[], Map<string, never>>();

function byId<Part extends { readonly id: string }>(parts: readonly Part[]): Map<string, Part> {
  const known: Map<string, Part> | undefined = indexes.get(parts);
  if (known) return known;
  const made = new Map(parts.map((part) => [part.id, part]));
  indexes.set(parts, made as Map<string, never>);
  return made;
}

export const gatesOf = (doc: SketchDocument): readonly Gate[] => doc.layout.gates ?? [];
export const findNode = (doc: SketchDocument, id: string): LayoutNode | undefined =>
  byId(doc.layout.nodes).get(id);
export const findRun = (doc: SketchDocument, id: string): Segment | undefined =>
  byId(doc.layout.segments).get(id);
export const findGate = (doc: SketchDocument, id: string): Gate | undefined =>
  gatesOf(doc).find((gate) => gate.id === id);

export function exists(doc: SketchDocument, element: Element): boolean {
  if (element.kind === 'corner') return findNode(doc, element.id) !== undefined;
  if (element.kind === 'run') return findRun(doc, element.id) !== undefined;
  return findGate(doc, element.id) !== undefined;
}

/** A run's two ends. A run whose corner is missing has no place; the engine would refuse it. */
export function endsOf(doc: SketchDocument, run: Segment): readonly [LayoutNode, LayoutNode] {
  const from = findNode(doc, run.from);
  const to = findNode(doc, run.to);
  if (!from || !to) throw new Error(`run ${run.id} has no corner ${from ? run.to : run.from}`);
  return [from, to];
}

export const lengthOf = (doc: SketchDocument, run: Segment): number => {
  const [from, to] = endsOf(doc, run);
  return distance(from, to);
};

export const runsAt = (doc: SketchDocument, node: string): readonly Segment[] =>
  doc.layout.segments.filter((run) => run.from === node || run.to === node);

export const gatesOn = (doc: SketchDocument, run: string): readonly Gate[] =>
  gatesOf(doc)
    .filter((gate) => gate.segment === run)
    .sort((a, b) => a.offset_ft - b.offset_ft);

export const openingFt = (gate: { readonly opening_in: number }): number => gate.opening_in / 12;

export const isMeasured = (doc: SketchDocument, run: string): boolean =>
  doc.extras.runs?.[run]?.measured === true;

export const styleOf = (doc: SketchDocument, run: Segment): Style =>
  (run.style !== undefined && doc.layout.styles?.[run.style]) || doc.layout.style;

/** A run's name: the one given, or its letter by the order of drawing: A … Z, AA, AB … */
export function runName(doc: SketchDocument, run: string): string {
  const given = doc.extras.runs?.[run]?.name;
  if (given) return given;
  let index = doc.layout.segments.findIndex((segment) => segment.id === run);
  let letters = '';
  do {
    letters = String.fromCharCode(65 + (index % 26)) + letters;
    index = Math.floor(index / 26) - 1;
  } while (index >= 0);
  return letters;
}

/** Corners are numbered in walking order, from 1. */
export const cornerNumber = (doc: SketchDocument, node: string): number =>
  walkingOrder(doc)
    .filter((element) => element.kind === 'corner')
    .findIndex((element) => element.id === node) + 1;

/** Every element in the order a person walks the fence: corner, run, its gates, next corner. */
export function walkingOrder(doc: SketchDocument): readonly Element[] {
  const order: Element[] = [];
  const seen = new Set<string>();
  const corner = (id: string) => {
    if (!seen.has(id)) order.push({ kind: 'corner', id });
    seen.add(id);
  };
  for (const run of doc.layout.segments) {
    corner(run.from);
    order.push({ kind: 'run', id: run.id });
    for (const gate of gatesOn(doc, run.id)) order.push({ kind: 'gate', id: gate.id });
    corner(run.to);
  }
  return order;
}

/** The turn at a run's start in degrees, to the right positive; null where no run leads up to it. */
export function turnAtStart(doc: SketchDocument, run: Segment): number | null {
  const before = doc.layout.segments.find((other) => other.to === run.from && other.id !== run.id);
  if (!before) return null;
  const [a, b] = endsOf(doc, before);
  const [c, d] = endsOf(doc, run);
  return turnRight(heading(a, b), heading(c, d));
}

/** The next free id with a letter: n1, n2 … */
export function freeId(doc: SketchDocument, letter: 'n' | 's' | 'g'): string {
  const { nodes, segments } = doc.layout;
  const taken = new Set([...nodes, ...segments, ...gatesOf(doc)].map((part) => part.id));
  let number = taken.size + 1;
  while (taken.has(`${letter}${number}`)) number++;
  return `${letter}${number}`;
}

export const withLayout = (doc: SketchDocument, change: Partial<Layout>): SketchDocument => ({
  ...doc,
  layout: { ...doc.layout, ...change },
});

export function withRunExtras(doc: SketchDocument, run: string, change: RunExtras): SketchDocument {
  const runs = { ...doc.extras.runs, [run]: { ...doc.extras.runs?.[run], ...change } };
  return { ...doc, extras: { ...doc.extras, runs } };
}

export const withNodes = (doc: SketchDocument, places: ReadonlyMap<string, Point>): SketchDocument =>
  withLayout(doc, {
    nodes: doc.layout.nodes.map((node) => {
      const place = places.get(node.id);
      return place ? { ...node, ...cleanPoint(place) } : node;
    }),
  });
