// What sheets are made of: a field for a length, a line with one field, and how a built sheet is kept up to date.

import { html, putText } from './html';

/** A built sheet, and how to bring its values up to date. */
export interface Built {
  readonly parts: readonly Node[];
  readonly refresh: () => void;
  /** The field that the keypad types into when none has the focus. */
  readonly field?: HTMLInputElement;
}

/** A labelled field for a length. On touch the pad types, so the phone's keyboard stays down. */
export function lengthField(label: string, name: string): { wrap: HTMLElement; field: HTMLInputElement } {
  const coarse = matchMedia('(pointer: coarse)').matches;
  const field = html('input', {
    type: 'text',
    name,
    autocomplete: 'off',
    'data-pad': true,
    inputmode: coarse ? 'none' : 'decimal',
    enterkeyhint: 'done',
  });
  return { wrap: html('label', { class: 'entry' }, html('span', {}, label), field), field };
}

/** A form line with one field; what is wrong with it is said beside it. */
export function fieldForm(
  parts: readonly (Node | string)[],
  submit: () => string | null,
): { form: HTMLFormElement; problem: HTMLElement } {
  const problem = html('p', { class: 'problem', role: 'alert' });
  const send = (event: Event): void => {
    event.preventDefault();
    const why = submit();
    putText(problem, why === null ? '' : `Error: ${why}`);
  };
  const form = html('form', { submit: send, class: 'deeds', novalidate: true }, ...parts, problem);
  form.addEventListener('input', () => putText(problem, ''));
  return { form, problem };
}
