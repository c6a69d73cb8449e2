// The sheet under the drawing: the one thing to do now. A length while a line is drawn, what is
// selected with its numbers, a gate to choose. Built anew when its subject changes, else only
// brought up to date, so that no field loses its focus or what is half typed.

import { type Element, exists } from '../model/document';
import type { Editor } from '../tools/editor';
import { turnKey, undoKey } from '../tools/keys';
import { cornerSheet, gateSheet, runSheet, severalSheet } from './selected';
import { type Built, fieldForm, lengthField } from './fields';
import { gateChooser } from './gatechooser';
import { button, html, putText } from './html';
import { keypad } from './keypad';

export class Sheet {
  readonly element = html('div', { class: 'sketch-sheet' });
  private readonly pad = keypad(() => this.target());
  private subject = '';
  private built: Built = { parts: [], refresh: () => undefined };
  private readonly coarse = matchMedia('(pointer: coarse)');

  constructor(
    private readonly editor: Editor,
    private readonly toDrawing: () => void,
  ) {
    this.element.addEventListener('focusin', () => this.showPad());
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  update(): void {
    const subject = this.subjectNow();
    if (subject !== this.subject) {
      const hadFocus = this.element.contains(document.activeElement);
      this.subject = subject;
      this.built = this.build();
      this.element.replaceChildren(...this.built.parts, this.pad);
      const asked = this.editor.ask !== null;
      if (asked || (hadFocus && this.editor.drawTool.drawing)) this.built.field?.focus();
      else if (hadFocus) this.toDrawing();
      if (asked) this.built.field?.select();
      this.showPad();
    }
    this.built.refresh();
  }

  /** A character typed on the drawing goes on in the length field. */
  typeInto(text: string): void {
    this.update();
    const { field } = this.built;
    if (!field) return;
    field.value += text;
    field.focus();
  }

  private leave(): void {
    const { editor } = this;
    if (editor.ask) editor.ask = null;
    editor.repaint();
    this.toDrawing();
  }

  private target(): HTMLInputElement | null {
    const active = document.activeElement;
    const mine = active instanceof HTMLInputElement && this.element.contains(active);
    return mine && active.dataset.pad !== undefined ? active : (this.built.field ?? null);
  }

  private showPad(): void {
    const { drawTool, session, ask } = this.editor;
    const drawing = session.toolName === 'draw' && drawTool.drawing;
    const active = document.activeElement;
    const typing = active instanceof HTMLInputElement && active.dataset.pad !== undefined;
    const wanted = drawing || ask !== null || (typing && this.element.contains(active));
    this.pad.hidden = !(this.coarse.matches && wanted);
  }

  private subjectNow(): string {
    const { ask, drawTool, session } = this.editor;
    if (ask) return `ask ${ask.label}`;
    if (session.toolName === 'draw') return drawTool.drawing ? 'line' : 'draw';
    if (session.toolName === 'gate') return 'gate';
    return `selected ${session.selection.map(({ kind, id }) => `${kind} ${id}`).join()}`;
  }

  private build(): Built {
    const { editor } = this;
    const { session } = editor;
    if (editor.ask) return askSheet(editor, this.toDrawing);
    if (session.toolName === 'gate') return gateChooser(editor);
    if (session.toolName === 'draw') {
      return editor.drawTool.drawing ? lineSheet(editor, this.toDrawing) : hintSheet(editor);
    }
    const [first, second] = session.selection;
    if (!first || !exists(session.document, first)) return hintSheet(editor);
    if (second) return severalSheet(editor);
    return selectedSheet(editor, first);
  }
}

function selectedSheet(editor: Editor, element: Element): Built {
  if (element.kind === 'run') return runSheet(editor, element.id);
  return element.kind === 'gate' ? gateSheet(editor, element.id) : cornerSheet(editor, element.id);
}

function hintSheet(editor: Editor): Built {
  const hint = html('p', { class: 'hint' });
  return { parts: [hint], refresh: () => putText(hint, editor.tool.hint()) };
}

function askSheet(editor: Editor, toDrawing: () => void): Built {
  const { ask } = editor;
  if (!ask) return hintSheet(editor);
  const { wrap, field } = lengthField(ask.label, 'asked');
  field.value = ask.value;
  const { form } = fieldForm([wrap, html('button', { class: 'primary' }, ask.button)], () => {
    const why = ask.submit(field.value);
    if (why !== null) return why;
    editor.ask = null;
    editor.repaint();
    toDrawing();
    return null;
  });
  return { parts: [form], refresh: () => undefined, field };
}

/** While a line is drawn: its next length, where it turns, close and done. */
function lineSheet(editor: Editor, toDrawing: () => void): Built {
  const { drawTool } = editor;
  const { wrap, field } = lengthField('Length', 'length');
  const add = (): string | null => {
    const why = drawTool.type(field.value);
    if (why === null) field.value = '';
    if (!drawTool.drawing) toDrawing();
    return why;
  };
  field.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) {
      if (field.value === '' && undoKey(editor, event)) event.preventDefault();
    } else if (turnKey(editor, event.key)) {
      event.preventDefault();
    }
  });
  const close = button('Close', () => drawTool.close(), { title: 'Close the loop (c)' });
  const turn = (text: string, right: number) => button(text, () => drawTool.turn(right));
  const turns = html(
    'div',
    { class: 'turns', role: 'group', 'aria-label': 'Next run goes' },
    turn('Left 90', -90),
    turn('Straight', 0),
    turn('Right 90', 90),
    html('button', { class: 'primary' }, 'Add run'),
  );
  const done = button('Done', () => drawTool.end());
  const { form } = fieldForm([wrap, close, done, turns], add);
  form.classList.add('drawing-line');
  return { parts: [form], field, refresh: () => { close.hidden = !drawTool.closable; } };
}
