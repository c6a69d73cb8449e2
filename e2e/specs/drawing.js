// The reference yard drawn in every way there is. All ways give the same posts, bags and cents.
import assert from "node:assert/strict";
import { addCustomer, newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { devices, scene } from "../harness/stage.js";
import { until } from "../harness/wait.js";

/** What the reference yard takes: a U of 40, 60 and 40 ft with one 48-in gate. */
const yard = { posts: "20", rails: "54", bags: "45" };

export function drawing(suite) {
  let cents; // of the first way; the others give the same

  const sameAs = async (page) => {
    const found = await read(page);
    assert.deepEqual({ posts: found.posts, rails: found.rails, bags: found.bags }, yard);
    assert.equal(found.totals.length, 3, `three tiers are priced, got ${found.totals}`);
    cents ??= found.totals;
    assert.deepEqual(found.totals, cents, "another way of drawing gives the same cents");
  };

  scene(suite, "the reference yard by the table, without script", async (stage) => {
    const page = await sketchOf(stage, { script: false });
    await drawByTable(page);
    await stage.shot(page, "sketch-table-1280");
    await sameAs(page);
  });

  scene(suite, "the reference yard by mouse and typed lengths", async (stage) => {
    const page = await sketchOf(stage);
    const box = await page.locator(".sketch-canvas").boundingBox();
    const [x, y] = [box.x + box.width * 0.2, box.y + box.height * 0.85];
    await page.mouse.click(x, y);
    await page.mouse.move(x, y - 200);
    await page.keyboard.type("40\n");
    await page.mouse.move(x + 250, y - 260);
    await page.keyboard.type("60\n");
    await page.mouse.move(x + 420, y - 120);
    await page.keyboard.type("40\n\n");
    await labelled(page, /3 runs, 140 ft, no gates, open U/);
    await page.keyboard.press("f");
    await page.getByRole("button", { name: "Gate", exact: true }).first().click();
    const run = await page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
      const { x, y, width, height } = document.querySelectorAll(".runs .run")[0].getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    });
    await page.mouse.click(run.x, run.y);
    await labelled(page, /1 gate/);
    const from = page.getByLabel("From start").filter({ visible: true }).first();
    await from.fill("8");
    await from.press("Enter");
    await saved(page);
    await stage.shot(page, "sketch-mouse-1280", false);
    await sameAs(page);
  });

  scene(suite, "the reference yard by keyboard alone, from the property's page to the price", async (stage) => {
    const page = await propertyOf(stage);
    await tabTo(page, (on) => on.textContent.trim() === "New sketch");
    await page.keyboard.press("Enter");
    await ready(page);
    await tabTo(page, (on) => on.matches(".sketch-canvas"));
    for (const key of ["d", "Enter", "4", "0", "Enter", "r", "6", "0", "Enter", "r", "4", "0", "Enter", "Enter"]) await page.keyboard.press(key);
    await labelled(page, /3 runs, 140 ft, no gates, open U/);
    for (const key of ["v", "Enter", "Tab", "g"]) await page.keyboard.press(key);
    await page.locator("input[name=asked]:focus").waitFor();
    for (const key of ["8", "Enter"]) await page.keyboard.press(key);
    await labelled(page, /1 gate/);
    await saved(page);
    await sameAs(page);
  });

  scene(suite, "a typed length is measured, undo brings the old one back, and both are kept", async (stage) => {
    const page = await sketchOf(stage);
    await page.locator(".sketch-canvas").focus();
    for (const key of ["d", "Enter", "4", "0", "Enter", "r", "6", "0", "Enter", "Enter"]) await page.keyboard.press(key);
    await labelled(page, /2 runs, 100 ft/);
    for (const key of ["v", "Enter", "Tab", "Enter"]) await page.keyboard.press(key);
    await page.locator("input[name=asked]:focus").waitFor();
    await page.keyboard.type("42'6\n");
    await labelled(page, /2 runs, 102 ft 6 in/);
    await saved(page);
    await page.reload();
    await ready(page);
    await labelled(page, /2 runs, 102 ft 6 in/);
    await page.locator(".sketch-canvas").focus();
    await page.keyboard.press("Control+z");
    await labelled(page, /2 runs, 100 ft/);
    await page.getByRole("button", { name: /^Undo/ }).first().click();
    await labelled(page, /1 run, 40 ft/);
  });

  scene(suite, "the reference yard on a phone by taps and the pad", async (stage) => {
    const page = await sketchOf(stage, { device: devices.phone });
    const key = (name) => page.getByRole("button", { name, exact: true }).filter({ visible: true }).first();
    const box = await page.locator(".sketch-canvas").boundingBox();
    // Where the number pad will be: what the tap brings up is not pressed by it, and the start stays in sight.
    await page.touchscreen.tap(box.x + 60, box.y + box.height * 0.8);
    await key("Add run").waitFor();
    assert.equal(await page.locator("input[data-pad]").inputValue(), "");
    const shown = await page.locator(".sketch-canvas").boundingBox();
    const start = await page.locator(".open-end").boundingBox();
    assert.ok(start.y > shown.y && start.y + start.height < shown.y + shown.height, "the start lies under the pad");
    for (const name of ["4", "0", "Add run", "Right 90", "6", "0", "Add run", "Right 90", "4", "0", "Add run", "Done"]) await key(name).tap();
    await labelled(page, /3 runs, 140 ft, no gates, open U/);
    await page.locator(".sketch-canvas").focus();
    for (const name of ["f", "v", "Enter", "Tab", "g"]) await page.keyboard.press(name);
    await page.locator("input[name=asked]:focus").waitFor();
    await page.keyboard.type("8\n");
    await labelled(page, /1 gate/);
    await saved(page);
    await stage.shot(page, "sketch-pad-375", false);
    await sameAs(page);
  });
}

/** Draws the reference yard in the table of runs; every press is a form sent to the server. */
export async function drawByTable(page) {
  const hand = new Hand(page);
  const next = page.locator("#next-run");
  for (const [feet, turn] of [["40"], ["60", "Right"], ["40", "Right"]]) {
    await next.getByLabel(/^Length/).fill(feet);
    await next.getByLabel("Measured").check();
    if (turn) {
      await next.getByLabel("Turn at start").selectOption({ label: turn });
      await next.getByLabel("Degrees").fill("90");
    }
    await hand.press("Add run", next);
    await page.waitForLoadState();
  }
  const first = page.locator("#run-0");
  await first.getByText("Add gate to run").click();
  await first.getByLabel("Opening").fill("48");
  await first.getByLabel("From start").fill("8");
  await hand.press("Add gate", first);
  await page.getByText("Gate 1", { exact: true }).waitFor();
  return hand;
}

/** The panel's counts and totals, as a person reads them. */
async function read(page) {
  await page.locator(".sketch-panel:not([aria-busy])").waitFor({ state: "attached" });
  return page.locator(".sketch-panel").evaluate((panel) => {
    const line = (name) => [...panel.querySelectorAll("details.why")].find((why) => why.querySelector(".why-name").textContent.trim().startsWith(name));
    const figure = (name) => line(name)?.querySelector("summary .figure").textContent.trim().split(" ")[0];
    return {
      posts: figure("Posts"),
      rails: [...(line("Rails")?.querySelectorAll(".hint") ?? [])].map((hint) => hint.textContent.match(/^(\d+) built in/)?.[1]).find(Boolean), // more are ordered
      bags: figure("Concrete"),
      totals: [...panel.querySelectorAll(".total-figure")].map((cell) => cell.textContent.trim()),
    };
  });
}

async function propertyOf(stage, options = {}) {
  const company = newCompany("Drawn Fence");
  const page = await stage.visitor(options);
  await signUp(stage, page, company);
  await addCustomer(page, company.host, { name: "Dana Ruiz" });
  await page.getByRole("link", { name: /12 Oak Street/ }).first().click();
  await page.getByRole("heading", { level: 1, name: /12 Oak Street/ }).waitFor();
  return page;
}

async function sketchOf(stage, options = {}) {
  const page = await propertyOf(stage, options);
  await new Hand(page).press("New sketch");
  await page.waitForURL(/\/sketches\//);
  if (options.script !== false) await ready(page);
  return page;
}

const ready = async (page) => {
  await page.locator("fence-sketch.live").waitFor();
  await labelled(page, /./);
};

const labelled = (page, text) =>
  until(`a drawing that is called ${text}`, async () => text.test((await page.locator(".sketch-canvas").getAttribute("aria-label")) ?? ""));

/** The drawing is stored and the panel belongs to it. */
const saved = async (page) => {
  await page.locator(".sketch-status", { hasText: /^Saved/ }).waitFor({ state: "attached" });
  await page.locator(".sketch-panel:not([aria-busy])").waitFor({ state: "attached" });
};

async function tabTo(page, wanted) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(`(${wanted})(document.activeElement)`)) return;
  }
  throw new Error(`80 times Tab does not reach ${wanted}`);
}
