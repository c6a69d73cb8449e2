import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Autosave, type SaveState } from '../keeping/autosave';
import { sameDocument } from '../keeping/keeper';
import { Pricing, dollars, pointedAt } from '../keeping/pricing';
import { History } from '../model/history';
import { empty, yard } from './yard';

interface Sent {
  readonly url: string;
  readonly match: string | null;
}

function saver(answers: (() => Response)[]) {
  const sent: Sent[] = [];
  const states: SaveState['kind'][] = [];
  const autosave = new Autosave({
    url: '/document',
    csrf: null,
    version: 3,
    restMs: 60_000,
    onState: (state) => states.push(state.kind),
    onSaved: () => undefined,
    fetch: async (url, init) => {
      sent.push({ url: String(url), match: new Headers(init?.headers).get('If-Match') });
      const answer = answers.shift();
      if (!answer) throw new TypeError('no signal');
      return answer();
    },
  });
  return { autosave, sent, states };
}

const ok = (version: number) => () => Response.json({ version, saved_at: '10:42' });

test('each save names the version it is built on', async () => {
  const { autosave, sent, states } = saver([ok(4), ok(5)]);
  autosave.changed(yard);
  await autosave.flush();
  autosave.changed(empty);
  await autosave.flush();
  assert.deepEqual(sent.map(({ match }) => match), ['"3"', '"4"']);
  assert.deepEqual(states, ['saving', 'saved', 'saving', 'saved']);
  assert.equal(autosave.unsent, false);
});

test('without signal the change waits and goes out later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { autosave, states, sent } = saver([]);
  autosave.changed(yard);
  await autosave.flush();
  assert.deepEqual(states, ['saving', 'offline']);
  assert.equal(autosave.unsent, true);
  await autosave.flush();
  assert.equal(sent.length, 2);
});

test("another person's version is never overwritten: after 412 nothing more is sent", async () => {
  const { autosave, states, sent } = saver([() => new Response(null, { status: 412 })]);
  autosave.changed(yard);
  await autosave.flush();
  autosave.changed(empty);
  await autosave.flush();
  assert.deepEqual(states, ['saving', 'conflict']);
  assert.equal(sent.length, 1);
});

test('a login that ran out keeps the change', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { autosave, states } = saver([() => new Response(null, { status: 401 })]);
  autosave.changed(yard);
  await autosave.flush();
  assert.deepEqual(states, ['saving', 'login']);
  assert.equal(autosave.unsent, true);
});

test('of many prices asked for in a moment the latest wins', async () => {
  const asked: number[] = [];
  let answered: (nodes: number) => void = () => undefined;
  const priced = new Promise<number>((resolve) => (answered = resolve));
  const pricing = new Pricing({
    url: '/price',
    csrf: null,
    onAsked: () => undefined,
    onProblem: () => undefined,
    onSilence: () => undefined,
    onPriced: (_answer, doc) => answered(doc.layout.nodes.length),
    fetch: async (_url, init) => {
      const { layout } = JSON.parse(String(init?.body)) as typeof yard;
      asked.push(layout.nodes.length);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (init?.signal?.aborted) throw new DOMException('aborted', 'AbortError');
      return Response.json({ html: '', takeoff: {}, tiers: [], checks: [] });
    },
  });
  const grown = (count: number) => ({ ...yard, layout: { ...yard.layout, nodes: yard.layout.nodes.slice(0, count) } });
  for (const count of [1, 2, 3, 4]) pricing.ask(grown(count));
  assert.equal(await priced, 4);
  assert.deepEqual(asked, [1, 4], 'the first at once, then only the latest');
});

test('undo is unlimited and named, and a new deed forgets what was undone', () => {
  const history = new History(empty);
  for (let step = 0; step < 1_000; step++) history.push({ name: `Deed ${step}`, document: yard });
  assert.equal(history.undoName, 'Deed 999');
  while (history.undo());
  assert.equal(history.document, empty);
  assert.equal(history.redoName, 'Deed 0');
  assert.equal(history.redo(), true);
  history.push({ name: 'Another', document: empty });
  assert.equal(history.redoName, null);
  assert.equal(history.position, 2);
});

test('documents compare by what they say', () => {
  const written = { layout: { ...yard.layout, styles: {} }, extras: { runs: { ...yard.extras.runs, XY: {} } } };
  assert.equal(sameDocument(yard, written), true);
  assert.equal(sameDocument(yard, empty), false);
});

test('a problem points at its part of the drawing', () => {
  assert.deepEqual(pointedAt('/layout/gates/0/offset_ft', yard), { kind: 'gate', id: 'g1' });
  assert.deepEqual(pointedAt('/layout/segments/1', yard), { kind: 'run', id: 'BC' });
  assert.equal(pointedAt('/layout/style', yard), null);
});

test('the bar shows whole dollars', () => assert.equal(dollars(684_922), '$6,849'));
