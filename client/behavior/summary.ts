// A form that came back begins at its error summary.
import { near, onParts } from "./page";

export function beginSummaryFocus(): void {
  onParts((root) => root.querySelector<HTMLElement>("#error-summary")?.focus());
  // A link of the summary puts the cursor into its field, not only the field into view.
  document.addEventListener("click", (event) => {
    const link = near<HTMLAnchorElement>(event, "#error-summary a");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const first = field.matches("fieldset") ? field.querySelector<HTMLElement>("input") : field;
    first?.focus();
    field.scrollIntoView({ block: "center" });
  });
}
