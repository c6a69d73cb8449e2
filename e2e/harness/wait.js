/** Waits some milliseconds; only between two looks at something that reports nothing by itself. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks again until there is something, and says what was wanted when there never is. */
export async function until(wanted, look, seconds = 10) {
  for (const end = Date.now() + seconds * 1000; ; await pause(25)) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${wanted}`);
  }
}
