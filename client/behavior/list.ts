// A list's sort takes effect when it is chosen; its Search button does the same without script.
import { near } from "./page";

export function beginLists(): void {
  document.addEventListener("change", (event) => {
    near<HTMLSelectElement>(event, "select[data-submits]")?.form?.requestSubmit();
  });
}
