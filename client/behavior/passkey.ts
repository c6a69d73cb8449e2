// data-passkey="get" or "create" on a form: the device fills it. The form's page says where the challenge is asked for
// (data-ask); the device's answer travels as a field of the form itself, so that the server answers with a page.

interface Asked {
  id: string;
  options: never; // as the server wrote them; the browser checks
}

const parts = "[data-passkey-part]";

export function beginPasskeys(): void {
  const able = "PublicKeyCredential" in window && typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";
  if (!able) return;
  for (const part of document.querySelectorAll<HTMLElement>(parts)) part.hidden = false;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.passkey) return;
    event.preventDefault();
    void answer(form);
  });
}

async function answer(form: HTMLFormElement): Promise<void> {
  say(form, "");
  try {
    const asked = await ask(form);
    const credential = await fromDevice(form.dataset.passkey ?? "", asked);
    if (!credential) return;
    put(form, "challenge", asked.id);
    put(form, "answer", JSON.stringify((credential as PublicKeyCredential).toJSON()));
    form.submit();
  } catch (error) {
    // The person said no, or the device has no passkey for this company: both are no error of the page.
    say(form, error instanceof Refused ? error.message : "No passkey was used. Try again, or go on without one.");
  }
}

class Refused extends Error {}

async function ask(form: HTMLFormElement): Promise<Asked> {
  const answer = await fetch(form.dataset.ask ?? "", {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json" },
    body: new URLSearchParams([...new FormData(form)].map(([name, value]): [string, string] => [name, String(value)])),
  });
  if (answer.ok) return (await answer.json()) as Asked;
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string; errors?: { message: string }[] };
  throw new Refused(problem.errors?.[0]?.message ?? problem.detail ?? "That did not work. Load the page again.");
}

function fromDevice(deed: string, asked: Asked): Promise<Credential | null> {
  if (deed === "create") return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked.options) });
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked.options) });
}

function put(form: HTMLFormElement, name: string, value: string): void {
  const input = form.elements.namedItem(name);
  if (input instanceof HTMLInputElement) input.value = value;
}

function say(form: HTMLFormElement, text: string): void {
  const place = form.querySelector("[data-passkey-error]");
  if (place) place.textContent = text;
}
