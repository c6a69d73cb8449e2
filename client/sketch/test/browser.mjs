// The sketch in a real browser against the stand-in server. Needs playwright-core on the module
// path, a Chromium and the bundled script:
//   SKETCH_SCRIPT=sketch.js CHROMIUM=/usr/bin/chromium-headless-shell node --test client/sketch/test/browser.mjs
// SHOTS=<folder> keeps screenshots to look at.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startHarness } from './harness/server.mjs';

const desk = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
let browser;
const script = readFileSync(process.env.SKETCH_SCRIPT, 'utf8');

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});
after(() => browser.close());

async function open(t, device, first) {
  const harness = await startHarness(script, first);
  const context = await browser.newContext(device);
  const page = await context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(error.stack));
  page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  t.after(async () => {
    await context.close();
    harness.close();
  });
  const load = async () => {
    await page.goto(harness.url);
    await page.waitForSelector('fence-sketch.live');
    await page.waitForFunction(() => document.querySelector('.sketch-canvas').ariaLabel);
  };
  await load();
  const label = () => page.locator('.sketch-canvas').getAttribute('aria-label');
  const shot = (name) => process.env.SHOTS && page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
  const box = await page.locator('.sketch-canvas').boundingBox();
  const saved = (count) => waitFor(() => harness.state.saves >= count);
  return { harness, state: harness.state, context, page, wrong, load, label, shot, box, saved };
}

async function waitFor(met) {
  for (const end = Date.now() + 5_000; !met(); ) {
    if (Date.now() > end) throw new Error(`waited 5 s for ${met}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};

async function drawYardByKeys(page) {
  await page.locator('.sketch-canvas').focus();
  await press(page, 'd', 'Enter', '4', '0', 'Enter', 'r', '6', '0', 'Enter', 'r', '4', '0', 'Enter', 'Enter');
  await page.waitForFunction(() => /3 runs/.test(document.querySelector('.sketch-canvas').ariaLabel));
}

async function gateByKeys(page) {
  await page.locator('.sketch-canvas').focus();
  // v select, Enter goes in at corner 1, Tab to run A, g asks how far from its start.
  await press(page, 'v', 'Enter', 'Tab', 'g');
  await page.waitForSelector('input[name=asked]:focus');
  await press(page, '8', 'Enter');
  await page.waitForFunction(() => /1 gate/.test(document.querySelector('.sketch-canvas').ariaLabel));
}

/** Where a run is on the screen; an upright line has no width, so no bounding box for playwright. */
const runBox = (page, index) =>
  page.evaluate(async (at) => {
    // The drawing is painted in the frame after the deed.
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    const { x, y, width, height } = document.querySelectorAll('.runs .run')[at].getBoundingClientRect();
    return { x, y, width, height };
  }, index);

const lengths = ({ layout }) =>
  layout.segments.map((run) => {
    const [a, b] = [run.from, run.to].map((id) => layout.nodes.find((node) => node.id === id));
    return Math.hypot(a.x - b.x, a.y - b.y);
  });

test('the reference yard is drawn by mouse and typed lengths', async (t) => {
  const { page, box, label, shot, state, saved, wrong } = await open(t, desk);
  await page.mouse.click(box.x + 200, box.y + 540);
  await page.mouse.move(box.x + 200, box.y + 200);
  await page.keyboard.type('40\n');
  await page.mouse.move(box.x + 520, box.y + 180);
  await page.keyboard.type('60\n');
  await page.mouse.move(box.x + 740, box.y + 380);
  await shot('desk-drawing');
  await page.keyboard.type('40\n\n');
  await page.waitForFunction(() => /3 runs/.test(document.querySelector('.sketch-canvas').ariaLabel));
  assert.equal(await label(), 'Fence drawing: 3 runs, 140 ft, no gates, open U');
  await saved(1);
  assert.deepEqual(lengths(state.document), [40, 60, 40]);
  assert.ok(Object.values(state.document.extras.runs).every((run) => run.measured));
  assert.deepEqual(wrong, []);
});

test('the reference yard with its gate is drawn by keyboard alone', async (t) => {
  const { page, label, shot, state, saved, wrong } = await open(t, desk);
  await drawYardByKeys(page);
  await gateByKeys(page);
  assert.equal(await label(), 'Fence drawing: 3 runs, 140 ft, 1 gate, open U');
  await saved(1);
  await waitFor(() => state.document.layout.gates.length === 1);
  const [gate] = state.document.layout.gates;
  assert.deepEqual([gate.offset_ft, gate.opening_in, gate.kind], [8, 48, 'walk']);
  await press(page, 'f');
  await page.waitForSelector('.sketch-panel:not([aria-busy])');
  await shot('desk-yard');
  assert.match(await page.locator('.sketch-panel').textContent(), /20 posts/);
  assert.deepEqual(wrong, []);
});

test('every deed is undone and redone by name', async (t) => {
  const { page, label } = await open(t, desk);
  await drawYardByKeys(page);
  await gateByKeys(page);
  const whole = await label();
  assert.equal(await page.getByRole('button', { name: 'Undo: Added a gate' }).count(), 1);
  await page.locator('.sketch-canvas').focus();
  for (let step = 0; step < 4; step++) await press(page, 'Control+z');
  await page.waitForFunction(() => /nothing drawn/.test(document.querySelector('.sketch-canvas').ariaLabel));
  for (let step = 0; step < 4; step++) await press(page, 'Control+Shift+z');
  await page.waitForFunction((text) => document.querySelector('.sketch-canvas').ariaLabel === text, whole);
});

test('a typed length moves the far end and carries the rest', async (t) => {
  const { page, state, shot } = await open(t, desk);
  await drawYardByKeys(page);
  await page.locator('.sketch-canvas').focus();
  await press(page, 'v', 'Enter', 'Tab', 'Enter');
  await page.waitForSelector('input[name=asked]:focus');
  await page.keyboard.type("42'6\n");
  await waitFor(() => state.saves > 0 && lengths(state.document)[0] === 42.5);
  await shot('desk-selected');
  assert.deepEqual(lengths(state.document), [42.5, 60, 40]);
});

test('a gate is placed by mouse and slides until it stops', async (t) => {
  const { page, label, state, shot } = await open(t, desk);
  await drawYardByKeys(page);
  await press(page, 'f');
  await page.getByRole('button', { name: 'Gate' }).first().click();
  const run = await runBox(page, 1);
  await page.mouse.move(run.x + run.width / 2, run.y);
  await page.waitForSelector('.ghost-gate');
  await shot('desk-gate-ghost');
  await page.mouse.click(run.x + run.width / 2, run.y);
  await page.waitForFunction(() => /1 gate/.test(document.querySelector('.sketch-canvas').ariaLabel));
  await page.mouse.down();
  await page.mouse.move(run.x + run.width - 40, run.y, { steps: 5 });
  await page.mouse.move(run.x + run.width - 12, run.y - 30, { steps: 5 });
  await page.mouse.up();
  await shot('desk-gate-end');
  await waitFor(() => state.document.layout.gates?.length === 1);
  await waitFor(() => state.document.layout.gates[0].offset_ft === 56);
  assert.match(await label(), /1 gate/);
});

test('a dragged corner turns a measured run into an estimate, says so and offers undo', async (t) => {
  const { page, state } = await open(t, desk);
  await drawYardByKeys(page);
  await press(page, 'f', 'v');
  const run = await runBox(page, 2);
  await page.mouse.move(run.x + 1, run.y + run.height);
  await page.mouse.down();
  await page.mouse.move(run.x + 1, run.y + run.height - 60, { steps: 6 });
  await page.mouse.up();
  await page.getByText('Run C was measured and is an estimate now.').waitFor();
  await page.locator('.sketch-note').getByRole('button', { name: 'Undo' }).click();
  await waitFor(() => state.saves > 0 && lengths(state.document)[2] === 40);
});

test('without signal the strokes stay on the device and go out after a reload', async (t) => {
  const { page, load, label, state, saved } = await open(t, desk);
  await drawYardByKeys(page);
  await saved(1);
  const before = state.saves;
  state.failing = 503;
  await page.route('**/document', (route) => (route.request().method() === 'PUT' ? route.abort() : route.continue()));
  await gateByKeys(page);
  await page.getByText('On this phone only, will send').waitFor();
  await load();
  assert.match(await label(), /1 gate/);
  await page.getByText(/were not sent. They are back./).waitFor();
  state.failing = 0;
  await page.unroute('**/document');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await waitFor(() => state.document.layout.gates.length === 1);
  assert.equal(state.saves, before + 1);
  assert.equal(await page.getByRole('button', { name: 'Undo: Added a gate' }).count(), 1);
});

test('a change by someone else is never overwritten, and mine is offered back', async (t) => {
  const { page, state, saved, load, label } = await open(t, desk);
  await drawYardByKeys(page);
  await saved(1);
  state.version += 1;
  await gateByKeys(page);
  await page.getByText(/Someone else changed this sketch/).waitFor();
  assert.equal(state.document.layout.gates.length, 0);
  await load();
  assert.match(await label(), /no gates/);
  await page.getByRole('button', { name: 'Show mine' }).click();
  await waitFor(() => state.document.layout.gates.length === 1);
});

test('the table shows the drawing and its edits come back into it', async (t) => {
  const { page, state, label } = await open(t, desk);
  await drawYardByKeys(page);
  await page.getByRole('button', { name: 'Table' }).click();
  const rows = page.locator('input[name="length_ft[]"]');
  await rows.nth(2).waitFor();
  await rows.nth(2).fill('35');
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.waitForFunction(() => /135 ft/.test(document.querySelector('.sketch-canvas')?.ariaLabel));
  assert.match(await label(), /135 ft/);
  await page.locator('.sketch-canvas').focus();
  await press(page, 'Control+z');
  await waitFor(() => lengths(state.document)[2] === 40);
});

test('the reference yard is drawn on a phone by taps and the pad', async (t) => {
  const { page, box, label, shot, state, saved, wrong } = await open(t, phone);
  await page.touchscreen.tap(box.x + 100, box.y + 300);
  const key = (name) => page.getByRole('button', { name, exact: true });
  await key('Add run').waitFor();
  const left = await page.locator('.sketch-canvas').boundingBox();
  assert.ok(left.height >= 190, `the drawing keeps ${left.height} px, want 190`);
  await shot('phone-pad');
  const type = async (...keys) => {
    // The pad's keys come first where a deed has the same word.
    for (const name of keys) await key(name).filter({ visible: true }).first().tap();
  };
  await type('4', '0', 'Add run', 'Right 90', '6', '0', 'Add run', 'Right 90', '4', '0', 'Add run');
  await shot('phone-drawing');
  await type('Done');
  await page.waitForFunction(() => /3 runs/.test(document.querySelector('.sketch-canvas').ariaLabel));
  assert.equal(await label(), 'Fence drawing: 3 runs, 140 ft, no gates, open U');
  await saved(1);
  await page.evaluate(() => document.querySelector('.sketch-canvas').focus());
  await press(page, 'f');
  await key('Gate').tap();
  await shot('phone-gate');
  const run = await runBox(page, 1);
  await page.touchscreen.tap(run.x + run.width / 2, run.y);
  await waitFor(() => state.document.layout.gates?.length === 1);
  await page.waitForSelector('.sketch-panel:not([aria-busy])', { state: 'attached' });
  await shot('phone-gate-selected');
  await page.getByLabel('From start').tap();
  await type('Delete', 'Delete', '8');
  await shot('phone-gate-pad');
  const beside = await page.locator('.sketch-canvas').boundingBox();
  assert.ok(beside.height >= 190, `the drawing keeps ${beside.height} px beside the gate's pad, want 190`);
  await type('Set');
  await waitFor(() => state.document.layout.gates[0].offset_ft === 8);
  await page.locator('.sketch-bar').tap();
  await shot('phone-panel');
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.equal(wide, 375);
  assert.deepEqual(wrong, []);
});

test('a second press of a double press adds no twin', async (t) => {
  const { page, box, label } = await open(t, desk);
  await page.mouse.click(box.x + 200, box.y + 400);
  await page.mouse.dblclick(box.x + 400, box.y + 400);
  await page.waitForFunction(() => /1 run/.test(document.querySelector('.sketch-canvas').ariaLabel));
  assert.match(await label(), /1 run,/);
  assert.equal(await page.getByRole('button', { name: 'Done' }).count(), 1, 'the line goes on');
});
