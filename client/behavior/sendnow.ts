// A form with data-send-now is sent by itself: the hand-over from the sign-up needs no second press.
// Without script its button does the same.
export function beginSendNow(): void {
  document.querySelector<HTMLFormElement>("form[data-send-now]")?.requestSubmit();
}
