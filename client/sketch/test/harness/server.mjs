// A stand-in for the sketch's part of the server: the page, save with If-Match, price, table.
// Its take-off is a sketch of one (bays and posts), enough to see the island work.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const file = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'";

export const emptyDocument = () => ({
  layout: { nodes: [], segments: [], gates: [], style: { kind: 'wood', height_ft: 6, post_spacing_ft: 8, rails: 3 } },
  extras: { runs: {} },
});

/** Starts the stand-in with the bundled script; answers its address and its state. */
export function startHarness(script, first = emptyDocument()) {
  const state = { version: 3, document: first, saves: 0, prices: 0, theme: '', failing: 0 };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => answer(state, script, request, Buffer.concat(chunks).toString(), response));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ state, url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() }),
    );
  });
}

function answer(state, script, request, body, response) {
  const send = (status, type, text) => {
    response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': policy });
    response.end(text);
  };
  const json = (status, value) => send(status, 'application/json', JSON.stringify(value));
  if (state.failing && request.method !== 'GET') return json(state.failing, { title: 'Not now', errors: [] });
  switch (`${request.method} ${request.url}`) {
    case 'GET /':
      return send(200, 'text/html', page(state));
    case 'GET /tokens.css':
      return send(200, 'text/css', file('tokens.css'));
    case 'GET /sketch.css':
      return send(200, 'text/css', file('../../sketch.css'));
    case 'GET /sketch.js':
      return send(200, 'text/javascript', script);
    case 'PUT /document':
      return save(state, request.headers['if-match'], JSON.parse(body), json);
    case 'POST /price':
      state.prices++;
      return json(200, price(JSON.parse(body).layout));
    case 'GET /table':
      return send(200, 'text/html', table(state.document));
    case 'POST /table':
      editTable(state, new URLSearchParams(body));
      return send(200, 'text/html', page(state));
    case 'GET /favicon.ico':
      return send(200, 'image/x-icon', '');
    case 'POST /look':
      return json(200, {});
    default:
      return send(404, 'text/plain', 'Nothing here');
  }
}

function save(state, match, document, json) {
  if (match !== `"${state.version}"`) return json(412, { title: 'Changed meanwhile', errors: [] });
  state.document = document;
  state.version++;
  state.saves++;
  return json(200, { version: state.version, saved_at: '10:42' });
}

function page(state) {
  const { layout, extras } = state.document;
  const handed = {
    id: 'sketch-1', version: state.version, layout, extras, styles: [],
    save_url: '/document', price_url: '/price', csrf: null,
  };
  const text = JSON.stringify(handed).replaceAll('<', '\\u003c');
  const html = file('page.html').replace('{{DOCUMENT}}', () => text).replace('{{TABLE}}', () => table(state.document));
  return state.theme ? html.replace('<html', `<html data-theme="${state.theme}"`) : html;
}

const ends = (layout, run) => [run.from, run.to].map((id) => layout.nodes.find((node) => node.id === id));
const lengthOf = (layout, run) => {
  const [a, b] = ends(layout, run);
  return Math.hypot(a.x - b.x, a.y - b.y);
};

function table({ layout }) {
  const rows = layout.segments.map((run) =>
    `<tr><td><input name="run_id[]" type="hidden" value="${run.id}"><input name="length_ft[]" aria-label="Length of run ${run.id}" value="${lengthOf(layout, run)}"></td></tr>`);
  return `<form class="sketch-table" method="post" action="/table"><table><caption>Runs</caption>${rows.join('')}</table><button>Update</button></form>`;
}

/** Only what the tests need: a changed length of the last run. */
function editTable(state, fields) {
  const { layout } = state.document;
  const nodes = structuredClone(layout.nodes);
  fields.getAll('run_id[]').forEach((id, index) => {
    const run = layout.segments.find((segment) => segment.id === id);
    const [a, b] = [run.from, run.to].map((node) => nodes.find((other) => other.id === node));
    const factor = Number(fields.getAll('length_ft[]')[index]) / Math.hypot(b.x - a.x, b.y - a.y);
    b.x = a.x + (b.x - a.x) * factor;
    b.y = a.y + (b.y - a.y) * factor;
  });
  state.document = { ...state.document, layout: { ...layout, nodes } };
  state.version++;
}

function price(layout) {
  const placed = [];
  const runs = [];
  const put = (kind, x, y, rest) => {
    const there = placed.find((post) => Math.hypot(post.x - x, post.y - y) < 0.01);
    if (!there) placed.push({ kind, x, y, ...rest });
    else if (kind === 'gate') there.kind = 'gate';
  };
  for (const run of layout.segments) {
    const [a, b] = ends(layout, run);
    const length = lengthOf(layout, run);
    const gates = (layout.gates ?? []).filter((gate) => gate.segment === run.id).sort((p, q) => p.offset_ft - q.offset_ft);
    for (const node of [a, b]) {
      const degree = layout.segments.filter((other) => other.from === node.id || other.to === node.id).length;
      put(degree === 1 ? 'end' : degree === 2 ? 'corner' : 'tee', node.x, node.y, { node: node.id, segment: run.id });
    }
    const at = (kind, feet) =>
      put(kind, a.x + ((b.x - a.x) * feet) / length, a.y + ((b.y - a.y) * feet) / length, { segment: run.id, at_ft: feet });
    let start = 0;
    for (const gate of [...gates, null]) {
      const end = gate ? gate.offset_ft : length;
      const bays = Math.ceil((end - start) / 8 - 1e-9);
      if (bays > 0) runs.push({ segment: run.id, bays });
      for (let bay = 1; bay < bays; bay++) at('line', start + ((end - start) * bay) / bays);
      if (gate) {
        start = gate.offset_ft + gate.opening_in / 12;
        at('gate', gate.offset_ft);
        at('gate', start);
      }
    }
  }
  const drawn = layout.segments.reduce((sum, run) => sum + lengthOf(layout, run), 0);
  const tiers = [['basic', 'Basic', 4100], ['premium', 'Premium', 4892], ['elite', 'Elite', 6400]].map(
    ([key, name, cents]) => ({ key, name, per_ft_cents: cents, total_cents: Math.round(drawn * cents) }));
  const rows = tiers.map(({ name, total_cents }) => `<tr><td>${name}</td><td>$${(total_cents / 100).toFixed(2)}</td></tr>`);
  const html = `<h2>Take-off</h2><p data-parts="line">${placed.length} posts</p><h2>Price</h2><table>${rows.join('')}</table>`;
  return { html, takeoff: { net_length_ft: drawn, drawn_length_ft: drawn, runs, posts: { total: placed.length }, placed }, tiers, checks: [] };
}
