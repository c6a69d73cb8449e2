// Keeps the sketch: each step to the journal first, then to the server; and on opening, brings
// what the journal still has back into the history.

import type { SketchDocument } from '../model/document';
import { History } from '../model/history';
import { Autosave, type SaveState } from './autosave';
import { Journal, type Kept } from './journal';

export interface KeeperOptions {
  readonly sketch: string;
  readonly version: number;
  readonly saveUrl: string;
  readonly csrf: string | null;
  readonly onState: (state: SaveState, kept: boolean) => void;
}

/** How a sketch was opened. */
export interface Opened {
  readonly history: History;
  /** Changes of this device that were never sent, and since when they wait. */
  readonly unsent: { readonly since: number; readonly conflict: boolean; readonly mine: SketchDocument } | null;
}

export class Keeper {
  private journal: Journal | null = null;
  private history: History | null = null;
  private readonly autosave: Autosave;
  private unsent = false;
  private changedAt = 0;

  constructor(private readonly options: KeeperOptions) {
    this.autosave = new Autosave({
      url: options.saveUrl,
      csrf: options.csrf,
      version: options.version,
      onState: (state) => options.onState(state, this.journal !== null),
      onSaved: (document) => this.saved(document),
    });
  }

  async open(server: SketchDocument): Promise<Opened> {
    this.journal = await Journal.open(this.options.sketch);
    const kept = await this.journal?.read().catch(() => null);
    const opened = kept ? await this.continued(kept, server) : await this.begin(server);
    this.history = opened.history;
    return opened;
  }

  private async begin(server: SketchDocument): Promise<Opened> {
    await this.write(this.journal?.start(server, this.options.version));
    return { history: new History(server), unsent: null };
  }

  private async continued(kept: Kept, server: SketchDocument): Promise<Opened> {
    const history = new History(kept.first, kept.steps, kept.position);
    this.changedAt = kept.changedAt;
    const mine = history.document;
    if (sameDocument(mine, server)) return { history, unsent: null };
    if (kept.unsent && kept.version === this.options.version) {
      this.unsent = true;
      return { history, unsent: { since: kept.changedAt, conflict: false, mine } };
    }
    // Someone (or this person, in the table) saved since: theirs becomes the next step, mine is
    // one undo away and, while unsent, offered back.
    const step = { name: 'Change made elsewhere', document: server };
    history.push(step);
    this.history = history;
    await this.write(this.journal?.push(history.position, step, this.mark()));
    return {
      history,
      unsent: kept.unsent ? { since: kept.changedAt, conflict: true, mine } : null,
    };
  }

  /** A step was made, undone or redone: keep it here first, then send it. */
  changed(name: string, stepped: boolean): void {
    const { history } = this;
    if (!history) return;
    this.unsent = true;
    this.changedAt = Date.now();
    const { document, position } = history;
    const kept = stepped
      ? this.journal?.push(position, { name, document }, this.mark())
      : this.journal?.mark(this.mark());
    void this.write(kept);
    this.autosave.changed(document);
  }

  /** Sends again what an earlier visit left behind. */
  resend(): void {
    if (this.history) this.autosave.changed(this.history.document);
  }

  private saved(document: SketchDocument): void {
    if (this.history?.document !== document) return;
    this.unsent = false;
    void this.write(this.journal?.mark(this.mark()));
  }

  private mark() {
    const { unsent, changedAt } = this;
    const position = this.history?.position ?? 0;
    return { position, unsent, changedAt, version: this.autosave.version };
  }

  private async write(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch {
      // The device is full or storage was taken away: from here on only the server keeps.
      this.journal = null;
    }
  }

  flush(): Promise<void> {
    return this.autosave.flush();
  }
}

/** Equal in what they say; a server may write members in another order. */
export function sameDocument(a: SketchDocument, b: SketchDocument): boolean {
  return canonical(a) === canonical(b);
}

/** Absent, null and empty mean the same in a layout, so they compare the same. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? '';
  const members = Object.entries(value)
    .filter(([, member]) => !isEmpty(member))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${key}:${canonical(member)}`);
  return `{${members.join()}}`;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === 0 || value === '' || value === false ||
  value === 'none' || (typeof value === 'object' && Object.values(value).every(isEmpty));
