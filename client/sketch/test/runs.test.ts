import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SketchDocument, findRun, gatesOf, isMeasured, lengthOf, runName } from '../model/document';
import { type Edit, isRefused } from '../model/edit';
import { addRun, moveCorners, remove, setLength, splitRun } from '../model/runs';
import { describe, summary } from '../model/words';
import { empty, yard } from './yard';

function done(edit: Edit): SketchDocument {
  if (isRefused(edit)) throw new Error(`refused: ${edit.refused}`);
  return edit.document;
}

const refusal = (edit: Edit): string => (isRefused(edit) ? edit.refused : 'not refused');
const lengths = (doc: SketchDocument) => doc.layout.segments.map((run) => lengthOf(doc, run));

test('runs drawn one after another share their corners', () => {
  let doc = empty;
  const from = { kind: 'point', point: { x: 0, y: 0 } } as const;
  const first = addRun(doc, { from, to: { kind: 'point', point: { x: 0, y: 40 } }, measured: true });
  assert.ok(!isRefused(first));
  doc = first.document;
  const second = addRun(doc, {
    from: { kind: 'corner', id: first.end },
    to: { kind: 'point', point: { x: 60, y: 40 } },
    measured: false,
  });
  doc = done(second);
  assert.equal(doc.layout.nodes.length, 3);
  assert.deepEqual(lengths(doc), [40, 60]);
  assert.deepEqual(doc.layout.segments.map((run) => isMeasured(doc, run.id)), [true, false]);
});

test('a run from a corner to itself, without length or over another run is refused', () => {
  const corner = (id: string) => ({ kind: 'corner', id }) as const;
  const self = addRun(yard, { from: corner('A'), to: corner('A'), measured: false });
  assert.match(refusal(self as Edit), /two ends/);
  const twice = addRun(yard, { from: corner('B'), to: corner('A'), measured: false });
  assert.equal(refusal(twice as Edit), 'Run A is here already.');
  const nowhere = addRun(yard, { from: corner('D'), to: { kind: 'point', point: { x: 60, y: 0.01 } }, measured: false });
  assert.match(refusal(nowhere as Edit), /needs a length/);
});

test('a run may end on another run: a tee', () => {
  const doc = done(addRun(yard, {
    from: { kind: 'point', point: { x: 30, y: 10 } },
    to: { kind: 'run', id: 'BC', atFt: 30 },
    measured: false,
  }) as Edit);
  assert.deepEqual(lengths(doc), [40, 30, 30, 40, 30]);
});

test('a typed length moves the far end and carries everything after it', () => {
  const doc = done(setLength(yard, 'AB', 42.5));
  assert.deepEqual(lengths(doc), [42.5, 60, 40]);
  assert.deepEqual(doc.layout.nodes.map(({ x, y }) => [x, y]), [[0, 0], [0, 42.5], [60, 42.5], [60, 2.5]]);
});

test('only this corner: the run after it stretches and is an estimate from then on', () => {
  const edit = setLength(yard, 'AB', 30, true);
  const doc = done(edit);
  assert.equal(isMeasured(doc, 'AB'), true);
  assert.equal(isMeasured(doc, 'BC'), false);
  assert.equal(isMeasured(doc, 'CD'), true);
  assert.match(isRefused(edit) ? '' : (edit.note ?? ''), /Run B was measured and is an estimate now/);
});

test('in a closed loop only the far corner moves', () => {
  const loop = done(addRun(yard, { from: { kind: 'corner', id: 'D' }, to: { kind: 'corner', id: 'A' }, measured: true }) as Edit);
  const doc = done(setLength(loop, 'AB', 50));
  assert.deepEqual(doc.layout.nodes[0], { id: 'A', x: 0, y: 0 });
  assert.equal(lengths(doc)[0], 50);
  assert.equal(summary(loop), 'Fence drawing: 4 runs, 200 ft, 1 gate, closed');
});

test('a run cannot become shorter than its gate needs', () => {
  assert.equal(refusal(setLength(yard, 'AB', 10)), 'The gate ends 2 ft past run A. Move it or make run A longer.');
  assert.match(refusal(moveCorners(yard, ['B'], { x: 0, y: -30 })), /The gate ends 2 ft past run A/);
});

test('a moved run keeps its own measure and makes its neighbors estimates', () => {
  const doc = done(moveCorners(yard, ['B', 'C'], { x: 0, y: 3 }));
  assert.deepEqual(lengths(doc), [43, 60, 43]);
  assert.deepEqual(['AB', 'BC', 'CD'].map((run) => isMeasured(doc, run)), [false, true, false]);
});

test('a new corner splits a run, its gates and its removal', () => {
  const gated = { ...yard, layout: { ...yard.layout, segments: yard.layout.segments.map((run) => (run.id === 'AB' ? { ...run, removal_ft: 25 } : run)) } };
  const doc = done(splitRun(gated, 'AB', 6));
  assert.deepEqual(lengths(doc), [6, 34, 60, 40]);
  const gate = gatesOf(doc)[0];
  assert.deepEqual([gate?.segment === 'AB', gate?.offset_ft], [false, 2]);
  assert.deepEqual(doc.layout.segments.slice(0, 2).map((run) => run.removal_ft), [6, 19]);
  assert.match(refusal(splitRun(yard, 'AB', 9)), /cannot stand in a gate/);
  assert.match(refusal(splitRun(yard, 'AB', 40)), /between the ends/);
});

test('deleting a run takes its gates, its name and its lonely corners', () => {
  const doc = done(remove(yard, [{ kind: 'run', id: 'AB' }]));
  assert.equal(findRun(doc, 'AB'), undefined);
  assert.equal(gatesOf(doc).length, 0);
  assert.deepEqual(doc.layout.nodes.map((node) => node.id), ['B', 'C', 'D']);
  assert.equal(doc.extras.runs?.AB, undefined);
});

test('deleting a corner leaves one straight run', () => {
  const doc = done(remove(yard, [{ kind: 'corner', id: 'C' }]));
  assert.deepEqual(doc.layout.segments.map(({ from, to }) => [from, to]), [['A', 'B'], ['B', 'D']]);
  assert.equal(isMeasured(doc, 'BC'), false);
});

test('runs are named by letter until they have a name', () => {
  assert.equal(runName(yard, 'CD'), 'C');
  const named = { ...yard, extras: { runs: { AB: { name: 'Left' } } } };
  assert.equal(runName(named, 'AB'), 'Left');
});

test('every element is said with name, length, angle and flags', () => {
  assert.equal(describe(yard, { kind: 'run', id: 'BC' }), 'Run B, 60 ft, measured, right 90 at start');
  assert.equal(describe(yard, { kind: 'gate', id: 'g1' }), 'Walk gate, 48 in, on run A, 8 ft from its start, 28 ft to its end');
  assert.equal(describe(yard, { kind: 'corner', id: 'B' }), 'Corner 2, turns right 90°');
});
