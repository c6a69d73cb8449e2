// HTML elements by hand: attributes and text, never parsed markup, never a style attribute.

export type Properties = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

/** Makes an element; a function property is a listener for the event of its name. */
export function html<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export const button = (
  text: string,
  press: () => void,
  properties: Properties = {},
): HTMLButtonElement => html('button', { type: 'button', click: press, ...properties }, text);

/** Sets an attribute or text only when it differs: this runs after every painted frame. */
export function put(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function putText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
