// A form is sent once. The button is never disabled: a second press while the first is under way does nothing.
// Every submission also carries a one-time key, so that a press that slips through changes nothing either.

const sent = new WeakSet<HTMLFormElement>();

export function beginGuard(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-guard]")) return;
    if (sent.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    sent.add(form);
    event.submitter?.classList.add("is-sent");
  }, true);

  // Back from the page cache, or an answer that left the form in place: it may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll<HTMLFormElement>("form[data-guard]").forEach(release);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form") : null;
    if (form) release(form);
  });
}

function release(form: HTMLFormElement): void {
  sent.delete(form);
  form.querySelectorAll(".is-sent").forEach((button) => button.classList.remove("is-sent"));
}
