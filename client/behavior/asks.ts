// data-asks is a form that would be sent by hand: what became of a payment. It is sent by itself, once.

const pause = 1500;

export function beginAsking(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-asks]");
  if (form) window.setTimeout(() => form.requestSubmit(), pause);
}
