// The whole path: sign up, quote the sample yard, mail it, choose and sign at the other end, the job, the proof.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { mailTo } from "../harness/mail.js";
import { root } from "../harness/server.js";
import { devices, scene } from "../harness/stage.js";

/** From the sign-up to a quote on its way, at most so many fields filled and buttons pressed. */
const mostInteractions = 12;

export function path(suite) {
  scene(suite, "sign-up to signed quote to job on a phone, signed by drawing", (stage) => walk(stage, { device: devices.phone, drawn: true }));
  scene(suite, "the same without script, signed by typing", (stage) => walk(stage, { script: false }));
}

async function walk(stage, { drawn = false, ...person }) {
  const began = Date.now();
  const owner = await stage.visitor(person);
  const company = newCompany(drawn ? "Thumb Fence" : "Typed Fence");
  const hand = await signUp(stage, owner, company);
  await hand.press("Quote the sample yard");
  await owner.waitForURL((url) => url.pathname.startsWith("/sketches/"));
  await hand.press("Make a quote");
  await owner.waitForURL((url) => url.pathname.startsWith("/quotes/"));
  await hand.press("Send to 1 person");
  const sent = await mailTo(stage.server, company.email, /^Your fence quote from /);
  stage.t.diagnostic(`sign-up to sent quote: ${hand.count} interactions, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  assert.ok(hand.count <= mostInteractions, `want at most ${mostInteractions} interactions, got ${hand.count}`);

  const homeowner = await stage.visitor({ ...person, device: devices.phone });
  await sign(stage, homeowner, sent.links.find((link) => link.includes("/q/")), drawn);
  const copy = await mailTo(stage.server, company.email, /^Signed: /);
  await prove(stage, copy.attachments[0].body, drawn ? "drawn" : "typed");

  await owner.goto(`${company.host}/jobs`);
  await owner.getByRole("row", { name: /J-\d{4}-000001/ }).getByRole("link").first().click();
  await owner.getByRole("heading", { level: 1 }).waitFor();
  assert.match(await owner.locator("main").innerText(), /Sold/);
  await stage.shot(owner, `path-job-${drawn ? "script" : "typed"}`);
}

async function sign(stage, page, link, drawn) {
  const hand = new Hand(page);
  await page.goto(link);
  await stage.shot(page, `path-quote-${drawn ? "script" : "typed"}`);
  await page.getByRole("radio", { name: /Elite/ }).check();
  await hand.press("Choose and sign");
  await page.waitForURL((url) => url.pathname.endsWith("/sign"));
  await page.getByLabel(/full name/i).fill("Dana Ruiz");
  if (drawn) await scrawl(page);
  await page.locator("input[name=consent]").check();
  await stage.shot(page, `path-sign-${drawn ? "script" : "typed"}`);
  await hand.press(/^Sign for \$/);
  await page.getByRole("heading", { level: 1, name: /Dana/ }).waitFor();
  await stage.shot(page, `path-signed-${drawn ? "script" : "typed"}`);
}

/** Draws something like a name with a finger. */
async function scrawl(page) {
  const canvas = page.locator("[data-pad-box] canvas");
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  await page.mouse.move(box.x + 20, box.y + box.height / 2);
  await page.mouse.down();
  for (let step = 1; step <= 20; step++) await page.mouse.move(box.x + 20 + step * 10, box.y + box.height / 2 + 30 * Math.sin(step));
  await page.mouse.up();
}

/** The signed copy proves itself; a flipped byte and another key's seal do not pass. */
async function prove(stage, signed, name) {
  const { server } = stage;
  const file = (kind) => join(server.dir, `${name}-${kind}.pdf`);
  await writeFile(file("signed"), signed);
  const genuine = await server.fence("verify", file("signed"));
  assert.equal(genuine.code, 0, genuine.output);
  assert.match(genuine.output, /^GENUINE/);

  const flipped = Buffer.from(signed);
  flipped[Math.floor(flipped.length / 2)] ^= 1;
  await writeFile(file("flipped"), flipped);
  const changed = await server.fence("verify", file("flipped"));
  assert.equal(changed.code, 1);
  assert.match(changed.output, /NOT GENUINE/);

  const reader = await stage.visitor();
  await reader.goto(`${server.apex}/.well-known/fence-seal-key`);
  const key = (await reader.locator("body").innerText()).trim();
  await promisify(execFile)("go", ["run", "./e2e/forge", file("signed"), file("forged"), key], { cwd: root });
  const forged = await server.fence("verify", file("forged"));
  assert.equal(forged.code, 1);
  assert.match(forged.output, /NOT GENUINE/);
}
