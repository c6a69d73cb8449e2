// data-opens on a link or button opens a dialog of that id; without script the link's own address asks the
// same question on a page. data-closes closes the dialog around it. Never one dialog over another.
import { near } from "./page";

export function beginDialogs(): void {
  document.addEventListener("click", (event) => {
    const opener = near<HTMLElement>(event, "[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
      dialog.showModal();
      return;
    }
    near<HTMLElement>(event, "[data-closes]")?.closest("dialog")?.close();
  });
}
