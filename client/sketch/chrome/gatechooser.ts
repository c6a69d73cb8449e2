// Choosing a gate: its kind, and its opening by a chip or typed.

import type { GateKind } from '../model/document';
import { gateKinds, kindFor, openingChips } from '../model/gates';
import { openingText, parseLength } from '../model/lengths';
import type { Editor } from '../tools/editor';
import { type Built, fieldForm, lengthField } from './fields';
import { button, html, put, putText } from './html';

interface Choice {
  readonly openingIn: number;
  readonly kind: GateKind;
}

const kindNames: Readonly<Record<GateKind, string>> = {
  walk: 'Walk',
  double: 'Double',
  slide: 'Slide',
  cantilever: 'Cantilever',
};

/** Kind and opening buttons for a gate that is there or that comes next. */
export function chooser(
  now: () => Choice,
  choose: (openingIn: number, kind: GateKind) => string | null,
): Built {
  const problem = html('p', { class: 'problem', role: 'alert' });
  const pick = (openingIn: number, kind: GateKind): void => {
    const why = choose(openingIn, kind);
    putText(problem, why === null ? '' : `Error: ${why}`);
  };
  const kinds = gateKinds.map((kind) => ({
    kind,
    made: button(kindNames[kind], () => pick(now().openingIn, kind), { class: 'pick' }),
  }));
  const chips = openingChips.map((inches) => ({
    inches,
    made: button(openingText(inches), () => pick(inches, kindFor(inches, now().kind)), { class: 'pick' }),
  }));
  const other = lengthField('Other opening', 'opening');
  const { form } = fieldForm([other.wrap], () => typedOpening(other.field, now().kind, choose));
  const refresh = (): void => {
    for (const { kind, made } of kinds) put(made, 'aria-pressed', String(kind === now().kind));
    for (const { inches, made } of chips) put(made, 'aria-pressed', String(inches === now().openingIn));
  };
  const group = (name: string, made: readonly HTMLElement[]) =>
    html('div', { class: 'picks', role: 'group', 'aria-label': name }, ...made);
  return {
    parts: [
      group('Kind of gate', kinds.map(({ made }) => made)),
      group('Opening', [...chips.map(({ made }) => made), form]),
      problem,
    ],
    refresh,
  };
}

/** A typed opening: plain numbers up to 24 are feet, more are inches, as people say them. */
function typedOpening(
  field: HTMLInputElement,
  kind: GateKind,
  choose: (openingIn: number, kind: GateKind) => string | null,
): string | null {
  const text = field.value.trim();
  const typed = parseLength(/^\d+(\.\d+)?$/.test(text) && Number(text) > 24 ? `${text}in` : text);
  if (!typed || typed.turn !== undefined) return 'Enter the opening, for example 48 in or 10 ft.';
  const inches = Math.round(typed.feet * 24) / 2;
  const why = choose(inches, kindFor(inches, kind));
  if (why === null) field.value = '';
  return why;
}

/** The sheet of the gate tool. */
export function gateChooser(editor: Editor): Built {
  const { gateTool } = editor;
  const hint = html('p', { class: 'hint' });
  const built = chooser(
    () => ({ openingIn: gateTool.openingIn, kind: gateTool.kind }),
    (openingIn, kind) => {
      const built = kindFor(openingIn, kind);
      gateTool.choose(openingIn, kind);
      return built === kind ? null : 'A walk gate is built up to 6 ft. Double is chosen.';
    },
  );
  const refresh = (): void => {
    putText(hint, gateTool.hint());
    built.refresh();
  };
  return { parts: [hint, ...built.parts], refresh };
}
