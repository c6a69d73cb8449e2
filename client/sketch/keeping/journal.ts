// The journal on the device: every step of every sketch, so that neither a dead battery nor a
// tunnel nor a login that ran out loses a stroke, and undo survives a reload.

import type { SketchDocument } from '../model/document';
import type { Step } from '../model/history';

/** How far the journal has come, and how much of it the server has. */
export interface Mark {
  readonly position: number;
  /** The server's version this device last had in hand. */
  readonly version: number;
  /** Whether the current step is still to be sent. */
  readonly unsent: boolean;
  /** When the last change was made, in milliseconds. */
  readonly changedAt: number;
}

export interface Kept extends Mark {
  readonly first: SketchDocument;
  readonly steps: readonly Step[];
}

interface MarkRow extends Mark {
  readonly sketch: string;
  readonly first: SketchDocument;
}

interface StepRow extends Step {
  readonly sketch: string;
  readonly number: number;
}

const database = 'fence-sketch';

export class Journal {
  private constructor(
    private readonly db: IDBDatabase,
    private readonly sketch: string,
  ) {}

  /** Null when the device keeps nothing for us (storage refused or full). */
  static async open(sketch: string): Promise<Journal | null> {
    try {
      const request = indexedDB.open(database, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore('marks', { keyPath: 'sketch' });
        request.result.createObjectStore('steps', { keyPath: ['sketch', 'number'] });
      };
      return new Journal(await answer(request), sketch);
    } catch {
      // A private window without storage still draws and saves; the status never promises more.
      return null;
    }
  }

  async read(): Promise<Kept | null> {
    const work = this.db.transaction(['marks', 'steps']);
    const mark: MarkRow | undefined = await answer(work.objectStore('marks').get(this.sketch));
    if (!mark) return null;
    const rows: StepRow[] = await answer(work.objectStore('steps').getAll(this.numbers(1)));
    const steps = rows.map(({ name, document }) => ({ name, document }));
    const { first, position, version, unsent, changedAt } = mark;
    return { first, position, version, unsent, changedAt, steps };
  }

  /** Begins anew from what the server has; what was kept before is gone. */
  start(first: SketchDocument, version: number): Promise<void> {
    return this.write((marks, steps) => {
      steps.delete(this.numbers(1));
      const mark = { position: 0, version, unsent: false, changedAt: 0 };
      marks.put({ sketch: this.sketch, first, ...mark } satisfies MarkRow);
    });
  }

  /** Keeps a step; steps that had been undone are forgotten, as in the history. */
  push(number: number, step: Step, mark: Mark): Promise<void> {
    return this.write((marks, steps) => {
      steps.delete(this.numbers(number));
      steps.put({ sketch: this.sketch, number, ...step } satisfies StepRow);
      this.putMark(marks, mark);
    });
  }

  mark(mark: Mark): Promise<void> {
    return this.write((marks) => this.putMark(marks, mark));
  }

  private putMark(marks: IDBObjectStore, mark: Mark): void {
    const request = marks.get(this.sketch);
    request.onsuccess = () => {
      if (request.result) marks.put({ ...request.result, ...mark });
    };
  }

  private numbers(from: number): IDBKeyRange {
    return IDBKeyRange.bound([this.sketch, from], [this.sketch, Infinity]);
  }

  private write(change: (marks: IDBObjectStore, steps: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      // Strict: the stroke is on the disk before the journal says it is.
      const work = this.db.transaction(['marks', 'steps'], 'readwrite', { durability: 'strict' });
      work.oncomplete = () => resolve();
      work.onabort = () => reject(work.error ?? new Error('journal write was aborted'));
      change(work.objectStore('marks'), work.objectStore('steps'));
    });
  }
}

function answer<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the journal did not answer'));
  });
}
