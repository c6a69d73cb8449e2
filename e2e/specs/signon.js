// Single sign-on: a company's own identity provider lets its people in, with script and without.
import assert from "node:assert/strict";
import { inviteAndJoin, logIn, newCompany, scripted, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { accessibility, width } from "../harness/inspect.js";
import { client, startProvider } from "../harness/provider.js";
import { devices, scene } from "../harness/stage.js";

export function signon(suite) {
  scene(suite, "single sign-on is set up and tested", (stage) => beside(stage, setUp));
  scene(suite, "the provider lets people in, with script and without", (stage) => beside(stage, logIns));
  scene(suite, "the provider is the only way in, but for owners", (stage) => beside(stage, onlyWay));
}

/** Plays with a provider of its own, on another site. */
async function beside(stage, play) {
  const provider = await startProvider();
  stage.besides(new URL(provider.issuer).hostname);
  try {
    await play(stage, provider);
  } finally {
    await provider.stop();
  }
}

const kim = { name: "Kim Cruz", email: "kim@cruzfence.example", role: "Office" };

/** A company on Enterprise, with Kim in its office. */
async function enterprise(stage) {
  const company = newCompany("Cruz Fence");
  const owner = await stage.visitor();
  await signUp(stage, owner, company);
  await inviteAndJoin(stage, owner, company, kim);
  await owner.goto(`${company.host}/settings/single-sign-on`);
  await owner.getByText("a part of Enterprise").waitFor();
  return { company, owner };
}

async function upgrade({ company, owner }, stage) {
  const [slug] = new URL(company.host).hostname.split(".");
  await stage.server.sql(`UPDATE app.organizations SET plan = 'enterprise', trial_ends_at = NULL WHERE slug = '${slug}'`);
  await untilUnlocked(owner, company);
}

async function setUp(stage, provider) {
  const { company, owner } = await enterprise(stage);
  await look(stage, owner, "sign-on-locked");
  await upgrade({ company, owner }, stage);
  await look(stage, owner, "sign-on-empty");
  assert.equal(await owner.locator("#redirect-address").innerText(), `${company.host}/login/oidc/callback`);
  const hand = new Hand(owner);
  await owner.getByLabel("Issuer address").fill("http://10.0.0.1");
  await hand.press("Save");
  await owner.getByText("There is a problem").waitFor();
  await look(stage, owner, "sign-on-problems");
  await fill(owner, provider, "not this one");
  await hand.press("Test the connection");
  await owner.getByText("The provider does not know this client id, or not with this secret").waitFor();
  await look(stage, owner, "sign-on-test-failed");
  await fill(owner, provider, client.secret);
  assert.equal(await owner.getByLabel("Client secret").inputValue(), "");
  await hand.press("Test the connection");
  await owner.getByText("It works.").waitFor();
  await look(stage, owner, "sign-on-works");
}

async function logIns(stage, provider) {
  const { company, owner } = await enterprise(stage);
  await upgrade({ company, owner }, stage);
  await fill(owner, provider, client.secret);
  for (const [script, device] of [[true, devices.desk], [false, devices.phone]]) {
    const page = await stage.visitor({ script, device });
    await page.goto(`${company.host}/login?back=/customers`);
    await look(stage, page, `sign-on-login-${script ? "script" : "plain"}`);
    provider.who = kim;
    await new Hand(page).press("Continue with Okta");
    await page.getByRole("button", { name: "I am Kim Cruz" }).click(); // the page between leads on by itself
    if (!script) {
      await page.getByRole("heading", { level: 1, name: "One more step" }).waitFor();
      await look(stage, page, "sign-on-return");
      await new Hand(page).press("Log in");
    }
    await page.waitForURL(`${company.host}/customers`);
    await page.getByRole("heading", { level: 1, name: /^Customers/ }).waitFor();
  }

  const other = await stage.visitor();
  await other.goto(`${company.host}/login`);
  for (const [who, told] of [[{ name: "The owner", email: company.email }, /did not confirm an e-mail address of your company/], [{ name: "Stranger", email: "stranger@cruzfence.example" }, /is nobody here yet/]]) {
    provider.who = who;
    await new Hand(other).press("Continue with Okta");
    await other.getByRole("button", { name: `I am ${who.name}` }).click();
    await other.getByText(told).first().waitFor();
  }
  await stage.shot(other, "sign-on-nobody-1280");

  await owner.goto(`${company.host}/settings/people`);
  await new Hand(owner).press("Kim Cruz");
  await look(stage, owner, "sign-on-person");
  await new Hand(owner).press("Meet anew");
  await owner.getByText("is found by e-mail at the next single sign-on").waitFor();
}

async function onlyWay(stage, provider) {
  const { company, owner } = await enterprise(stage);
  await upgrade({ company, owner }, stage);
  await owner.getByLabel("No other way in").check();
  await fill(owner, provider, client.secret);
  const page = await stage.visitor({ script: false });
  await page.goto(`${company.host}/login`);
  await look(stage, page, "sign-on-only-way");
  await logIn(page, kim.email);
  await page.getByText("Your company logs in with Okta").first().waitFor();
  await logIn(page, company.email);
  await page.waitForURL(`${company.host}/`);
}

/** Fills the form in, with the button shown, and saves it. */
async function fill(page, provider, secret) {
  await page.getByLabel("Name of the provider").fill("Okta");
  await page.getByLabel("Issuer address").fill(provider.issuer);
  await page.getByLabel("Client id").fill(client.id);
  await page.getByLabel("Client secret").fill(secret);
  await page.getByLabel("E-mail domains").fill("cruzfence.example");
  await page.getByLabel("Show the button on the log-in page").check();
  await new Hand(page).press("Save");
  await page.getByText("Single sign-on is saved").waitFor();
}

/** The plan that a page knows may be a second old. */
async function untilUnlocked(page, company) {
  for (let tries = 0; tries < 20; tries++) {
    await page.goto(`${company.host}/settings/single-sign-on`);
    if ((await page.getByLabel("Issuer address").count()) > 0) return;
    await page.waitForTimeout(200);
  }
  throw new Error("the page stays locked");
}

/** Judges a page by the rules, and keeps it for people: on a desk and on a phone. */
async function look(stage, page, name) {
  const wrong = [...((await scripted(page)) ? await accessibility(page) : []), ...(await width(page, 375))];
  await stage.shot(page, `${name}-375`);
  wrong.push(...(await width(page, 1280)));
  await stage.shot(page, `${name}-1280`);
  assert.deepEqual(wrong, []);
}
