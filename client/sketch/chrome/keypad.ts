// The pad of digits for gloves. It types into the field in use, so the phone's own keyboard
// stays down and the drawing stays in sight.

import { button, html } from './html';

const rows: readonly (readonly [text: string, types: string, name?: string])[] = [
  ['1', '1'], ['2', '2'], ['3', '3'], ['ft', "' "], ['in', ' in'],
  ['4', '4'], ['5', '5'], ['6', '6'], ['0', '0'], ['Delete', ''],
  ['7', '7'], ['8', '8'], ['9', '9'], ['½', ' 1/2', 'one half'], ['.', '.', 'point'],
];

/** A pad that types into whatever field `target` names. */
export function keypad(target: () => HTMLInputElement | null): HTMLElement {
  const type = (text: string): void => {
    const field = target();
    if (!field) return;
    field.value = text === '' ? field.value.trimEnd().slice(0, -1) : field.value + text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const keys = rows.map(([text, types, name]) =>
    button(text, () => type(types), {
      class: /^\d$/.test(text) ? 'digit' : '',
      ...(name !== undefined && { 'aria-label': name }),
      pointerdown: keepFocus,
    }),
  );
  // What a pad types raises no change event: its own key sends the field's form where the form
  // has no button for it.
  const set = button('Set', () => send(target()), { class: 'primary pad-set', pointerdown: keepFocus });
  return html('div', { class: 'keypad', role: 'group', 'aria-label': 'Keypad' }, ...keys, set);
}

/** Pressing a key must not take the focus away from the field. */
const keepFocus = (event: Event): void => event.preventDefault();

function send(field: HTMLInputElement | null): void {
  field?.form?.requestSubmit();
  field?.blur();
}
