// Shortcuts: data-key names the key, or two pressed one after the other ("g q"), of a link, button, menu or
// search box. Outside fields only; single letters can be turned off (data-keys="off" on the root).

let first = "";
let forget = 0;

export function beginKeys(): void {
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      press(event, "/");
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
    if (document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") {
      step(event, event.key === "j" ? 1 : -1);
      return;
    }
    const combined = first ? `${first} ${event.key}` : event.key;
    window.clearTimeout(forget);
    first = event.key === "g" && first === "" ? "g" : "";
    if (first) {
      forget = window.setTimeout(() => (first = ""), 1500);
      return;
    }
    press(event, combined);
  });
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
}

/** Does the deed of the first visible element with that key; a list's own search box comes before the shell's. */
function press(event: KeyboardEvent, key: string): void {
  const all = [...document.querySelectorAll<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)].filter((e) => e.checkVisibility?.() ?? true);
  const target = all.find((e) => e.matches("input")) ?? all[0];
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else target.click();
}

/** Moves along the rows of a list. */
function step(event: KeyboardEvent, by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>(".row-link")];
  if (rows.length === 0) return;
  event.preventDefault();
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
}
