// data-beacon on the page's main part names the address that is told, once, that a person looked at it: opening
// a link changes nothing, because mail scanners open links too.

export function beginBeacon(): void {
  const address = document.querySelector<HTMLElement>("[data-beacon]")?.dataset.beacon;
  if (!address) return;
  let told = false;
  const tell = (): void => {
    if (told || document.visibilityState !== "visible") return;
    told = true;
    void fetch(address, { method: "POST", keepalive: true, credentials: "same-origin" });
  };
  window.setTimeout(tell, 1000);
  document.addEventListener("visibilitychange", tell);
}
