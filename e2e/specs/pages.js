// Every page of the product, found by following its links without script, then looked at in each light and width.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { logIn, newCompany, signUp } from "../harness/company.js";
import { accessibility, keyboard, markup, width, withoutScript } from "../harness/inspect.js";
import { mailTo, mails } from "../harness/mail.js";
import { routeOf } from "../harness/routes.js";
import { devices, isPage, scene } from "../harness/stage.js";
import { Hand } from "../harness/hand.js";

export const demo = { slug: "acme", email: "sam@acmefence.example", password: "four posts and a gate" };

/** Answers of GET that are no pages, and what they are. */
const documents = {
  "apex /dev/mail/{file}/{part}": "what was attached to a mail",
  "company /{sheet}": "a company's color, as a style sheet",
  "company /q/{token}/paid": "leads back to the quote, but for the moment in which a payment is not known yet",
  "company /q/{token}/quote.pdf": "the quote on paper",
  "company /q/{token}/signed.pdf": "the signed copy",
  "company /quotes/{id}/versions/{n}/{paper}": "the papers of a version",
};

/** The same page in another state is looked at again: a draft and a sent quote differ. */
const mostStates = 3;

export function pages(suite) {
  scene(suite, "every page opens without script and can be used", async (stage) => {
    const walk = new Walk(stage, suite.routes);
    await walk.strangers();
    await walk.company();
    suite.places = [...walk.places.values()];
    stage.t.diagnostic(`${suite.places.length} pages and states of ${new Set(suite.places.map((p) => p.route.name)).size} routes`);
    assert.deepEqual(walk.wrong, []);
  });

  describe("looks", { concurrency: 2 }, () => {
    for (const [device, widths] of [["desk", [768, 1280]], ["phone", [320, 375]]]) {
      for (const part of [1, 2]) {
        scene(suite, `every page at ${widths.at(-1)} px in three lights, part ${part} of 2: rules, widths, headings, keys`, (stage) => looks(stage, half(suite.places, part), device, widths));
      }
    }
    scene(suite, "no two pages have one title", (stage) => titles(stage, suite.places));
  });
}

/** Runs after every scene: a page that no browser without script has seen is a page without a test. */
export function accounting(suite) {
  test("each page has a test without script", () => {
    const seen = new Set(suite.seen.map((address) => routeOf(suite.routes, address)?.name));
    const names = suite.routes.map((route) => route.name);
    assert.deepEqual(names.filter((name) => !seen.has(name) && !documents[name]), [], "pages that no scene opens without script");
    assert.deepEqual(Object.keys(documents).filter((name) => !names.includes(name)), [], "documents that the product does not have");
  });
}

class Walk {
  places = new Map();
  wrong = [];

  constructor(stage, routes) {
    Object.assign(this, { stage, routes });
  }

  /** Pages before a log-in: apex, joining, and what mailed links open. */
  async strangers() {
    const { server } = this.stage;
    const page = await this.stage.visitor({ script: false });
    const company = newCompany("Walker Fence");
    let start;
    page.on("framenavigated", (frame) => frame.url().includes("/start?") && (start = frame.url()));
    await signUp(this.stage, page, company);
    const newcomer = { page, who: company };
    await this.visit(newcomer, company.host);
    const stranger = { page: await this.stage.visitor({ script: false }) };
    for (const address of [server.apex, `${server.apex}/dev/mail`, `${server.apex}/dev/clock`, start, `${company.host}/login`, `${company.host}/forgot`]) await this.visit(stranger, address);
    await stranger.page.goto(`${company.host}/forgot`);
    await stranger.page.getByLabel("E-mail").fill(company.email);
    await new Hand(stranger.page).press("Send me the link");
    await mailTo(server, company.email, /password/i);
    await page.goto(`${company.host}/settings/people`);
    await page.getByLabel(/^E-mail/).fill("kim@ruizfence.example");
    await page.getByRole("radio", { name: /^Estimator/ }).check();
    await new Hand(page).press("Send invitation");
    await mailTo(server, "kim@ruizfence.example", /^Join /);
    for (const mail of await mails(server)) {
      for (const link of mail.links.filter((link) => link.includes("fence.localhost"))) await this.follow(stranger, link);
    }
    await this.follow(stranger, `${server.apex}/dev/mail`);
  }

  /** Everything that links lead to in a company that has some of everything. */
  async company() {
    const page = await this.stage.visitor({ script: false });
    const host = this.stage.server.at(demo.slug);
    await page.goto(`${host}/login`);
    await logIn(page, demo.email, demo.password);
    await page.waitForURL(`${host}/`);
    await ownZone(page, host);
    await ownKey(page, host);
    await this.follow({ page, who: { ...demo, host } }, host);
  }

  /** Follows links from a page, breadth first, a few for each route. */
  async follow(person, from) {
    const waiting = [from];
    const asked = new Set();
    const counts = new Map();
    while (waiting.length > 0) {
      const address = waiting.shift();
      const route = routeOf(this.routes, address);
      const count = counts.get(route?.name) ?? 0;
      if (!route || asked.has(address) || count >= mostStates || documents[route.name]) continue;
      asked.add(address);
      counts.set(route.name, count + 1);
      await this.visit(person, address);
      const links = await person.page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href.replace(/#.*/, "")));
      waiting.push(...links.filter((link) => link.startsWith(new URL(from).origin)));
    }
  }

  /** A link may lead elsewhere, as to the log-in: the page looked at is the one arrived at. */
  async visit({ page, who }, address) {
    const answer = await page.goto(address);
    if (!isPage(answer)) return;
    const route = routeOf(this.routes, page.url());
    const chips = await page.locator(".page-title .chip").allTextContents();
    const choice = new URL(address).searchParams.has("code") ? "" : new URL(address).search;
    const place = { route, address, who, state: `${chips.join(" ").trim()}${choice}` };
    const name = `${route?.name} ${place.state}`;
    if (!this.places.has(name)) this.places.set(name, place);
    const complaints = await withoutScript(page);
    if (answer.status() !== 200) complaints.push(`answers ${answer.status()}`);
    this.wrong.push(...complaints.map((complaint) => `${address} (${route?.name}): ${complaint}`));
  }
}

/** A zone of the company's own, so that its pages can be reached. */
async function ownZone(page, host) {
  await page.goto(`${host}/zones/new`);
  await page.getByLabel(/^Name/).fill("Hill country");
  await page.locator("[name=members]").fill("78620");
  await page.locator("main form button[type=submit]").last().click();
  await page.waitForURL((url) => url.pathname !== "/zones/new");
}

/** A key of the company's own, so that the page that revokes it can be reached. */
async function ownKey(page, host) {
  await page.goto(`${host}/settings/api-keys/new`);
  await page.getByLabel("What uses it").fill("Website");
  await page.locator("[name=scope-customers]").selectOption("customers.read");
  await page.locator("main form button[type=submit]").last().click();
  await page.goto(`${host}/settings/api-keys`);
}

const half = (places, part) => places.slice(part === 1 ? 0 : Math.ceil(places.length / 2), part === 1 ? Math.ceil(places.length / 2) : undefined);

async function titles(stage, places) {
  const wrong = [];
  const titles = new Map();
  const visitors = new Map();
  for (const place of places) {
    const page = await visitorFor(stage, visitors, place.who, devices.desk);
    await page.goto(place.address);
    const title = `${await page.title()} of ${place.who?.host}`;
    const twin = titles.get(title) ?? place.route;
    if (twin !== place.route) wrong.push(`${place.route.name} ${place.address} has the title of ${twin.name}, ${title}`);
    titles.set(title, place.route);
  }
  assert.deepEqual(wrong, []);
}

async function looks(stage, places, device, widths) {
  const wrong = [];
  const visitors = new Map();
  for (const place of places) {
    const page = await visitorFor(stage, visitors, place.who, devices[device]);
    await page.setViewportSize(devices[device].viewport);
    await page.goto(place.address);
    await stage.shot(page, fileName(place, device));
    const complaints = [...(await markup(page)), ...(await accessibility(page))];
    if (device === "desk") complaints.push(...(await keyboard(page)));
    for (const pixels of widths) complaints.push(...(await width(page, pixels)));
    wrong.push(...complaints.map((complaint) => `${place.route.name} ${place.state} ${place.address}\n  ${complaint}`));
  }
  assert.equal(wrong.length, 0, `want no complaint, got ${wrong.length}:\n${wrong.join("\n")}`);
}

/** One browser for each person, logged in once. */
async function visitorFor(stage, visitors, who, device) {
  const key = who?.host ?? "stranger";
  if (!visitors.has(key)) {
    const page = await stage.visitor({ device, look: "light" });
    // The hand-over would send itself and be another page.
    await page.addInitScript(() => location.pathname === "/start" && (HTMLFormElement.prototype.requestSubmit = () => {}));
    if (who) {
      await page.goto(`${who.host}/login`);
      await logIn(page, who.email, who.password);
      await page.waitForURL((url) => url.pathname !== "/login");
    }
    visitors.set(key, page);
  }
  return visitors.get(key);
}

const fileName = (place, device) => `${place.route.name} ${place.state}`.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "") + `-${devices[device].viewport.width}`;
