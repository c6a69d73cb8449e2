// What is selected, with its numbers: run, gate, corner, several.

import {
  type Gate,
  findGate,
  findRun,
  isMeasured,
  lengthOf,
  openingFt,
  runName,
  withRunExtras,
} from '../model/document';
import { changeGate } from '../model/gates';
import { typedLength } from '../model/lengths';
import { describe } from '../model/words';
import type { Editor } from '../tools/editor';
import { type Built, fieldForm, lengthField } from './fields';
import { chooser } from './gatechooser';
import { button, html, put, putText } from './html';

const remove = (editor: Editor): HTMLButtonElement =>
  button('Delete', () => editor.session.removeSelected(), { class: 'danger' });

/** On touch there is no Shift: while this is on, a tap adds to what is selected. */
function selectMore({ selectTool, session }: Editor): HTMLButtonElement {
  const press = (): void => {
    selectTool.adding = !selectTool.adding;
    put(made, 'aria-pressed', String(selectTool.adding));
    session.redraw();
  };
  const made = button('Select more', press, {
    class: 'touch-only',
    'aria-pressed': String(selectTool.adding),
  });
  return made;
}

/** Writes a value into a field, but never over what a person is typing there. */
function fill(field: HTMLInputElement, value: string): void {
  if (document.activeElement !== field && field.value !== value) field.value = value;
}

export function runSheet(editor: Editor, id: string): Built {
  const { session } = editor;
  const name = html('input', { type: 'text', name: 'name', autocomplete: 'off', maxlength: '40' });
  name.addEventListener('change', () => {
    const was = runName(session.document, id);
    const named = withRunExtras(session.history.document, id, { name: name.value.trim() });
    session.apply({ document: named }, `Renamed run ${was}`);
  });
  const { wrap, field } = lengthField('Length', 'length');
  const only = html('input', { type: 'checkbox', name: 'only' });
  const state = html('p', { class: 'state' });
  const { form } = fieldForm(
    [
      html('label', { class: 'entry name' }, html('span', {}, 'Run'), name),
      wrap,
      html('button', { class: 'primary' }, 'Set length'),
      html('label', { class: 'only' }, only, 'Only this corner'),
      state,
      button('Split', () => editor.askSplit(id), { title: 'Put in a corner (i)' }),
      button('Gate', () => editor.askGate(id), { title: 'Add a gate to this run (g)' }),
      selectMore(editor),
      remove(editor),
    ],
    () => editor.changeLength(id, field.value, only.checked),
  );
  const refresh = (): void => {
    const run = findRun(session.document, id);
    if (!run) return;
    fill(name, runName(session.document, id));
    fill(field, typedLength(Math.round(lengthOf(session.document, run) * 24) / 24));
    putText(state, isMeasured(session.document, id) ? 'Measured' : 'Estimated');
  };
  return { parts: [form], refresh, field };
}

export function gateSheet(editor: Editor, id: string): Built {
  const { session } = editor;
  const start = lengthField('From start', 'from');
  const end = lengthField('To end', 'to');
  const change = (name: string, what: Partial<Gate>): string | null => {
    const edit = changeGate(session.history.document, id, what);
    if ('refused' in edit) return edit.refused;
    session.apply(edit, name);
    session.say(describe(session.document, { kind: 'gate', id }));
    return null;
  };
  const place = (from: 'start' | 'end') => () =>
    editor.placeGate(id, (from === 'start' ? start : end).field.value, from);
  const forms = [start, end].map(({ wrap, field }, index) => {
    const { form } = fieldForm([wrap], place(index === 0 ? 'start' : 'end'));
    field.addEventListener('change', () => form.requestSubmit());
    return form;
  });
  const gate = (): Gate | undefined => findGate(session.document, id);
  const kinds = chooser(
    () => ({ openingIn: gate()?.opening_in ?? 48, kind: gate()?.kind ?? 'walk' }),
    (openingIn, kind) => change('Changed the gate', { opening_in: openingIn, kind }),
  );
  const hinge = turnButton(
    () => `${isSliding(gate()) ? 'Slides' : 'Hinge'} ${gate()?.hinge ?? 'left'}`,
    () => change('Turned the gate', { hinge: gate()?.hinge === 'right' ? 'left' : 'right' }),
  );
  const swing = turnButton(
    () => (isSliding(gate()) ? `Runs ${side(gate())}` : `Swings ${gate()?.swing ?? 'in'}`),
    () => change('Turned the gate', { swing: gate()?.swing === 'out' ? 'in' : 'out' }),
  );
  const row = html('div', { class: 'deeds' }, hinge.made, swing.made, remove(editor));
  const refresh = (): void => {
    const now = gate();
    const run = now && findRun(session.document, now.segment);
    if (!now || !run) return;
    fill(start.field, typedLength(now.offset_ft));
    fill(end.field, typedLength(Math.max(0, lengthOf(session.document, run) - now.offset_ft - openingFt(now))));
    kinds.refresh();
    hinge.refresh();
    swing.refresh();
  };
  const distances = html('div', { class: 'deeds' }, ...forms);
  return { parts: [distances, ...kinds.parts, row], refresh, field: start.field };
}

const isSliding = (gate: Gate | undefined): boolean =>
  gate?.kind === 'slide' || gate?.kind === 'cantilever';
const side = (gate: Gate | undefined): string => (gate?.swing === 'out' ? 'outside' : 'inside');

function turnButton(text: () => string, press: () => void): { made: HTMLButtonElement; refresh: () => void } {
  const made = button(text(), press);
  return { made, refresh: () => putText(made, text()) };
}

export function cornerSheet(editor: Editor, id: string): Built {
  const { session } = editor;
  const text = html('p', { class: 'state' });
  const pad = html('div', { class: 'nudge touch-only', role: 'group', 'aria-label': 'Move 1 ft' });
  for (const [name, x, y] of [['Left', -1, 0], ['Up', 0, 1], ['Down', 0, -1], ['Right', 1, 0]] as const) {
    pad.append(button(name, () => editor.nudge({ x, y })));
  }
  const drawOn = button('Draw from here', () => {
    editor.choose('draw');
    editor.drawTool.startAt(id);
  });
  const row = html('div', { class: 'deeds' }, text, pad, drawOn, selectMore(editor), remove(editor));
  const refresh = () => putText(text, describe(session.document, { kind: 'corner', id }));
  return { parts: [row], refresh };
}

export function severalSheet(editor: Editor): Built {
  const text = `${editor.session.selection.length} parts selected`;
  const row = html('div', { class: 'deeds' }, html('p', { class: 'state' }, text), selectMore(editor), remove(editor));
  return { parts: [row], refresh: () => undefined };
}
