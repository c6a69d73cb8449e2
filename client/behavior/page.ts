// What the behaviors share: parts arrive with the page and with every swap.

/** Runs work on the document now and on each part that htmx puts into it. */
export function onParts(work: (root: ParentNode) => void): void {
  work(document);
  document.addEventListener("htmx:after:swap", (event) => {
    work(event.target instanceof Element ? event.target : document);
  });
}

/** The nearest element around an event's target that matches. */
export function near<T extends Element>(event: Event, selector: string): T | null {
  return event.target instanceof Element ? event.target.closest<T>(selector) : null;
}

/** Says something in the strip under the header; it stays until the next page. */
export function say(tone: string, text: string): void {
  const strips = document.getElementById("strips");
  if (!strips) return;
  strips.querySelector("[data-said]")?.remove();
  const strip = document.createElement("div");
  strip.className = `strip ${tone}`;
  strip.dataset.said = "";
  strip.setAttribute("role", tone === "bad" ? "alert" : "status");
  const line = document.createElement("p");
  line.textContent = text;
  strip.append(line);
  strips.append(strip);
}

/** Takes back what say said. */
export function unsay(): void {
  document.querySelector("#strips [data-said]")?.remove();
}
