// Lost network and 5xx leave the page as it is and say so in the strip.
import { say, unsay } from "./page";

export function beginNetworkWatch(): void {
  window.addEventListener("offline", () => say("watch", "No signal. What you see stays; nothing is sent until it is back."));
  window.addEventListener("online", unsay);
  if (!navigator.onLine) say("watch", "No signal. What you see stays; nothing is sent until it is back.");

  document.addEventListener("htmx:error", () => say("bad", "The server did not answer. What you typed is still here. Try again."));
  document.addEventListener("htmx:response:error", (event) => {
    const detail = (event as CustomEvent<{ ctx?: { response?: { status?: number } } }>).detail;
    const status = detail.ctx?.response?.status ?? 0;
    if (status >= 500) say("bad", "We broke something. Nothing was saved, and what you typed is still here. Try again.");
  });
  document.addEventListener("htmx:after:swap", unsay);
}
