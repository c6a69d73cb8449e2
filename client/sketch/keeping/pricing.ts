// Asks the server for take-off, prices and checks of the drawing as it is: at most ten times a
// second, the latest wins. The rules live on the server; the browser only shows what it says.

import type { Element, SketchDocument } from '../model/document';
import type { Post } from '../drawing/symbols';

export interface Takeoff {
  readonly net_length_ft: number;
  readonly drawn_length_ft: number;
  readonly runs: readonly { readonly segment: string; readonly bays: number }[];
  readonly posts: { readonly total: number };
  readonly placed?: readonly Post[];
}

export interface Tier {
  readonly key: string;
  readonly name: string;
  readonly total_cents: number;
  readonly per_ft_cents: number;
  readonly chosen?: boolean;
}

export interface Check {
  readonly weight: 'stop' | 'answer' | 'note';
  readonly message: string;
  readonly segment?: string;
}

export interface Priced {
  readonly html: string;
  readonly takeoff: Takeoff;
  readonly tiers: readonly Tier[];
  readonly checks: readonly Check[];
}

export interface Problem {
  readonly title: string;
  readonly errors: readonly { readonly pointer: string; readonly message: string }[];
}

export interface PriceOptions {
  readonly url: string;
  readonly csrf: string | null;
  readonly onAsked: () => void;
  readonly onPriced: (priced: Priced, document: SketchDocument) => void;
  readonly onProblem: (problem: Problem, document: SketchDocument) => void;
  /** No answer: no signal, or the server is not well. What is shown stays, and says its age. */
  readonly onSilence: () => void;
  readonly fetch?: typeof fetch;
}

const gapMs = 100;

export class Pricing {
  private latest: SketchDocument | null = null;
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastAsked = -Infinity;

  constructor(private readonly options: PriceOptions) {}

  ask(document: SketchDocument): void {
    this.latest = document;
    this.options.onAsked();
    clearTimeout(this.timer);
    const wait = this.lastAsked + gapMs - performance.now();
    if (wait <= 0) void this.send(document);
    else this.timer = setTimeout(() => void this.send(document), wait);
  }

  /** Forgets a question that makes no sense any more: the drawing is empty. */
  drop(): void {
    this.latest = null;
    this.abort?.abort();
    clearTimeout(this.timer);
  }

  private async send(document: SketchDocument): Promise<void> {
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.lastAsked = performance.now();
    const { url, csrf } = this.options;
    const send = this.options.fetch ?? fetch;
    try {
      const response = await send(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          Accept: 'application/json',
          ...(csrf !== null && { 'X-CSRF-Token': csrf }),
        },
        body: JSON.stringify({ layout: document.layout, extras: document.extras }),
        redirect: 'manual',
        signal: abort.signal,
      });
      const body: unknown = response.ok || response.status === 422 ? await response.json() : null;
      if (this.latest !== document) return;
      if (response.ok) this.options.onPriced(body as Priced, document);
      else if (body) this.options.onProblem(body as Problem, document);
      else this.options.onSilence();
    } catch {
      if (!abort.signal.aborted) this.options.onSilence();
    }
  }
}

/** The tier the price bar shows: the chosen one, else the one in the middle. */
export const shownTier = (tiers: readonly Tier[]): Tier | undefined =>
  tiers.find((tier) => tier.chosen) ?? tiers[Math.floor(tiers.length / 2)];

/** "$6,849.22" where it is paid, "$6,849" in the bar and for the ear. */
export const dollars = (cents: number): string =>
  `$${Math.floor(Math.abs(cents) / 100).toLocaleString('en-US')}`;

/** Which part of the drawing a problem's pointer means: /layout/gates/0/offset_ft. */
export function pointedAt(pointer: string, doc: SketchDocument): Element | null {
  const [, list, index] = /(nodes|segments|gates)[./](\d+)/.exec(pointer) ?? [];
  const at = Number(index);
  const { nodes, segments, gates = [] } = doc.layout;
  if (list === 'nodes' && nodes[at]) return { kind: 'corner', id: nodes[at].id };
  if (list === 'segments' && segments[at]) return { kind: 'run', id: segments[at].id };
  if (list === 'gates' && gates[at]) return { kind: 'gate', id: gates[at].id };
  return null;
}
