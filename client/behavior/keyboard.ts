// The phone's bars hide while its keyboard is open: they would stand on the field.

export function beginKeyboardWatch(): void {
  if (!window.matchMedia("(pointer: coarse)").matches) return;
  const root = document.documentElement;
  document.addEventListener("focusin", (event) => {
    if (opensKeyboard(event.target)) root.dataset.keyboard = "open";
  });
  document.addEventListener("focusout", (event) => {
    if (!opensKeyboard(event.relatedTarget)) delete root.dataset.keyboard;
  });
}

const withoutKeyboard = ["checkbox", "radio", "file", "date", "range", "color", "button", "submit"];

function opensKeyboard(target: EventTarget | null): boolean {
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && !withoutKeyboard.includes(target.type));
}
