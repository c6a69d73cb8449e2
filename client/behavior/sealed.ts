// data-awaits names the address of the signed copy. It is sealed a moment after the signature: ask for it a few
// times, then show the page with its button. The link on the page does the same by hand.

const pause = 3000;
const tries = 20;

export function beginSealedCopy(): void {
  const address = document.querySelector<HTMLElement>("[data-awaits]")?.dataset.awaits;
  if (!address) return;
  let left = tries;
  const ask = async (): Promise<void> => {
    if (document.visibilityState === "visible") {
      left--;
      const answer = await fetch(address, { method: "HEAD", credentials: "same-origin", cache: "no-store" }).catch(() => null);
      if (answer?.ok) return location.reload();
    }
    if (left > 0) window.setTimeout(() => void ask(), pause);
  };
  window.setTimeout(() => void ask(), pause / 2);
}
