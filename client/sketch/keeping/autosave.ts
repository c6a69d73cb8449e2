// Sends the document a moment after the hand rests, one save at a time, and again when the
// signal returns. It never overwrites another person's version: If-Match decides.

import type { SketchDocument } from '../model/document';

export type SaveState =
  | { readonly kind: 'saved'; readonly at: string }
  | { readonly kind: 'saving' | 'offline' | 'failed' | 'conflict' | 'login' };

export interface SaveOptions {
  readonly url: string;
  readonly csrf: string | null;
  version: number;
  readonly onState: (state: SaveState) => void;
  /** The server has this document now, under this version. */
  readonly onSaved: (document: SketchDocument, version: number) => void;
  /** Replaceable for tests. */
  readonly fetch?: typeof fetch;
  readonly restMs?: number;
}

const restMs = 700; // of stillness before a save: sent within a second
const firstRetryMs = 2_000;
const lastRetryMs = 30_000;
const keepaliveLimit = 60_000;

export class Autosave {
  private waiting: SketchDocument | null = null;
  private sending: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private retryMs = firstRetryMs;
  /** After a conflict nothing is sent until the person has chosen. */
  private stopped = false;

  constructor(private readonly options: SaveOptions) {}

  get version(): number {
    return this.options.version;
  }

  get unsent(): boolean {
    return this.waiting !== null || this.sending !== null;
  }

  changed(document: SketchDocument): void {
    this.waiting = document;
    if (this.stopped) return;
    this.schedule(this.options.restMs ?? restMs);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  /** Sends what waits now; answers when nothing is under way any more. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (!this.waiting || this.stopped) return;
    this.sending = this.send(this.waiting);
    this.waiting = null;
    await this.sending;
  }

  private async send(document: SketchDocument): Promise<void> {
    this.options.onState({ kind: 'saving' });
    try {
      await this.judge(await this.request(document), document);
    } catch {
      this.again(document, 'offline');
    } finally {
      this.sending = null;
    }
  }

  private request({ layout, extras }: SketchDocument): Promise<Response> {
    const { url, csrf, version } = this.options;
    const send = this.options.fetch ?? fetch;
    const body = JSON.stringify({ layout, extras });
    return send(url, {
      method: 'PUT',
      headers: {
        'Content-Type': 'application/json',
        'If-Match': `"${version}"`,
        ...(csrf !== null && { 'X-CSRF-Token': csrf }),
      },
      body,
      redirect: 'manual',
      // A save that is under way outlives the page, as far as browsers allow the size.
      keepalive: body.length < keepaliveLimit,
    });
  }

  private async judge(response: Response, document: SketchDocument): Promise<void> {
    if (response.ok) {
      const saved = (await response.json()) as { version: number; saved_at: string };
      this.options.version = saved.version;
      this.retryMs = firstRetryMs;
      this.options.onSaved(document, saved.version);
      this.options.onState({ kind: 'saved', at: saved.saved_at });
      if (this.waiting) this.schedule(0);
      return;
    }
    if (response.status === 412 || response.status === 409) {
      this.stopped = true;
      this.waiting ??= document;
      this.options.onState({ kind: 'conflict' });
      return;
    }
    // A redirect can only lead to the log-in page.
    const login = response.type === 'opaqueredirect' || response.status === 401;
    this.again(document, login ? 'login' : 'failed');
  }

  private again(document: SketchDocument, kind: 'offline' | 'failed' | 'login'): void {
    this.waiting ??= document;
    this.options.onState({ kind });
    this.schedule(this.retryMs);
    this.retryMs = Math.min(lastRetryMs, this.retryMs * 2);
  }
}
