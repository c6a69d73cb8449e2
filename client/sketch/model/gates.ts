// Gates: where one fits, where it stops, and its edits.

import {
  type Gate,
  type GateKind,
  type Segment,
  type SketchDocument,
  endsOf,
  findGate,
  findRun,
  freeId,
  gatesOf,
  gatesOn,
  lengthOf,
  openingFt,
  runName,
  styleOf,
  withLayout,
} from './document';
import type { Edit } from './edit';
import { clean, distanceToRun, project, type Point } from './geometry';
import { writtenLength } from './lengths';

export const gateKinds: readonly GateKind[] = ['walk', 'double', 'slide', 'cantilever'];
export const openingChips: readonly number[] = [36, 42, 48, 60, 96, 120, 144, 192];

const widestWalkIn = 72;
const touching = 1e-6;

export interface Fit {
  readonly offsetFt: number;
  /** Why the gate is not where it was asked for; absent when it is. */
  readonly stopped?: string;
  /** What it snapped to, as the word beside the mark. */
  readonly word?: string;
}

/** What a run has left between its gates, leaving one gate out. */
function freeSpans(doc: SketchDocument, run: Segment, except?: string): [number, number][] {
  const spans: [number, number][] = [];
  let start = 0;
  for (const gate of gatesOn(doc, run.id)) {
    if (gate.id === except) continue;
    spans.push([start, gate.offset_ft]);
    start = gate.offset_ft + openingFt(gate);
  }
  spans.push([start, lengthOf(doc, run)]);
  return spans;
}

/** The nearest place on a run where an opening fits; null when it fits nowhere. */
export function fitGate(
  doc: SketchDocument,
  run: Segment,
  wantedFt: number,
  widthFt: number,
  except?: string,
): Fit | null {
  let best: number | null = null;
  for (const [start, end] of freeSpans(doc, run, except)) {
    if (end - start < widthFt - touching) continue;
    const offset = clean(Math.min(Math.max(wantedFt, start), Math.max(start, end - widthFt)));
    if (best === null || Math.abs(offset - wantedFt) < Math.abs(best - wantedFt)) best = offset;
  }
  if (best === null) return null;
  if (Math.abs(best - wantedFt) <= touching) return { offsetFt: clean(wantedFt) };
  const length = lengthOf(doc, run);
  const atEnd = best <= touching || best + widthFt >= length - touching;
  const stopped = atEnd
    ? `The gate stops at the end of run ${runName(doc, run.id)}.`
    : `The gate stops at the next gate on run ${runName(doc, run.id)}.`;
  return { offsetFt: best, stopped };
}

/** Slides an opening to where it would snap: run end, center, a bay line, every 2 ft. */
export function snapGate(
  doc: SketchDocument,
  run: Segment,
  wantedFt: number,
  widthFt: number,
  reachFt: number,
): Fit {
  const length = lengthOf(doc, run);
  const style = styleOf(doc, run);
  const bay = style.post_spacing_ft ?? style.panel_ft ?? style.max_spacing_ft ?? 8;
  const places: [number, string][] = [
    [0, 'run end'],
    [length - widthFt, 'run end'],
    [(length - widthFt) / 2, 'center'],
    [Math.round(wantedFt / bay) * bay, 'bay line'],
    [Math.round(wantedFt / 2) * 2, '2 ft'],
  ];
  for (const [offset, word] of places) {
    const inside = offset >= -touching && offset + widthFt <= length + touching;
    if (inside && Math.abs(offset - wantedFt) <= reachFt) return { offsetFt: clean(offset), word };
  }
  return { offsetFt: wantedFt };
}

/** The run nearest to a point within reach, and how far along it the point lies. */
export function runUnder(
  doc: SketchDocument,
  point: Point,
  reachFt: number,
): { readonly run: Segment; readonly atFt: number } | null {
  let best: { run: Segment; atFt: number } | null = null;
  let nearest = reachFt;
  for (const run of doc.layout.segments) {
    const [from, to] = endsOf(doc, run);
    const off = distanceToRun(point, from, to);
    if (off > nearest) continue;
    nearest = off;
    const t = Math.min(1, Math.max(0, project(point, from, to).t));
    best = { run, atFt: t * lengthOf(doc, run) };
  }
  return best;
}

export type NewGate = Omit<Gate, 'id'>;

export function addGate(doc: SketchDocument, input: NewGate): Edit {
  const refused = whyNot(doc, input);
  if (refused) return { refused };
  const gate: Gate = { ...input, id: freeId(doc, 'g'), offset_ft: clean(input.offset_ft) };
  return { document: withLayout(doc, { gates: [...gatesOf(doc), gate] }), made: gate.id };
}

export function changeGate(doc: SketchDocument, id: string, change: Partial<NewGate>): Edit {
  const gate = findGate(doc, id);
  if (!gate) return { refused: 'This gate is gone.' };
  const changed = { ...gate, ...change };
  const refused = whyNot(doc, changed, id);
  if (refused) return { refused };
  const gates = gatesOf(doc).map((other) =>
    other.id === id ? { ...changed, offset_ft: clean(changed.offset_ft) } : other,
  );
  return { document: withLayout(doc, { gates }) };
}

/** Why a gate cannot be where it is, in the words for the person; null when it can. */
function whyNot(doc: SketchDocument, gate: NewGate, except?: string): string | null {
  const run = findRun(doc, gate.segment);
  if (!run) return 'This run is gone.';
  const name = runName(doc, run.id);
  if (!(gate.opening_in > 0)) return 'Enter the opening of the gate, for example 48.';
  if (gate.kind === 'walk' && gate.opening_in > widestWalkIn) {
    const width = writtenLength(gate.opening_in / 12).replace(/ ft$/, '-ft');
    return `A ${width} walk gate is not built. Choose double or slide, or up to 6 ft.`;
  }
  if (!(gate.offset_ft >= -touching)) return `The gate starts before run ${name}. Move it.`;
  const end = gate.offset_ft + openingFt(gate);
  const past = end - lengthOf(doc, run);
  if (past > touching) {
    return `The gate ends ${writtenLength(past)} past run ${name}. Move it or make run ${name} longer.`;
  }
  for (const other of gatesOn(doc, run.id)) {
    if (other.id === except) continue;
    const start = Math.max(other.offset_ft, gate.offset_ft);
    const stop = Math.min(other.offset_ft + openingFt(other), end);
    if (stop - start > touching) {
      return `Two gates overlap on run ${name}, between ${writtenLength(start)} and ${writtenLength(stop)}.`;
    }
  }
  return null;
}

/** The kind that is built for an opening: a walk gate up to 6 ft, a double gate past it. */
export const kindFor = (openingIn: number, kind: GateKind): GateKind =>
  kind === 'walk' && openingIn > widestWalkIn ? 'double' : kind;
