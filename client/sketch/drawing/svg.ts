// SVG elements by hand. Attributes and text only: the content policy allows no style attribute,
// and a run's name is whatever a person typed, so nothing here ever parses markup.

const space = 'http://www.w3.org/2000/svg';

export type Attributes = Readonly<Record<string, string | number>>;

export function svg<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(space, name);
  for (const key in attributes) {
    const value = attributes[key];
    element.setAttribute(key, typeof value === 'number' ? pixels(value) : String(value));
  }
  if (children.length > 0) element.append(...children);
  return element;
}

/** A tenth of a pixel is finer than any screen shows. */
export const pixels = (value: number): string => String(Math.round(value * 10) / 10);

export const line = (
  a: { x: number; y: number },
  b: { x: number; y: number },
  name: string,
): SVGLineElement => svg('line', { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: name });
