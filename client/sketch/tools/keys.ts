// The keyboard column of the drawing: every deed has its key. Enter goes in, Escape comes out.

import type { Point } from '../model/geometry';
import type { Editor } from './editor';

export interface KeyCommands {
  /** A character typed on the drawing that begins a length. */
  typeInto(text: string): void;
  showTable(): void;
}

const arrows: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};
const panPixels = 80;
const zoomStep = 1.25;

/** Handles a key pressed on the drawing; true when it meant something. */
export function handleKey(editor: Editor, event: KeyboardEvent, commands: KeyCommands): boolean {
  if (event.ctrlKey || event.metaKey) return undoKey(editor, event);
  const arrow = arrows[event.key];
  if (arrow) return arrowKey(editor, event, arrow);
  if (editor.session.toolName === 'draw' && drawKey(editor, event, commands)) return true;
  return elementKey(editor, event) || viewKey(editor, event, commands);
}

export function undoKey(editor: Editor, event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key !== 'z' && key !== 'y') return false;
  if (key === 'y' || event.shiftKey) editor.session.redo();
  else editor.session.undo();
  return true;
}

function arrowKey(editor: Editor, event: KeyboardEvent, arrow: Point): boolean {
  const { session, drawTool } = editor;
  const step = event.shiftKey ? 10 : event.altKey ? 0.25 : 1;
  const by = { x: arrow.x * step, y: arrow.y * step };
  if (session.toolName === 'draw') {
    editor.inside = true;
    drawTool.moveCross(by);
  } else if (session.selection.length > 0 && editor.inside) {
    editor.nudge(by);
  } else if (event.shiftKey) {
    session.pan({ x: -arrow.x * panPixels, y: arrow.y * panPixels });
  } else {
    return false;
  }
  return true;
}

/** Keys while a line is drawn: lengths, turns, close, end. */
function drawKey(editor: Editor, event: KeyboardEvent, commands: KeyCommands): boolean {
  const { drawTool } = editor;
  if (event.key === 'Enter') {
    editor.inside = true;
    if (!drawTool.placeCross()) drawTool.end();
    return true;
  }
  if (!drawTool.drawing) return false;
  if (/^[\d.½]$/.test(event.key)) {
    commands.typeInto(event.key);
    return true;
  }
  if (event.key === 'Escape') drawTool.end();
  else if (event.key === '<') editor.askTurn();
  else return turnKey(editor, event.key);
  return true;
}

/** Left, right, straight, close: they mean the same on the drawing and in the length field. */
export function turnKey(editor: Editor, key: string): boolean {
  const { drawTool } = editor;
  switch (key.toLowerCase()) {
    case 'l':
      drawTool.turn(-90);
      return true;
    case 'r':
      drawTool.turn(90);
      return true;
    case 's':
      drawTool.turn(0);
      return true;
    case 'c':
      drawTool.close();
      return true;
    default:
      return false;
  }
}

/** Keys about what is selected. */
function elementKey(editor: Editor, event: KeyboardEvent): boolean {
  const { session } = editor;
  const [element] = session.selection;
  switch (event.key) {
    case 'Enter':
      return enter(editor);
    case 'Escape':
      return escape(editor);
    case 'Tab':
      if (!editor.inside || session.toolName !== 'select') return false;
      return session.walk(event.shiftKey ? -1 : 1);
    case 'Delete':
    case 'Backspace':
      session.removeSelected();
      return true;
    case 'g':
      if (element?.kind === 'run') editor.askGate(element.id);
      else editor.choose('gate');
      return true;
    case 'i':
      if (element?.kind === 'run') editor.askSplit(element.id);
      else session.tell('Select a run first. The corner goes into it.');
      return true;
    default:
      return false;
  }
}

function enter(editor: Editor): boolean {
  const { session } = editor;
  const [element] = session.selection;
  if (!editor.inside || !element) {
    editor.inside = true;
    if (!session.walk(1)) session.say('Nothing drawn yet. Press d to draw.');
  } else if (element.kind === 'run') {
    editor.askLength(element.id);
  } else if (element.kind === 'gate') {
    editor.askGateOffset(element.id);
  } else {
    editor.choose('draw');
    editor.drawTool.startAt(element.id);
    session.say('Drawing on from this corner.');
  }
  return true;
}

function escape(editor: Editor): boolean {
  const { session } = editor;
  editor.tool.cancel();
  if (editor.ask) editor.ask = null;
  else if (session.toolName !== 'select') editor.choose('select');
  else if (session.selection.length > 0) session.select([]);
  else editor.inside = false;
  editor.repaint();
  return true;
}

function viewKey(editor: Editor, event: KeyboardEvent, commands: KeyCommands): boolean {
  const { session } = editor;
  switch (event.key) {
    case 'd':
      editor.choose('draw');
      editor.inside = true;
      editor.drawTool.moveCross({ x: 0, y: 0 });
      session.say('Draw. Arrows move the cross, Enter places a point.');
      return true;
    case 'v':
      editor.choose('select');
      return true;
    case 't':
      commands.showTable();
      return true;
    case '0':
    case 'f':
      session.fit();
      return true;
    case '+':
    case '=':
      session.zoom(zoomStep);
      return true;
    case '-':
      session.zoom(1 / zoomStep);
      return true;
    default:
      return false;
  }
}
