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
  error.replaceChildren(sentence);
  error.closest(".field")?.classList.add("has-error");
}

function clear(input: HTMLInputElement): void {
  const error = place(input);
  if (!error) return;
  input.removeAttribute("aria-invalid");
  error.replaceChildren();
  error.closest(".field")?.classList.remove("has-error");
}
