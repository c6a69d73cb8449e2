// Draws the document: grid, runs, gates, posts, labels, selection, each part only when it
// changed. What follows the pointer is the overlay's.

import {
  type Element,
  type Gate,
  type Segment,
  type SketchDocument,
  endsOf,
  findNode,
  findRun,
  gatesOf,
  gatesOn,
  lengthOf,
  openingFt,
  styleOf,
} from '../model/document';
import {
  type Point,
  add,
  between,
  cross,
  direction,
  distance,
  dot,
  heading,
  scale,
  subtract,
} from '../model/geometry';
import { openingText } from '../model/lengths';
import { type Item, KeyedLayer } from './keyed';
import { type Label, labelHeight, placeLabels } from './labels';
import { type GatePlace, type Post, fence, gateSymbol, postSymbol, removal } from './symbols';
import { line, svg } from './svg';
import type { Viewport } from './viewport';

export interface Scene {
  readonly document: SketchDocument;
  readonly selection: readonly Element[];
  /** The take-off's posts, only while they belong to this very drawing. */
  readonly posts: readonly Post[] | null;
  /** Parts a line of the panel asks to see: run ids, gate ids or post kinds. */
  readonly lit: ReadonlySet<string>;
}

export class Picture {
  readonly layer = svg('g', { class: 'scene', id: 'sketch-scene' });
  labels: readonly Label[] = [];
  private readonly ground = svg('g');
  private readonly runs = new KeyedLayer('runs');
  private readonly gates = svg('g', { class: 'gates' });
  private readonly posts = new KeyedLayer('posts');
  private readonly text = new KeyedLayer('labels');
  private readonly handles = svg('g', { class: 'handles' });
  private grid: string | null = null;

  constructor() {
    const { ground, runs, gates, posts, text, handles } = this;
    this.layer.append(ground, runs.element, gates, posts.element, text.element, handles);
  }

  draw(scene: Scene, view: Viewport): void {
    const { document: doc } = scene;
    this.labels = placeLabels(doc, view);
    this.drawGround(view);
    this.runs.draw(doc.layout.segments.map((run) => runItem(scene, view, run)));
    this.gates.replaceChildren(...gatesOf(doc).map((gate) => drawGate(scene, view, gate)));
    this.posts.draw(postItems(scene, view));
    this.text.draw(this.labels.map((label) => labelItem(scene, label)));
    this.handles.replaceChildren(...drawHandles(scene, view));
  }

  /** The grid is the same while the view is: a drag does not draw it again. */
  private drawGround(view: Viewport): void {
    const { center, scale: zoom, size } = view;
    const key = [center.x, center.y, zoom, size.width, size.height].join();
    if (this.grid !== key) this.ground.replaceChildren(drawGrid(view));
    this.grid = key;
  }
}

const selected = ({ selection }: Scene, kind: Element['kind'], id: string): boolean =>
  selection.some((element) => element.kind === kind && element.id === id);

const dims = (scene: Scene, ...keys: string[]): boolean =>
  scene.lit.size > 0 && !keys.some((key) => scene.lit.has(key));

/** The grid thins out before it turns gray: 1 ft, 10 ft, 100 ft, each only with room to breathe. */
function drawGrid(view: Viewport): SVGElement {
  const steps = [1, 10, 100, 1000].filter((step) => step * view.scale >= 7).slice(0, 2);
  const group = svg('g', { class: 'grid' });
  const topLeft = view.toSheet({ x: 0, y: 0 });
  const { width, height } = view.size;
  for (const [index, step] of steps.entries()) {
    let d = '';
    const every = step * view.scale;
    const x0 = (Math.ceil(topLeft.x / step) * step - topLeft.x) * view.scale;
    const y0 = (topLeft.y - Math.floor(topLeft.y / step) * step) * view.scale;
    for (let x = x0; x <= width; x += every) d += `M${x.toFixed(1)} 0V${height}`;
    for (let y = y0; y <= height; y += every) d += `M0 ${y.toFixed(1)}H${width}`;
    group.append(svg('path', { d, class: index === steps.length - 1 ? 'bold' : 'fine' }));
  }
  return group;
}

function runItem(scene: Scene, view: Viewport, run: Segment): Item {
  const { document: doc } = scene;
  const [from, to] = endsOf(doc, run);
  const ends: Line = [view.toScreen(from), view.toScreen(to)];
  const look: RunLook = {
    ends,
    feet: distance(from, to),
    kind: styleOf(doc, run).kind,
    removal: run.removal_ft ?? 0,
    gates: gatesOn(doc, run.id).map((gate) => [gate.offset_ft, gate.offset_ft + openingFt(gate)]),
    selected: selected(scene, 'run', run.id),
    dim: dims(scene, run.id),
  };
  return { key: run.id, print: JSON.stringify(look), draw: () => drawRun(look) };
}

type Line = readonly [Point, Point];

interface RunLook {
  readonly ends: Line;
  readonly feet: number;
  readonly kind: string;
  readonly removal: number;
  readonly gates: readonly (readonly [start: number, end: number])[];
  readonly selected: boolean;
  readonly dim: boolean;
}

function drawRun(look: RunLook): SVGElement {
  const { ends, feet, gates } = look;
  const at = (along: number) => between(ends[0], ends[1], along / feet);
  const name = ['run', look.selected && 'selected', look.dim && 'dim'];
  const group = svg('g', { class: name.filter(Boolean).join(' ') });
  if (look.selected) group.append(line(...ends, 'casing'));
  let start = 0;
  for (const [gateStart, gateEnd] of [...gates, [feet, feet] as const]) {
    if (gateStart - start > 1e-6) group.append(...fence({ a: at(start), b: at(gateStart) }, look.kind));
    start = gateEnd;
  }
  if (look.removal > 0) group.append(...removal({ a: at(0), b: at(Math.min(look.removal, feet)) }));
  return group;
}

/** A gate's edges on the screen, hinge first, and the side its leaf is on. */
export function placeGate(doc: SketchDocument, view: Viewport, gate: Omit<Gate, 'id'>): GatePlace | null {
  const run = findRun(doc, gate.segment);
  if (!run) return null;
  const [from, to] = endsOf(doc, run);
  const along = direction(heading(from, to));
  const near = add(from, scale(along, gate.offset_ft));
  const far = add(near, scale(along, openingFt(gate)));
  const inside = insideOf(doc, from, to);
  const side = gate.swing === 'out' ? scale(inside, -1) : inside;
  // Left and right are said standing outside and looking in.
  const farIsLeft = cross(inside, along) > 0;
  const hingeFar = (gate.hinge ?? 'left') === 'left' ? farIsLeft : !farIsLeft;
  const [a, b] = hingeFar ? [far, near] : [near, far];
  return { a: view.toScreen(a), b: view.toScreen(b), side: { x: side.x, y: -side.y }, gate };
}

/** The unit vector across a run that points into the yard. */
function insideOf(doc: SketchDocument, from: Point, to: Point): Point {
  const along = direction(heading(from, to));
  const across = { x: along.y, y: -along.x };
  const { nodes } = doc.layout;
  const sum = nodes.reduce<Point>((total, node) => add(total, node), { x: 0, y: 0 });
  const middle = scale(sum, 1 / Math.max(1, nodes.length));
  return dot(subtract(middle, from), across) >= -1e-6 ? across : scale(across, -1);
}

function drawGate(scene: Scene, view: Viewport, gate: Gate): SVGElement {
  const place = placeGate(scene.document, view, gate);
  if (!place) return svg('g');
  const name = ['gate', selected(scene, 'gate', gate.id) && 'selected', dims(scene, gate.id) && 'dim'];
  const group = svg('g', { class: name.filter(Boolean).join(' ') }, ...gateSymbol(place));
  const opening = distance(place.a, place.b);
  if (opening < 14) return group;
  const clear = gate.kind === 'walk' ? opening : gate.kind === 'double' ? opening / 2 : 8;
  const text = openingText(gate.opening_in);
  const shift = clear + 8 + Math.abs(place.side.x) * text.length * 3.6;
  const at = add(between(place.a, place.b, 0.5), scale(place.side, shift));
  group.append(
    svg('text', { x: at.x, y: at.y + 5, class: 'gate-label', 'text-anchor': 'middle' }, text),
  );
  return group;
}

function postItems(scene: Scene, view: Viewport): Item[] {
  const { document: doc, posts } = scene;
  if (!posts) {
    // Without a fresh take-off only what the hand drew is known: the corners.
    return doc.layout.nodes.map((node) => {
      const at = view.toScreen(node);
      const square = { x: at.x - 3, y: at.y - 3, width: 6, height: 6, class: 'post bare' };
      return { key: node.id, print: JSON.stringify(square), draw: () => svg('rect', square) };
    });
  }
  return posts.map((post, index) => {
    const at = view.toScreen(post);
    const along = post.kind === 'end' ? inwards(doc, view, post) : { x: 1, y: 0 };
    const dim = dims(scene, post.kind, `post_${post.kind}`);
    const light = dim ? 'dim' : scene.lit.size > 0 ? 'lit' : '';
    return {
      key: `post ${index}`,
      print: JSON.stringify([post.kind, at, along, light]),
      draw: () => {
        const symbol = postSymbol(post.kind, at, along);
        if (light) symbol.classList.add(light);
        return symbol;
      },
    };
  });
}

/** The direction from an end post into its run, on the screen. */
function inwards(doc: SketchDocument, view: Viewport, post: Post): Point {
  const run = doc.layout.segments.find((other) => other.from === post.node || other.to === post.node);
  const other = run && findNode(doc, run.from === post.node ? run.to : run.from);
  if (!other) return { x: 1, y: 0 };
  const [a, b] = [view.toScreen(post), view.toScreen(other)];
  return scale(subtract(b, a), 1 / Math.max(1e-6, distance(a, b)));
}

function labelItem(scene: Scene, label: Label): Item {
  const name = [
    'label',
    label.measured ? 'measured' : 'estimated',
    selected(scene, 'run', label.run) && 'selected',
    dims(scene, label.run) && 'dim',
  ];
  const classes = name.filter(Boolean).join(' ');
  return {
    key: label.run,
    print: JSON.stringify([label, classes]),
    draw: () => drawLabel(label, classes),
  };
}

function drawLabel(label: Label, classes: string): SVGElement {
  const group = svg('g', { class: classes });
  if (label.dimension) {
    const [a, b] = label.dimension;
    group.append(...ticks(a, b), line(a, b, 'dimension-line'));
    group.append(line(nearer(label.runEnds[0], a), a, 'extension'));
    group.append(line(nearer(label.runEnds[1], b), b, 'extension'));
  }
  if (label.leader) group.append(line(...label.leader, 'leader'));
  const { at, width } = label;
  const box = { x: at.x - width / 2, y: at.y - labelHeight / 2, width, height: labelHeight };
  group.append(svg('rect', { ...box, class: 'ground' }));
  const text = svg('text', { x: at.x, y: at.y + 5, 'text-anchor': 'middle' });
  text.append(svg('tspan', { class: 'name' }, label.name), ' ', svg('tspan', { class: 'length' }, label.text));
  group.append(text);
  return group;
}

/** The extension line leaves a gap at the post and runs a little past the dimension line. */
const nearer = (end: Point, dimension: Point): Point => between(end, dimension, 0.35);

function ticks(a: Point, b: Point): SVGElement[] {
  const along = scale(subtract(b, a), 1 / Math.max(1e-6, distance(a, b)));
  // The draftsman's tick: a short stroke at 45° to the dimension line.
  const arm = scale(add(along, { x: along.y, y: -along.x }), 4);
  return [a, b].map((at) => line(subtract(at, arm), add(at, arm), 'tick'));
}

function drawHandles(scene: Scene, view: Viewport): SVGElement[] {
  const { document: doc } = scene;
  const handles: SVGElement[] = [];
  for (const { kind, id } of scene.selection) {
    if (kind === 'corner') {
      const node = findNode(doc, id);
      if (node) handles.push(handle(view.toScreen(node), 8));
    }
    const run = kind === 'run' ? findRun(doc, id) : undefined;
    if (!run) continue;
    const [from, to] = endsOf(doc, run);
    handles.push(handle(view.toScreen(from), 6), handle(view.toScreen(to), 6));
    if (lengthOf(doc, run) * view.scale < 60) continue;
    const middle = view.toScreen(between(from, to, 0.5));
    const d = `M${middle.x} ${middle.y - 6}l6 6l-6 6l-6 -6z`;
    handles.push(svg('path', { d, class: 'handle middle' }));
  }
  return handles;
}

const handle = (at: Point, r: number): SVGElement =>
  svg('circle', { cx: at.x, cy: at.y, r, class: 'handle' });
