// data-proof on a form holds a challenge: the browser looks for a text that, behind it, has a hash that begins with so
// many zero bits. It begins at once, in pieces, so that typing goes on; a form that is sent earlier waits for it.
// Without script the form is sent a minute later.

export function beginProofs(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-proof]").forEach(work);
}

function work(form: HTMLFormElement): void {
  const challenge = form.dataset.proof ?? "";
  const bits = Number(form.dataset.proofBits);
  const field = form.elements.namedItem("proof");
  if (!(field instanceof HTMLInputElement) || !challenge || !(bits > 0)) return;
  let wanted: HTMLElement | null | undefined;
  const hold = (event: SubmitEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    wanted = event.submitter;
    event.submitter?.classList.add("is-sent");
  };
  form.addEventListener("submit", hold, true);
  let tried = 0;
  const piece = (): void => {
    for (const end = tried + 4000; tried < end; tried++) {
      if (!answers(challenge, tried, bits)) continue;
      field.value = String(tried);
      form.removeEventListener("submit", hold, true);
      if (wanted !== undefined) form.requestSubmit(wanted);
      return;
    }
    window.setTimeout(piece, 0);
  };
  piece();
}

function answers(challenge: string, proof: number, bits: number): boolean {
  return Math.clz32(firstWord(`${challenge}:${proof}`)) >= bits;
}

const primes = Array.from({ length: 320 }, (_, n) => n).filter((n) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && d * d <= n && n % d === 0));
const fraction = (x: number): number => Math.floor((x - Math.floor(x)) * 0x100000000) >>> 0;
const begin = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
const rounds = primes.slice(0, 64).map((p) => fraction(Math.cbrt(p)));
const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by));

// firstWord is the first 32 bits of SHA-256 of a text in ASCII. The browser's own digest answers later each time, which
// is slower than this for texts as short.
function firstWord(text: string): number {
  const blocks = (text.length + 8 >> 6) + 1;
  const words = new Int32Array(blocks * 16);
  for (let i = 0; i < text.length; i++) words[i >> 2]! |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  words[text.length >> 2]! |= 0x80 << (24 - (text.length & 3) * 8);
  words[words.length - 1] = text.length * 8;
  const state = Int32Array.from(begin);
  const w = new Int32Array(64);
  for (let block = 0; block < blocks; block++) {
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
    for (let i = 0; i < 64; i++) {
      if (i < 16) {
        w[i] = words[block * 16 + i]!;
      } else {
        const x = w[i - 15]!;
        const y = w[i - 2]!;
        w[i] = (w[i - 16]! + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7]! + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
      }
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i]! + w[i]!) | 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + one) | 0;
      d = c;
      c = b;
      b = a;
      a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach((x, i) => { state[i] = (state[i]! + x) | 0; });
  }
  return state[0]!;
}
