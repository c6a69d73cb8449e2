// What a page is looked at for, whatever it is about. Each look answers a list of complaints; none is good.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * Accessibility: the rules of levels A and AA in light; in the other lights, which change nothing but colors,
 * the rules about colors. Daylight wants more contrast than AA.
 */
export async function accessibility(page) {
  const { width, height } = page.viewportSize();
  // The whole page at once: what a sticky bar covers for now is not covered for good.
  await page.setViewportSize({ width, height: Math.max(height, await page.evaluate(() => document.documentElement.scrollHeight)) });
  await page.evaluate(axe); // by the debugger: the policy of the page forbids foreign script
  const found = await page.evaluate(async (tags) => {
    const root = document.documentElement;
    const all = [];
    for (const [theme, runOnly] of [["light", tags], ["dark", ["color-contrast"]], ["daylight", ["color-contrast-enhanced"]]]) {
      root.dataset.theme = theme;
      const { violations } = await globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] });
      all.push(...violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${theme}: ${id}: ${node.target.join(" ")}: ${node.failureSummary.split("\n").slice(1).join(" ").trim()}`)));
    }
    root.dataset.theme = "light";
    return all;
  }, rules);
  await page.setViewportSize({ width, height });
  return found;
}

/** Nothing is wider than the window, and no control stands half outside of it. */
export async function width(page, pixels) {
  await page.setViewportSize({ width: pixels, height: page.viewportSize().height });
  const found = await page.evaluate(() => {
    const wide = document.documentElement.scrollWidth;
    if (wide <= window.innerWidth) return null;
    const over = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 0.5);
    const last = over.at(-1);
    return `${wide} px wide: <${last?.tagName.toLowerCase()} class="${last?.className}"> ${last?.textContent.trim().slice(0, 40)}`;
  });
  return found ? [`at ${pixels} px the page scrolls sideways, ${found}`] : [];
}

/** One first heading, a title, landmarks, each id once, no markup that the policy forbids, none of the words we do not use. */
export async function markup(page) {
  return page.evaluate(() => {
    const wrong = [];
    const count = document.querySelectorAll("h1").length;
    if (count !== 1) wrong.push(`${count} h1, want 1`);
    if (!document.title.includes(" · ")) wrong.push(`title "${document.title}" does not say whose page it is`);
    if (document.querySelectorAll("main").length !== 1) wrong.push("no single <main>");
    const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
    for (const id of new Set(ids.filter((id, n) => ids.indexOf(id) !== n))) wrong.push(`id "${id}" is there twice`);
    // Styles that script sets on an element are not in the answer; the answer itself has none.
    const text = document.querySelector("main")?.innerText ?? "";
    for (const word of [/\bplease\b/i, /\bsorry\b/i, /\boops\b/i, /\bsuccessfully\b/i, /\(s\)/, /\binvalid\b/i, /\w!(\s|$)/]) {
      const found = text.match(word);
      if (found) wrong.push(`the page says "${found[0]}"`);
    }
    return wrong;
  });
}

/** Tab alone reaches the page's first primary action, and shows that it did. */
export async function keyboard(page) {
  const primary = page.locator(".button.primary").filter({ visible: true }).first();
  if ((await primary.count()) === 0) return [];
  const name = (await primary.innerText()).trim();
  await primary.evaluate((e) => e.setAttribute("data-wanted", ""));
  await page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const on = document.activeElement;
      if (!on?.hasAttribute("data-wanted")) return null;
      const style = getComputedStyle(on);
      const { x, y, width, height } = on.getBoundingClientRect();
      const top = document.elementFromPoint(x + width / 2, y + height / 2);
      return { shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2, covered: !on.contains(top) };
    });
    if (found) return [!found.shown && `focus on "${name}" is not shown`, found.covered && `"${name}" is covered when it has the focus`].filter(Boolean);
  }
  return [`150 times Tab does not reach "${name}"`];
}

/** Without script every form has a button that sends it, and every button and link does something. */
export async function withoutScript(page) {
  return page.evaluate(() => {
    const wrong = [];
    for (const form of document.querySelectorAll("form")) {
      const send = [...document.querySelectorAll("button, input[type=submit], input[type=image]")].some((b) => b.form === form && b.type === "submit" && !b.hidden);
      if (!send) wrong.push(`form ${form.getAttribute("action")} has no button that sends it`);
    }
    for (const link of document.querySelectorAll("a:not([href])")) wrong.push(`link "${link.textContent.trim()}" leads nowhere`);
    for (const button of document.querySelectorAll("button[type=button]")) {
      if (button.checkVisibility()) wrong.push(`button "${button.textContent.trim()}" does nothing without script`);
    }
    return wrong;
  });
}
