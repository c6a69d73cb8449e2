// Single sign-on: a company's own identity provider lets its people in, with script and without.
import assert from "node:assert/strict";
import { inviteAndJoin, newCompany, password, scripted, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { accessibility, width } from "../harness/inspect.js";
import { client, startProvider } from "../harness/provider.js";
import { devices, scene } from "../harness/stage.js";

export function signon(suite) {
  scene(suite, "single sign-on is set up, tested and used, with script and without; the owner stays out of it", async (stage) => {
    const provider = await startProvider();
    stage.besides(new URL(provider.issuer).hostname);
    try {
      await logInsAtTheProvider(stage, provider);
    } finally {
      await provider.stop();
    }
  });
}

async function logInsAtTheProvider(stage, provider) {
  const company = newCompany("Cruz Fence");
  const owner = await stage.visitor();
  await signUp(stage, owner, company);
  const kim = { name: "Kim Cruz", email: "kim@cruzfence.example", role: "Office" };
  await inviteAndJoin(stage, owner, company, kim);
  await owner.goto(`${company.host}/settings/single-sign-on`);
  await owner.getByText("a part of Enterprise").waitFor();
  await look(stage, owner, "sign-on-locked");
  await stage.server.sql("UPDATE app.organizations SET plan = 'enterprise', trial_ends_at = NULL WHERE slug = " + `'${new URL(company.host).hostname.split(".")[0]}'`);
  await untilUnlocked(owner, company);
  await setUp(stage, owner, provider, company);

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

  const boss = await stage.visitor();
  await boss.goto(`${company.host}/login`);
  provider.who = { name: "The owner", email: company.email };
  await new Hand(boss).press("Continue with Okta");
  await boss.getByRole("button", { name: "I am The owner" }).click();
  await boss.getByText(/did not confirm an e-mail address of your company/).first().waitFor(); // the owner's domain is another
  provider.who = { name: "Stranger", email: "stranger@cruzfence.example" };
  await new Hand(boss).press("Continue with Okta");
  await boss.getByRole("button", { name: "I am Stranger" }).click();
  await boss.getByText(/is nobody here yet/).first().waitFor();
  await stage.shot(boss, "sign-on-nobody-1280");

  await owner.goto(`${company.host}/settings/single-sign-on`);
  await owner.getByLabel("No other way in").check();
  await new Hand(owner).press("Save");
  await owner.getByText("Single sign-on is saved").waitFor();
  const only = await stage.visitor({ script: false });
  await only.goto(`${company.host}/login`);
  await look(stage, only, "sign-on-only-way");
  await only.getByLabel("E-mail").fill(kim.email);
  await only.getByLabel("Password").fill(password);
  await new Hand(only).press("Log in");
  await only.getByText("Your company logs in with Okta").first().waitFor();
  await only.getByLabel("E-mail").fill(company.email);
  await only.getByLabel("Password").fill(password);
  await new Hand(only).press("Log in");
  await only.waitForURL(`${company.host}/`);

  await owner.goto(`${company.host}/settings/people`);
  await new Hand(owner).press("Kim Cruz");
  await look(stage, owner, "sign-on-person");
  await new Hand(owner).press("Meet anew");
  await owner.getByText("is found by e-mail at the next single sign-on").waitFor();
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

async function setUp(stage, page, provider, company) {
  const hand = new Hand(page);
  await look(stage, page, "sign-on-empty");
  assert.equal(await page.locator("#redirect-address").innerText(), `${company.host}/login/oidc/callback`);
  await page.getByLabel("Issuer address").fill("http://10.0.0.1");
  await hand.press("Save");
  await page.getByText("There is a problem").waitFor();
  await look(stage, page, "sign-on-problems");
  await page.getByLabel("Name of the provider").fill("Okta");
  await page.getByLabel("Issuer address").fill(provider.issuer);
  await page.getByLabel("Client id").fill(client.id);
  await page.getByLabel("Client secret").fill("not this one");
  await page.getByLabel("E-mail domains").fill("cruzfence.example");
  await hand.press("Save");
  await page.getByText("Single sign-on is saved").waitFor();
  await hand.press("Test the connection");
  await page.getByText("The provider does not know this client id, or not with this secret").waitFor();
  await look(stage, page, "sign-on-test-failed");
  await page.getByLabel("Client secret").fill(client.secret);
  await page.getByLabel("Show the button on the log-in page").check();
  await hand.press("Save");
  await page.getByText("Single sign-on is saved").waitFor();
  assert.equal(await page.getByLabel("Client secret").inputValue(), "");
  await hand.press("Test the connection");
  await page.getByText("It works.").waitFor();
  await look(stage, page, "sign-on-works");
}

/** Judges a page by the rules, and keeps it for people: on a desk and on a phone. */
async function look(stage, page, name) {
  const wrong = [...((await scripted(page)) ? await accessibility(page) : []), ...(await width(page, 375))];
  await stage.shot(page, `${name}-375`);
  wrong.push(...(await width(page, 1280)));
  await stage.shot(page, `${name}-1280`);
  assert.deepEqual(wrong, []);
}
