// A scene plays in browsers of its own. Whatever a page complains about (script errors, refused policy, hosts
// that are not ours) fails the scene; a failure leaves a screenshot of every open page.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";

export const devices = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};

/**
 * How Chromium is run: a Debian package, also as root, and without calling home. The headless shell draws no window of
 * its own around a page, which takes longer than most pages do.
 */
export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

const wanted = process.argv.indexOf("--shots");
let shots;

/** The folder for screenshots: --shots DIR, or a new temporary one. */
export function shotsFolder() {
  if (!shots) {
    shots = wanted > 0 ? process.argv[wanted + 1] : mkdtempSync(join(tmpdir(), "fence-shots-"));
    mkdirSync(shots, { recursive: true });
  }
  return shots;
}

/** Where screenshots lie; undefined when none was taken. */
export const takenShots = () => shots;

export class Stage {
  #contexts = [];
  #said = [];
  #beside = new Set();
  #seen;

  constructor(suite, t) {
    this.#seen = suite.seen;
    this.server = suite.server;
    this.browser = suite.browser;
    this.t = t;
  }

  /** Lets pages lead to another site's host: an identity provider. */
  besides(hostname) {
    this.#beside.add(hostname);
  }

  /** A person with a device: a page with cookies of its own. script: false for a browser without it. */
  async visitor({ device = devices.desk, script = true, look } = {}) {
    const context = await this.browser.newContext({ ...device, javaScriptEnabled: script, reducedMotion: "reduce", timezoneId: "America/Chicago", locale: "en-US" });
    context.setDefaultTimeout(10_000);
    this.#contexts.push(context);
    // The choice of light is a cookie; the product sets it for each host.
    if (look) await context.addCookies([{ name: "look", value: `${look}..`, domain: ".fence.localhost", path: "/" }]);
    context.on("page", (page) => this.#listen(page));
    if (!script) context.on("response", (answer) => isPage(answer) && this.#seen.push(answer.url()));
    return context.newPage();
  }

  #listen(page) {
    const refused = new Set();
    page.on("response", (answer) => answer.request().isNavigationRequest() && answer.status() >= 400 && answer.status() < 500 && refused.add(answer.url()));
    page.on("pageerror", (error) => this.#said.push(`${page.url()}: ${error.stack}`));
    page.on("console", (message) => {
      // A form that is refused answers 422 with itself; the console calls that an error, we do not.
      if (message.type() !== "error" && !/content security policy/i.test(message.text())) return;
      if (/Failed to load resource/.test(message.text()) && refused.has(message.location().url)) return;
      this.#said.push(`${page.url()}: ${message.text()} (${message.location().url})`);
    });
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith("http") && !hostname.endsWith("fence.localhost") && !this.#beside.has(hostname)) this.#said.push(`${page.url()} asks a foreign host: ${request.url()}`);
    });
  }

  /** Keeps a picture for people to look at, who ask for it by --shots. */
  async shot(page, name, whole = true) {
    if (wanted < 0) return;
    await page.screenshot({ path: join(shotsFolder(), `${name}.png`), fullPage: whole });
  }

  /** Shots of a page on a phone and on a desk; nothing may scroll sideways. */
  async bothWidths(page, name) {
    const was = page.viewportSize();
    for (const { viewport } of [devices.phone, devices.desk]) {
      await page.setViewportSize(viewport);
      await this.shot(page, `${name}-${viewport.width}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wide <= 0, `${name} is ${wide} px too wide at ${viewport.width} px`);
    }
    await page.setViewportSize(was);
  }

  async #fallen() {
    const kept = [];
    const name = this.t.name.replace(/[^a-z0-9]+/gi, "-").slice(0, 60);
    for (const page of this.#contexts.flatMap((context) => context.pages())) {
      const path = join(shotsFolder(), `FAIL-${name}-${kept.length + 1}.png`);
      const taken = await page.screenshot({ path, timeout: 5_000 }).then(() => path, (error) => error.message);
      kept.push(`${page.url()} → ${taken}`);
    }
    return kept.join("\n");
  }

  async play(scene) {
    try {
      await scene(this);
    } catch (error) {
      error.stack = [error.stack, "the browser said:", ...this.#said, "the server said:", ...(await this.server.complaints().catch(() => [])).slice(-5), "screenshots:", await this.#fallen()].join("\n");
      throw error;
    } finally {
      await Promise.all(this.#contexts.map((context) => context.close()));
    }
    if (this.#said.length) throw new Error(`want a quiet browser, it said:\n${[...new Set(this.#said)].join("\n")}`);
  }
}

/** Whether an answer is a page that somebody opened: not a form's answer, a picture or a file. */
export const isPage = (answer) => answer.request().isNavigationRequest() && answer.request().method() === "GET" && /^text\/html/.test(answer.headers()["content-type"] ?? "");

/** Declares a test of one scene. */
export function scene(suite, name, deed) {
  test(name, { timeout: 180_000 }, (t) => new Stage(suite, t).play(deed));
}
