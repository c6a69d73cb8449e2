// Buttons that need script stay hidden until this shows them.
import { near, onParts } from "./page";

/** Show and hide a password. */
export function beginPasswords(): void {
  onParts((root) => root.querySelectorAll<HTMLElement>("[data-shows]").forEach((button) => (button.hidden = false)));
  document.addEventListener("click", (event) => {
    const button = near<HTMLButtonElement>(event, "[data-shows]");
    const input = button && document.getElementById(button.dataset.shows ?? "");
    if (!button || !(input instanceof HTMLInputElement)) return;
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    const word = button.querySelector("span");
    if (word) word.textContent = show ? "Hide" : "Show";
    input.focus();
  });
  // A shown password is hidden again before it is sent, so that the browser does not keep it as text.
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement)) return;
    event.target.querySelectorAll<HTMLElement>("[data-shows][aria-pressed='true']").forEach((button) => button.click());
  }, true);
}

/** Copy the text of an element, or the value of an input. */
export function beginCopies(): void {
  if (!navigator.clipboard) return;
  onParts((root) => root.querySelectorAll<HTMLElement>("[data-copies]").forEach((button) => (button.hidden = false)));
  document.addEventListener("click", (event) => {
    const button = near<HTMLButtonElement>(event, "[data-copies]");
    const source = button && document.getElementById(button.dataset.copies ?? "");
    if (!button || !source) return;
    const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? "");
    void navigator.clipboard.writeText(text.trim()).then(() => {
      const word = button.querySelector("span") ?? button;
      word.textContent = "Copied";
    });
  });
}
