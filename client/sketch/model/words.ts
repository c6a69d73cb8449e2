// The drawing said in words: for the screen reader, the summary label and undo.

import {
  type Element,
  type Gate,
  type SketchDocument,
  cornerNumber,
  endsOf,
  findGate,
  findNode,
  findRun,
  gatesOf,
  gatesOn,
  isMeasured,
  lengthOf,
  openingFt,
  runName,
  runsAt,
  turnAtStart,
} from './document';
import { heading, turnRight } from './geometry';
import { drawnLength, openingText, writtenLength } from './lengths';

/** "1 post", "2 posts", "no posts". */
export function count(number: number, one: string, many = `${one}s`): string {
  if (number === 0) return `no ${many}`;
  return number === 1 ? `1 ${one}` : `${number.toLocaleString('en-US')} ${many}`;
}

export function drawnTotal(doc: SketchDocument): number {
  return doc.layout.segments.reduce((sum, run) => sum + lengthOf(doc, run), 0);
}

/** "Fence drawing: 3 runs, 140 ft, 1 gate, open U". */
export function summary(doc: SketchDocument): string {
  const { segments } = doc.layout;
  if (segments.length === 0) return 'Fence drawing: nothing drawn yet';
  const parts = [
    count(segments.length, 'run'),
    writtenLength(drawnTotal(doc)),
    count(gatesOf(doc).length, 'gate'),
    shape(doc),
  ];
  return `Fence drawing: ${parts.join(', ')}`;
}

function shape(doc: SketchDocument): string {
  const { nodes, segments } = doc.layout;
  const ends = nodes.filter((node) => runsAt(doc, node.id).length === 1).length;
  const tees = nodes.some((node) => runsAt(doc, node.id).length > 2);
  if (ends === 0) return 'closed';
  if (tees || ends > 2) return 'open';
  const turns = segments.map((run) => turnAtStart(doc, run)).filter((turn) => turn !== null);
  const corners = turns.filter((turn) => Math.abs(turn) > 30);
  if (corners.length === 0) return 'one line';
  if (corners.length === 1) return 'open L';
  const sameWay = corners.every((turn) => turn > 0) || corners.every((turn) => turn < 0);
  return corners.length === 2 && sameWay ? 'open U' : 'open';
}

export function turnText(turn: number): string {
  const degrees = Math.round(Math.abs(turn) * 10) / 10;
  if (degrees < 0.05) return 'straight';
  return `${turn > 0 ? 'right' : 'left'} ${degrees}`;
}

/** One element with name, kind, length, angle and flags. */
export function describe(doc: SketchDocument, element: Element): string {
  if (element.kind === 'corner') return describeCorner(doc, element.id);
  if (element.kind === 'run') return describeRun(doc, element.id);
  const gate = findGate(doc, element.id);
  return gate ? describeGate(doc, gate) : '';
}

function describeRun(doc: SketchDocument, id: string): string {
  const run = findRun(doc, id);
  if (!run) return '';
  const turn = turnAtStart(doc, run);
  const parts = [
    `Run ${runName(doc, id)}`,
    writtenLength(lengthOf(doc, run)),
    isMeasured(doc, id) ? 'measured' : 'estimated',
  ];
  if (turn !== null) parts.push(`${turnText(turn)} at start`);
  const gates = gatesOn(doc, id).length;
  if (gates > 0) parts.push(count(gates, 'gate'));
  return parts.join(', ');
}

function describeGate(doc: SketchDocument, gate: Gate): string {
  const run = findRun(doc, gate.segment);
  if (!run) return '';
  const toEnd = lengthOf(doc, run) - gate.offset_ft - openingFt(gate);
  const name = gate.kind === 'walk' ? 'Walk' : gate.kind[0]?.toUpperCase() + gate.kind.slice(1);
  return [
    `${name} gate`,
    openingText(gate.opening_in),
    `on run ${runName(doc, gate.segment)}`,
    `${writtenLength(gate.offset_ft)} from its start`,
    `${writtenLength(toEnd)} to its end`,
  ].join(', ');
}

function describeCorner(doc: SketchDocument, id: string): string {
  const node = findNode(doc, id);
  if (!node) return '';
  const runs = runsAt(doc, id);
  const name = `Corner ${cornerNumber(doc, id)}`;
  if (runs.length < 2) return `${name}, end of run ${runs[0] ? runName(doc, runs[0].id) : ''}`;
  if (runs.length > 2) return `${name}, ${runs.length} runs meet`;
  return `${name}, ${cornerAngle(doc, id)}`;
}

/** How far the fence turns at a corner; turns of 30° and less are built with a line post. */
export function cornerAngle(doc: SketchDocument, id: string): string {
  const [first, second, third] = runsAt(doc, id);
  if (!first || !second || third) return '';
  const before = first.to === id ? first : second;
  const after = before === first ? second : first;
  const [a, b] = endsOf(doc, before);
  const [c, d] = endsOf(doc, after);
  const into = before.to === id ? heading(a, b) : heading(b, a);
  const out = after.from === id ? heading(c, d) : heading(d, c);
  const turn = turnRight(into, out);
  const text = Math.abs(turn) < 0.05 ? 'straight' : `turns ${turnText(turn)}°`;
  return Math.abs(turn) <= 30 ? `${text}, line post, no corner` : text;
}

/** An element's short name, for undo and for buttons: "run B", "corner 2", "the gate". */
export function shortName(doc: SketchDocument, element: Element): string {
  if (element.kind === 'run') return `run ${runName(doc, element.id)}`;
  if (element.kind === 'corner') return `corner ${cornerNumber(doc, element.id)}`;
  const gate = findGate(doc, element.id);
  return gate ? `gate on run ${runName(doc, gate.segment)}` : 'gate';
}

/** A length label: measured as it is, estimated with its sign. */
export const lengthLabel = (feet: number, measured: boolean): string =>
  measured ? drawnLength(feet) : `~${drawnLength(feet)}`;
