// Edits of runs and corners. Each takes a document and answers a new one, or says why not.

import {
  type Element,
  type Segment,
  type SketchDocument,
  endsOf,
  findNode,
  findRun,
  freeId,
  gatesOf,
  gatesOn,
  isMeasured,
  lengthOf,
  openingFt,
  runName,
  runsAt,
  withLayout,
  withNodes,
  withRunExtras,
} from './document';
import { type Done, type Edit, isRefused, settle, shortestRun } from './edit';
import { add, between, cleanPoint, direction, heading, scale, subtract, type Point } from './geometry';

/** Where a run starts or ends: a free place, a corner, or a place on another run (a tee). */
export type Anchor =
  | { readonly kind: 'point'; readonly point: Point }
  | { readonly kind: 'corner'; readonly id: string }
  | { readonly kind: 'run'; readonly id: string; readonly atFt: number };

export function anchorPoint(doc: SketchDocument, anchor: Anchor): Point | null {
  if (anchor.kind === 'point') return anchor.point;
  if (anchor.kind === 'corner') return findNode(doc, anchor.id) ?? null;
  const run = findRun(doc, anchor.id);
  if (!run) return null;
  const [from, to] = endsOf(doc, run);
  return between(from, to, anchor.atFt / lengthOf(doc, run));
}

export interface NewRun {
  readonly from: Anchor;
  readonly to: Anchor;
  readonly measured: boolean;
}

export interface DrawnRun extends Done {
  readonly run: string;
  readonly end: string;
}

export function addRun(doc: SketchDocument, input: NewRun): DrawnRun | { refused: string } {
  const start = rooted(doc, input.from);
  if (isRefused(start)) return start;
  const end = rooted(start.document, input.to);
  if (isRefused(end)) return end;
  const [from, to] = [start.node, end.node];
  if (from === to) return { refused: 'A run needs two ends. Pick another place.' };
  const taken = runsAt(end.document, from).find((run) => run.from === to || run.to === to);
  if (taken) {
    return { refused: `Run ${runName(end.document, taken.id)} is here already.` };
  }
  const run: Segment = { id: freeId(end.document, 's'), from, to };
  const segments = [...end.document.layout.segments, run];
  let document = withLayout(end.document, { segments });
  if (lengthOf(document, run) < shortestRun) {
    return { refused: 'A run needs a length. Pick another place.' };
  }
  document = withRunExtras(document, run.id, { measured: input.measured });
  return { document, run: run.id, end: to, made: run.id };
}

type Rooted = { document: SketchDocument; node: string } | { refused: string };

function rooted(doc: SketchDocument, anchor: Anchor): Rooted {
  if (anchor.kind === 'corner') {
    if (!findNode(doc, anchor.id)) return { refused: 'This corner is gone. Pick another place.' };
    return { document: doc, node: anchor.id };
  }
  if (anchor.kind === 'run') {
    const cut = splitRun(doc, anchor.id, anchor.atFt);
    if (isRefused(cut)) return cut;
    return { document: cut.document, node: cut.made ?? '' };
  }
  const node = { id: freeId(doc, 'n'), ...cleanPoint(anchor.point) };
  return { document: withLayout(doc, { nodes: [...doc.layout.nodes, node] }), node: node.id };
}

/** Puts a corner into a run. Its two halves keep what the run was, lengths and measure included. */
export function splitRun(doc: SketchDocument, id: string, atFt: number): Edit {
  const run = findRun(doc, id);
  if (!run) return { refused: 'This run is gone.' };
  const length = lengthOf(doc, run);
  const name = runName(doc, id);
  if (atFt < shortestRun || atFt > length - shortestRun) {
    return { refused: `A corner goes between the ends of run ${name}.` };
  }
  const cut = gatesOn(doc, id).find(
    (gate) => gate.offset_ft < atFt - 1e-9 && gate.offset_ft + openingFt(gate) > atFt + 1e-9,
  );
  if (cut) return { refused: `A corner cannot stand in a gate. Move the gate on run ${name} first.` };
  const [from, to] = endsOf(doc, run);
  const node = { id: freeId(doc, 'n'), ...cleanPoint(between(from, to, atFt / length)) };
  const removal = run.removal_ft ?? 0;
  const kept = Math.min(removal, atFt);
  const second: Segment = { ...run, id: freeId(doc, 's'), from: node.id };
  const halves = [
    { ...run, to: node.id, ...(removal > 0 && { removal_ft: kept }) },
    { ...second, ...(removal > 0 && { removal_ft: removal - kept }) },
  ];
  const document = withLayout(doc, {
    nodes: [...doc.layout.nodes, node],
    segments: doc.layout.segments.flatMap((other) => (other.id === id ? halves : [other])),
    gates: gatesOf(doc).map((gate) =>
      gate.segment === id && gate.offset_ft >= atFt - 1e-9
        ? { ...gate, segment: second.id, offset_ft: Math.max(0, gate.offset_ft - atFt) }
        : gate,
    ),
  });
  return {
    document: withRunExtras(document, second.id, { measured: isMeasured(doc, id) }),
    made: node.id,
  };
}

/** Moves corners by a vector; a run moves when both its corners do. */
export function moveCorners(doc: SketchDocument, ids: Iterable<string>, by: Point): Edit {
  const places = new Map<string, Point>();
  for (const id of ids) {
    const node = findNode(doc, id);
    if (node) places.set(id, add(node, by));
  }
  return settle(doc, withNodes(doc, places));
}

/** The corners an element stands on: what moves when it is moved. */
export function cornersOf(doc: SketchDocument, element: Element): readonly string[] {
  if (element.kind === 'corner') return [element.id];
  const run = element.kind === 'run' ? findRun(doc, element.id) : undefined;
  return run ? [run.from, run.to] : [];
}

/**
 * Gives a run its typed length: the far end moves along the run and carries everything after it.
 * Where the fence comes back round to the run's start nothing can be carried (the start itself
 * would move), so there, and when asked for, only the far corner moves.
 */
export function setLength(
  doc: SketchDocument,
  id: string,
  feet: number,
  onlyCorner = false,
): Edit {
  const run = findRun(doc, id);
  if (!run) return { refused: 'This run is gone.' };
  const [from, to] = endsOf(doc, run);
  const target = add(from, scale(direction(heading(from, to)), feet));
  const by = subtract(target, to);
  const after = reachable(doc, run.to, id);
  const carried = onlyCorner || after.has(run.from) ? new Set([run.to]) : after;
  const places = new Map<string, Point>();
  for (const node of carried) {
    const place = findNode(doc, node);
    if (place) places.set(node, node === run.to ? target : add(place, by));
  }
  const settled = settle(doc, withNodes(doc, places), id);
  if (isRefused(settled)) return settled;
  return { ...settled, document: withRunExtras(settled.document, id, { measured: true }) };
}

function reachable(doc: SketchDocument, start: string, without: string): Set<string> {
  const found = new Set([start]);
  for (const node of found) {
    for (const run of runsAt(doc, node)) {
      if (run.id === without) continue;
      found.add(run.from);
      found.add(run.to);
    }
  }
  return found;
}

/** Removes runs, gates and corners; a corner between two runs leaves one straight run behind. */
export function remove(doc: SketchDocument, elements: readonly Element[]): Edit {
  let document = doc;
  let note: string | undefined;
  for (const kind of ['gate', 'run', 'corner'] as const) {
    for (const { id } of elements.filter((element) => element.kind === kind)) {
      if (kind === 'corner') {
        const edit = removeCorner(document, id);
        if (isRefused(edit)) return edit;
        document = edit.document;
        note = edit.note ?? note;
      } else {
        document = kind === 'run' ? removeRun(document, id) : removeGate(document, id);
      }
    }
  }
  return note === undefined ? { document } : { document, note };
}

function removeGate(doc: SketchDocument, id: string): SketchDocument {
  return withLayout(doc, { gates: gatesOf(doc).filter((gate) => gate.id !== id) });
}

function removeRun(doc: SketchDocument, id: string): SketchDocument {
  const segments = doc.layout.segments.filter((run) => run.id !== id);
  const used = new Set(segments.flatMap((run) => [run.from, run.to]));
  const { [id]: _removed, ...runs } = doc.extras.runs ?? {};
  const layout = withLayout(doc, {
    segments,
    nodes: doc.layout.nodes.filter((node) => used.has(node.id)),
    gates: gatesOf(doc).filter((gate) => gate.segment !== id),
  });
  return { ...layout, extras: { ...doc.extras, runs } };
}

function removeCorner(doc: SketchDocument, id: string): Edit {
  const [first, second, third] = runsAt(doc, id);
  if (third) return { refused: 'Three runs meet here. Delete one of the runs instead.' };
  if (!first) return { document: doc };
  if (!second) return { document: removeRun(doc, first.id) };
  const far = second.from === id ? second.to : second.from;
  const near = first.from === id ? first.to : first.from;
  if (near === far || runsAt(doc, near).some((run) => run.from === far || run.to === far)) {
    return { refused: 'The two runs would fall on another. Delete one of the runs instead.' };
  }
  if (gatesOn(doc, second.id).length > 0) {
    return { refused: `Run ${runName(doc, second.id)} has a gate. Delete or move the gate first.` };
  }
  const joined: Segment = first.to === id ? { ...first, to: far } : { ...first, from: far };
  const removal = (first.removal_ft ?? 0) + (second.removal_ft ?? 0);
  const rest = removeRun(doc, second.id);
  return settle(
    doc,
    withLayout(rest, {
      nodes: doc.layout.nodes.filter((node) => node.id !== id),
      segments: rest.layout.segments.map((run) =>
        run.id === joined.id ? { ...joined, ...(removal > 0 && { removal_ft: removal }) } : run,
      ),
    }),
  );
}

/** The open end a line was started from, for closing the loop: the last run's end back to it. */
export function closingAnchors(
  doc: SketchDocument,
  open: string,
): { readonly start: string; readonly end: string } | null {
  const start = [...reachable(doc, open, '')].find(
    (node) => node !== open && runsAt(doc, node).length === 1,
  );
  return start === undefined ? null : { start, end: open };
}
