import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SnapQuery, snap, stepOf } from '../drawing/snap';
import { placeLabels } from '../drawing/labels';
import { Viewport } from '../drawing/viewport';
import { boundsOf } from '../model/geometry';
import { yard } from './yard';

const at = (x: number, y: number, more: Partial<SnapQuery> = {}) =>
  snap({ document: yard, point: { x, y }, reachFt: 1, ...more });

test('a corner wins over everything else in reach', () => {
  const found = at(0.6, 39.7);
  assert.deepEqual([found.word, found.point, found.anchor], ['corner', { x: 0, y: 40 }, { kind: 'corner', id: 'B' }]);
});

test('a gate edge wins over the run it is in', () => {
  assert.equal(at(0.3, 8.2).word, 'gate edge');
  assert.deepEqual(at(0.3, 8.2).anchor, { kind: 'run', id: 'AB', atFt: 8 });
});

test('the third side of a yard stops square to the first, on a guide', () => {
  const found = at(60.4, 0.6, {
    document: { ...yard, layout: { ...yard.layout, segments: yard.layout.segments.slice(0, 2), nodes: yard.layout.nodes.slice(0, 3) } },
    from: { x: 60, y: 40 },
    heading: 0,
  });
  assert.deepEqual([found.word, found.point], ['square', { x: 60, y: 0 }]);
  assert.equal(found.guides.length, 1);
});

test('while drawing, direction keeps to 45° steps from the run before and length to whole feet', () => {
  const found = at(83, 71.4, { from: { x: 60, y: 40 }, heading: 0 });
  assert.equal(found.word, '45°');
  const length = Math.hypot(found.point.x - 60, found.point.y - 40);
  assert.ok(Math.abs(length - Math.round(length)) < 1e-6, `got ${length}`);
  assert.deepEqual(stepOf({ x: 0, y: 0 }, { x: 0.2, y: 9 }, 90), { heading: 90, word: 'straight' });
});

test('suspended, the point stays where the hand is', () => {
  const found = at(0.6, 39.7, { suspended: true });
  assert.deepEqual([found.word, found.point], ['', { x: 0.6, y: 39.7 }]);
});

test('away from everything a point lands on the 1-ft grid', () => {
  assert.deepEqual(at(20.4, -20.6).point, { x: 20, y: -21 });
});

test('a moving corner does not snap to itself', () => {
  assert.notEqual(at(0.3, 40.2, { moving: new Set(['B']) }).anchor.kind, 'corner');
});

test('labels stand outside the yard, apart from each other, measured ones on a dimension line', () => {
  const view = new Viewport();
  view.size = { width: 900, height: 640 };
  view.fit(boundsOf(yard.layout.nodes));
  const labels = placeLabels(yard, view);
  assert.equal(labels.length, 3);
  for (const label of labels) {
    assert.ok(label.measured && label.dimension, `${label.name} has its dimension line`);
    const sheet = view.toSheet(label.at);
    const inside = sheet.x > 0 && sheet.x < 60 && sheet.y < 40;
    assert.ok(!inside, `${label.name} stands outside, got ${JSON.stringify(sheet)}`);
  }
});

test('zooming keeps what is under the pointer under it', () => {
  const view = new Viewport();
  view.size = { width: 900, height: 640 };
  const held = view.toSheet({ x: 200, y: 100 });
  view.zoomBy(3, { x: 200, y: 100 });
  const now = view.toSheet({ x: 200, y: 100 });
  assert.ok(Math.hypot(now.x - held.x, now.y - held.y) < 1e-9);
});
