// What every edit of the document answers, and the rules every edit has to keep.

import {
  type SketchDocument,
  gatesOn,
  isMeasured,
  lengthOf,
  openingFt,
  runName,
  withRunExtras,
} from './document';
import { writtenLength } from './lengths';

export interface Done {
  readonly document: SketchDocument;
  /** What else changed that the person did not ask for, said in a sentence. */
  readonly note?: string;
  /** The id of the run, corner or gate that was made. */
  readonly made?: string;
}

export interface Refused {
  /** Why not, and what to do: shown as it is. */
  readonly refused: string;
}

export type Edit = Done | Refused;

export const isRefused = (edit: Edit): edit is Refused => 'refused' in edit;

/** Shorter than half an inch is no run: the engine refuses zero, a hand cannot mean it. */
export const shortestRun = 1 / 24;

/** Lengths that differ by less than this are the same measured length. */
const sameLength = 1e-6;

/**
 * Closes an edit that moved corners: a measured run whose length changed is an estimate from now
 * on (measured beats drawn, so a drag must not pass for a tape), and no gate may hang past its run.
 */
export function settle(before: SketchDocument, after: SketchDocument, typed?: string): Edit {
  let document = after;
  const guessed: string[] = [];
  for (const run of after.layout.segments) {
    const length = lengthOf(after, run);
    if (length < shortestRun) {
      return { refused: `Run ${runName(after, run.id)} is 0 ft long. Type a length or remove the run.` };
    }
    const past = gatePastRun(after, run.id, length);
    if (past) return { refused: past };
    const old = before.layout.segments.find((other) => other.id === run.id);
    if (!old || run.id === typed || !isMeasured(before, run.id)) continue;
    if (Math.abs(lengthOf(before, old) - length) <= sameLength) continue;
    document = withRunExtras(document, run.id, { measured: false });
    guessed.push(runName(after, run.id));
  }
  if (guessed.length === 0) return { document };
  const what =
    guessed.length === 1
      ? `Run ${guessed[0]} was measured and is an estimate now.`
      : `Runs ${guessed.join(' and ')} were measured and are estimates now.`;
  return { document, note: what };
}

function gatePastRun(doc: SketchDocument, run: string, length: number): string | null {
  for (const gate of gatesOn(doc, run)) {
    const past = gate.offset_ft + openingFt(gate) - length;
    if (past > sameLength) {
      const name = runName(doc, run);
      return `The gate ends ${writtenLength(past)} past run ${name}. Move it or make run ${name} longer.`;
    }
  }
  return null;
}
