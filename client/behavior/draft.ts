// A long form keeps what was typed on this device until it is sent, and offers it back. Nothing typed is lost
// to a dead battery or an expired login. Passwords and one-time keys are never kept.
import { onParts } from "./page";

interface Draft {
  at: number;
  values: Record<string, string[]>;
}

const sentKey = "draft-sent";
const oldest = 7 * 24 * 3600 * 1000;

export function beginDrafts(): void {
  settle();
  window.addEventListener("pageshow", (event) => event.persisted && sessionStorage.removeItem(sentKey));
  onParts((root) => root.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach(keep));
}

function keep(form: HTMLFormElement): void {
  const key = `draft:${form.dataset.draft ?? ""}`;
  const kept = read(key);
  // A form that came back with errors holds what was typed; an older draft has nothing to add.
  if (kept && !document.getElementById("error-summary")) offer(form, key, kept);
  let pause = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(pause);
    pause = window.setTimeout(() => write(key, form), 400);
  });
  form.addEventListener("submit", () => {
    window.clearTimeout(pause);
    write(key, form);
    sessionStorage.setItem(sentKey, key);
  });
}

/**
 * This page answers the form that was sent before it, and its draft has done its work. Not so when the answer
 * is a refusal (the log-in ran out), the same form with its errors, or no answer: the person came back.
 */
function settle(): void {
  try {
    const key = sessionStorage.getItem(sentKey);
    if (!key) return;
    sessionStorage.removeItem(sentKey);
    const arrived = performance.getEntriesByType("navigation").some((entry) => (entry as PerformanceNavigationTiming).type === "navigate");
    if (arrived && !document.querySelector("#error-summary, .refusal")) localStorage.removeItem(key);
  } catch {
    // Storage is refused on this device: there is no draft.
  }
}

function read(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    if (draft && Date.now() - draft.at < oldest) return draft;
    localStorage.removeItem(key);
  } catch {
    // Storage is refused on this device: leaving then warns, see write.
  }
  return null;
}

function controls(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
  return [...form.elements].filter(
    (e): e is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
      (e instanceof HTMLInputElement && !["hidden", "password", "file", "submit"].includes(e.type)) ||
      e instanceof HTMLTextAreaElement ||
      e instanceof HTMLSelectElement,
  );
}

function write(key: string, form: HTMLFormElement): void {
  const values: Record<string, string[]> = {};
  for (const control of controls(form)) {
    if (!control.name) continue;
    const off = control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio") && !control.checked;
    const held = (values[control.name] ??= []);
    if (!off) held.push(control.value);
  }
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), values } satisfies Draft));
  } catch {
    window.onbeforeunload = (event) => event.preventDefault();
    form.addEventListener("submit", () => (window.onbeforeunload = null), { once: true });
  }
}

function restore(form: HTMLFormElement, draft: Draft): void {
  for (const control of controls(form)) {
    const held = draft.values[control.name];
    if (!held) continue;
    if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      control.checked = held.includes(control.value);
    } else {
      control.value = held[0] ?? "";
    }
  }
}

function offer(form: HTMLFormElement, key: string, draft: Draft): void {
  const bar = document.createElement("div");
  bar.className = "draft";
  bar.setAttribute("role", "status");
  const text = document.createElement("p");
  const at = new Date(draft.at);
  const today = at.toDateString() === new Date().toDateString();
  text.textContent = `Draft from ${at.toLocaleString("en-US", today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" })}, kept on this device.`;
  bar.append(
    text,
    choice("Restore", () => restore(form, draft)),
    choice("Discard", () => localStorage.removeItem(key)),
  );
  form.prepend(bar);

  function choice(label: string, deed: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button quiet";
    button.textContent = label;
    button.addEventListener("click", () => {
      deed();
      bar.remove();
    });
    return button;
  }
}
