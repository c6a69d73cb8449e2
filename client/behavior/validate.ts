// A field is looked at when it is left, and only once it was changed; its error goes as soon as it is right.
// The sentence comes with the page (data-sentence). The server decides in any case.

const changed = new WeakSet<Element>();

export function beginValidation(): void {
  document.addEventListener("input", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement)) return;
    changed.add(input);
    if (input.getAttribute("aria-invalid") === "true" && right(input)) clear(input);
  });
  document.addEventListener("focusout", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || !changed.has(input)) return;
    if (right(input)) clear(input);
    else mark(input);
  });
}

/** An empty field is not wrong yet: whether it may be empty is said when the form is sent. */
function right(input: HTMLInputElement): boolean {
  return !input.dataset.sentence || input.value.trim() === "" || !input.validity.patternMismatch;
}

function place(input: HTMLInputElement): HTMLElement | null {
  return document.getElementById(`${input.id}-error`);
}

function mark(input: HTMLInputElement): void {
  const error = place(input);
  if (!error) return;
  input.setAttribute("aria-invalid", "true");
  const word = document.createElement("span");
  word.className = "sr";
  word.textContent = "Error: ";
  const sentence = document.createElement("span");
  sentence.append(word, input.dataset.sentence ?? "");
  error.replaceChildren(alertIcon(), sentence);
  error.closest(".field")?.classList.add("has-error");
}

/** The same icon that the server draws: a circle with an exclamation mark. */
function alertIcon(): SVGSVGElement {
  const draw = <K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] => {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    return shape;
  };
  const icon = draw("svg", { class: "icon", viewBox: "0 0 24 24", width: "20", height: "20", "aria-hidden": "true" });
  icon.append(draw("circle", { cx: "12", cy: "12", r: "10" }), draw("path", { d: "M12 8v4M12 16h.01" }));
  return icon;
}

function clear(input: HTMLInputElement): void {
  const error = place(input);
  if (!error) return;
  input.removeAttribute("aria-invalid");
  error.replaceChildren();
  error.closest(".field")?.classList.remove("has-error");
}
