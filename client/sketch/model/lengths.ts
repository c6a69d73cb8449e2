// Lengths as people of the trade type and read them.

export interface Typed {
  readonly feet: number;
  /** Degrees to turn from the run before, to the right positive; only when `<` was typed. */
  readonly turn?: number;
  /** The metres typed, when the length was given in metres. */
  readonly metres?: number;
}

const feetPerMetre = 1 / 0.3048;
const longest = 100_000;

/**
 * Reads `40`, `40'6`, `40' 6 1/2"`, `40 6 1/2`, `40 ft 6 in`, `486in`, `40.5`, `12m` and, for a
 * run with its turn, `40<30`. Null when it is no length; zero and less are no length.
 */
export function parseLength(text: string): Typed | null {
  const [lengthText = '', turnText, ...more] = text.trim().toLowerCase().split('<');
  if (more.length > 0) return null;
  const length = parseFeet(lengthText.trim());
  if (length === null || !(length.feet > 0) || length.feet > longest) return null;
  if (turnText === undefined) return length;
  const turn = parseTurn(turnText);
  return turn === null ? null : { ...length, turn };
}

/** Reads a place along a run: as a length, but 0 (the very start) counts too. */
export function parseOffset(text: string): number | null {
  if (/^0+(\.0+)?\s*('|ft|in|")?$/.test(text.trim())) return 0;
  const typed = parseLength(text);
  return typed && typed.turn === undefined ? typed.feet : null;
}

/** Reads a turn in degrees: to the right positive. */
export function parseTurn(text: string): number | null {
  const match = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*$/.exec(text);
  if (!match) return null;
  const turn = Number(match[1]);
  return Math.abs(turn) <= 180 ? turn : null;
}

function parseFeet(text: string): Typed | null {
  const metric = /^(\d+(?:\.\d+)?|\.\d+)\s*m$/.exec(text);
  if (metric) {
    const metres = Number(metric[1]);
    return { feet: metres * feetPerMetre, metres };
  }
  const inches = /^(.+?)\s*(?:in|")$/.exec(text);
  if (inches && !/['f]/.test(text)) {
    const value = parseMixed(inches[1] ?? '');
    return value === null ? null : { feet: value / 12 };
  }
  const plain = /^(\d+(?:\.\d*)?|\.\d+)\s*(?:'|ft\.?|feet)?$/.exec(text);
  if (plain) return { feet: Number(plain[1]) };
  const both = /^(\d+)\s*(?:'|ft\.?|feet|\s)\s*(.+?)\s*(?:"|in\.?)?$/.exec(text);
  if (!both) return null;
  const rest = parseMixed(both[2] ?? '');
  return rest === null || rest >= 12 ? null : { feet: Number(both[1]) + rest / 12 };
}

/** Reads inches with a fraction: `6`, `6.5`, `6 1/2`, `6½`, `1/2`. */
function parseMixed(text: string): number | null {
  const spelled = text.trim().replace('½', ' 1/2').replace('¼', ' 1/4').replace('¾', ' 3/4').trim();
  const match = /^(?:(\d+(?:\.\d*)?|\.\d+))?(?:(?:^|\s+)(\d+)\/(\d+))?$/.exec(spelled);
  if (!match || spelled === '') return null;
  const [, whole, top, bottom] = match;
  const fraction = top ? Number(top) / Number(bottom) : 0;
  const value = Number(whole ?? 0) + fraction;
  return Number.isFinite(value) && fraction < 1 ? value : null;
}

/** Feet and inches to the nearest half inch, as whole half inches. */
function split(feet: number): { ft: number; inches: string } {
  const halves = Math.round(feet * 24);
  const ft = Math.floor(halves / 24);
  const left = halves - ft * 24;
  const whole = Math.floor(left / 2);
  const half = left % 2 === 1;
  return { ft, inches: half ? (whole > 0 ? `${whole}½` : '½') : whole > 0 ? `${whole}` : '' };
}

/** As written on drawings: `40 ft`, `62' 4"`, `6"`. */
export function drawnLength(feet: number): string {
  const { ft, inches } = split(feet);
  if (inches === '') return `${ft} ft`;
  return ft === 0 ? `${inches}"` : `${ft}' ${inches}"`;
}

/** As written in text: `40 ft`, `62 ft 4 in`, `6 in`. */
export function writtenLength(feet: number): string {
  const { ft, inches } = split(feet);
  if (inches === '') return `${ft} ft`;
  return ft === 0 ? `${inches} in` : `${ft} ft ${inches} in`;
}

/** As put into a field to be changed: what parseLength reads back, without losing the number. */
export function typedLength(feet: number): string {
  const halves = feet * 24;
  if (Math.abs(halves - Math.round(halves)) > 1e-6) return String(Math.round(feet * 1e4) / 1e4);
  const { ft, inches } = split(feet);
  return inches === '' ? String(ft) : `${ft} ${inches.replace(/^½$/, '0½').replace('½', ' 1/2')}`;
}

/** A gate's opening: `48 in` below 6 ft, whole feet from there: `8 ft`. */
export function openingText(inches: number): string {
  return inches >= 72 ? drawnLength(inches / 12) : `${Math.round(inches * 2) / 2} in`;
}
