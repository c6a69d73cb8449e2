// The total follows the choice at once. Prices are the server's own, embedded as data; what is signed is added up
// by the server again, and shown again before anybody signs.

export function beginChoice(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-choice]");
  const figures = document.querySelector<HTMLElement>("[data-deposit-share]");
  if (!form || !figures) return;
  const inputs = [...form.elements].filter((e): e is HTMLInputElement => e instanceof HTMLInputElement);
  const add = (): void => {
    const tier = inputs.find((i) => i.type === "radio" && i.checked);
    if (!tier) return;
    let total = Number(tier.dataset.cents);
    for (const extra of inputs.filter((i) => i.type === "checkbox")) {
      const offered = (extra.dataset.offered ?? "").split(" ").includes(tier.value);
      extra.disabled = !offered;
      extra.closest(".extra")?.classList.toggle("is-off", !offered);
      if (offered && extra.checked) total += Number(extra.dataset.cents);
    }
    put(figures, "[data-chosen]", tier.dataset.name ?? "");
    put(figures, "[data-total]", dollars(total));
    put(figures, "[data-deposit]", dollars(deposit(total, figures)));
  };
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.form === form) add();
  });
  add();
  window.addEventListener("pageshow", add); // back: the browser keeps what was ticked
}

/** A share in basis points, half a cent rounded up, or an amount: all of it whole cents. */
function deposit(total: number, figures: HTMLElement): number {
  const share = Number(figures.dataset.depositShare);
  if (share > 0) return Math.floor((total * share + 5000) / 10000);
  return Math.min(Number(figures.dataset.depositCents), total);
}

export function dollars(cents: number): string {
  const whole = Math.floor(cents / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return `$${whole}.${(cents % 100).toString().padStart(2, "0")}`;
}

function put(root: HTMLElement, selector: string, text: string): void {
  const place = root.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}
