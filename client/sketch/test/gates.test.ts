import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findRun, gatesOf, type Segment } from '../model/document';
import { isRefused } from '../model/edit';
import { addGate, changeGate, fitGate, kindFor, snapGate } from '../model/gates';
import { yard } from './yard';

const run = (id: string): Segment => {
  const found = findRun(yard, id);
  if (!found) throw new Error(`no run ${id}`);
  return found;
};
const why = (edit: ReturnType<typeof addGate>): string => (isRefused(edit) ? edit.refused : 'not refused');

test('a gate stops at the end of its run and at the next gate, and says so', () => {
  assert.deepEqual(fitGate(yard, run('BC'), 58, 4), { offsetFt: 56, stopped: 'The gate stops at the end of run B.' });
  assert.deepEqual(fitGate(yard, run('AB'), 6, 4), { offsetFt: 4, stopped: 'The gate stops at the next gate on run A.' });
  assert.deepEqual(fitGate(yard, run('AB'), 20, 4), { offsetFt: 20 });
  assert.equal(fitGate(yard, run('AB'), 0, 60), null);
});

test('a gate never passes the run or overlaps another', () => {
  const gate = { segment: 'AB', offset_ft: 38, opening_in: 48, kind: 'walk' } as const;
  assert.equal(why(addGate(yard, gate)), 'The gate ends 2 ft past run A. Move it or make run A longer.');
  assert.equal(why(addGate(yard, { ...gate, offset_ft: 10 })), 'Two gates overlap on run A, between 10 ft and 12 ft.');
  assert.equal(why(addGate(yard, { ...gate, offset_ft: -1 })), 'The gate starts before run A. Move it.');
  assert.equal(why(addGate(yard, { ...gate, offset_ft: NaN })), 'The gate starts before run A. Move it.');
  assert.equal(why(addGate(yard, { ...gate, offset_ft: 12 })), 'not refused');
});

test('a wide walk gate is not built', () => {
  const wide = changeGate(yard, 'g1', { opening_in: 240 });
  assert.equal(why(wide), 'A 20-ft walk gate is not built. Choose double or slide, or up to 6 ft.');
  assert.equal(kindFor(120, 'walk'), 'double');
  assert.equal(kindFor(120, 'slide'), 'slide');
});

test('a gate moves to another run as one gate', () => {
  const edit = changeGate(yard, 'g1', { segment: 'CD', offset_ft: 0 });
  assert.ok(!isRefused(edit));
  assert.deepEqual(gatesOf(edit.document).map(({ id, segment }) => [id, segment]), [['g1', 'CD']]);
});

test('an opening snaps to run end, center, bay line and 2 ft, in this order', () => {
  const at = (feet: number, reach: number) => snapGate(yard, run('BC'), feet, 4, reach);
  assert.deepEqual(at(0.4, 0.5), { offsetFt: 0, word: 'run end' });
  assert.deepEqual(at(55.8, 0.5), { offsetFt: 56, word: 'run end' });
  assert.deepEqual(at(28.3, 0.5), { offsetFt: 28, word: 'center' });
  assert.deepEqual(at(16.2, 0.5), { offsetFt: 16, word: 'bay line' });
  assert.deepEqual(at(10.2, 0.5), { offsetFt: 10, word: '2 ft' });
  assert.deepEqual(at(10.9, 0.5), { offsetFt: 10.9 });
});
