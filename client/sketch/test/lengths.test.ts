import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawnLength, parseLength, parseOffset, typedLength, writtenLength } from '../model/lengths';

const near = (got: number | undefined, want: number, what: string) =>
  assert.ok(got !== undefined && Math.abs(got - want) < 1e-9, `${what}: got ${got}, want ${want}`);

test('lengths are read as the trade types them', () => {
  const cases: readonly [string, number][] = [
    ['40', 40],
    ["40'", 40],
    ["40'6", 40.5],
    [`40' 6"`, 40.5],
    ['40 6', 40.5],
    ['40 6 1/2', 40 + 6.5 / 12],
    ['40 6½', 40 + 6.5 / 12],
    ['40 ½', 40 + 0.5 / 12],
    ['40 ft 6 in', 40.5],
    ['486in', 40.5],
    ['486"', 40.5],
    ['40.5', 40.5],
    ['.5', 0.5],
    ['6 1/2 in', 6.5 / 12],
    [' 12 m ', 12 / 0.3048],
    ["40'  6 1/2", 40 + 6.5 / 12],
  ];
  for (const [text, want] of cases) near(parseLength(text)?.feet, want, text);
});

test('a length may carry its turn', () => {
  assert.deepEqual(parseLength('40<30'), { feet: 40, turn: 30 });
  assert.deepEqual(parseLength('40 6<-90'), { feet: 40.5, turn: -90 });
});

test('what is no length is refused, never read as something else', () => {
  const bad = ['', ' ', '0', '-4', 'x', '40<', '40<30<2', '40<200', '4 13', '1/0', '1e9', 'NaN', '40 6 3/2', "4''"];
  for (const text of bad) assert.equal(parseLength(text), null, JSON.stringify(text));
});

test('an offset may be zero', () => {
  assert.equal(parseOffset('0'), 0);
  assert.equal(parseOffset('8 6'), 8.5);
  assert.equal(parseOffset('8<3'), null);
});

test('lengths are written to the nearest half inch', () => {
  assert.equal(drawnLength(40), '40 ft');
  assert.equal(drawnLength(62 + 4 / 12), `62' 4"`);
  assert.equal(drawnLength(41.9999), '42 ft');
  assert.equal(drawnLength(2 + 9.5 / 12), `2' 9½"`);
  assert.equal(writtenLength(62 + 4 / 12), '62 ft 4 in');
  assert.equal(writtenLength(0.5), '6 in');
});

test('what a field shows reads back as the same length', () => {
  for (const feet of [40, 40.5, 40 + 0.5 / 12, 40 + 6.5 / 12, 0.5, 13.3333, 100]) {
    near(parseOffset(typedLength(feet)) ?? undefined, feet, typedLength(feet));
  }
});
