// A person's own account: authenticator app, recovery codes, passkeys, devices; what one replica changes another sees.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { addCustomer, inviteAndJoin, logIn, newCompany, password, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { accessibility, width } from "../harness/inspect.js";
import { mailTo } from "../harness/mail.js";
import { startReplicas } from "../harness/replicas.js";
import { Stage, devices, scene } from "../harness/stage.js";
import { pause } from "../harness/wait.js";

export function account(suite) {
  scene(suite, "an authenticator app is set up and asked for, without script; a recovery code works once", async (stage) => {
    const company = newCompany();
    const page = await stage.visitor({ script: false, device: devices.phone });
    await signUp(stage, page, company);
    await page.goto(`${company.host}/account`);
    await look(stage, page, "account");
    const hand = new Hand(page);
    await hand.press("Second factor and passkeys");
    await look(stage, page, "second-factor");
    await page.getByText("Adding a passkey needs script").waitFor();
    await hand.press("Set up an app");
    const secret = (await page.locator("#totp-secret").innerText()).replaceAll(" ", "");
    await look(stage, page, "set-up-app");
    assert.equal(await page.locator("svg.qr path").count(), 2);
    await hand.fill("Code", "000000");
    await hand.press("Turn it on");
    await page.getByText("There is a problem").waitFor();
    const first = code(secret);
    await hand.fill("Code", `${first.slice(0, 3)} ${first.slice(3)}`); // as it is pasted
    await hand.press("Turn it on");
    await page.getByRole("heading", { level: 1, name: "Recovery codes" }).waitFor();
    const codes = await page.locator(".recovery-codes code").allInnerTexts();
    assert.equal(new Set(codes).size, 10);
    await hand.press("I have kept them");
    await page.getByText("10 recovery codes left of 10").waitFor();
    await mailTo(stage.server, company.email, /authenticator app was added/);

    const again = await stage.visitor({ script: false });
    await again.goto(`${company.host}/login?back=/customers`);
    await logIn(again, company.email);
    await again.getByRole("heading", { level: 1, name: "Second factor" }).waitFor();
    await again.goto(`${company.host}/login/second`); // a page of its own, also after a reload
    assert.equal(await again.getByLabel("Code").getAttribute("autocomplete"), "one-time-code");
    await stage.shot(again, "login-second-1280");
    await new Hand(again).fill("Code", first); // used already
    await new Hand(again).press("Log in");
    await again.getByText("This code is not right, or it was used already").first().waitFor();
    await new Hand(again).fill("Code", codes[0].toLowerCase());
    await new Hand(again).press("Log in");
    await again.getByRole("heading", { level: 1, name: "Home" }).or(again.getByRole("heading", { level: 1 })).first().waitFor();
    assert.notEqual(new URL(again.url()).pathname, "/login/second");
    await mailTo(stage.server, company.email, /recovery code was used/);

    const third = await stage.visitor({ script: false });
    await third.goto(`${company.host}/login`);
    await logIn(third, company.email);
    await new Hand(third).fill("Code", codes[0]);
    await new Hand(third).press("Log in");
    await third.getByText("There is a problem").waitFor();
  });

  scene(suite, "a passkey is added, is the second factor, and logs in alone", async (stage) => {
    const company = newCompany();
    const page = await stage.visitor();
    await withAuthenticator(page);
    await signUp(stage, page, company);
    await page.goto(`${company.host}/account/second-factor`);
    const hand = new Hand(page);
    await page.getByLabel(/^Name of the device/).fill("Sam's phone");
    await hand.press("Add a passkey");
    await page.getByText("The passkey is added").waitFor();
    await page.getByText("Sam's phone").first().waitFor();
    await stage.shot(page, "passkeys-1280");
    await mailTo(stage.server, company.email, /passkey was added/);

    await logOut(page);
    await logIn(page, company.email);
    await hand.press("Use a passkey");
    await page.waitForURL(`${company.host}/`);

    await logOut(page);
    await hand.press("Log in with a passkey");
    await page.waitForURL(`${company.host}/`);

    const stranger = await stage.visitor();
    await withAuthenticator(stranger);
    await stranger.goto(`${company.host}/login`);
    await new Hand(stranger).press("Log in with a passkey");
    await stranger.getByText(/No passkey was used/).waitFor();
  });

  scene(suite, "a company that asks for a second factor leads people to set it up at their next log-in", async (stage) => {
    const company = newCompany();
    const owner = await stage.visitor();
    await signUp(stage, owner, company);
    const person = { name: "Maria Lopez", email: "maria-second@ruizfence.example", role: "Office" };
    const maria = await inviteAndJoin(stage, owner, company, person);
    await owner.goto(`${company.host}/settings/log-in`);
    await owner.getByLabel("Everybody needs a second factor").check();
    await new Hand(owner).press("Save");
    await owner.getByText("is saved").waitFor();
    await maria.goto(`${company.host}/customers`); // the session of before goes on
    await maria.getByRole("heading", { level: 1, name: /^Customers/ }).waitFor();
    await logOut(maria);
    await logIn(maria, person.email);
    await maria.waitForURL(`${company.host}/account/second-factor`);
    await stage.shot(maria, "must-enroll-1280");
    await maria.goto(`${company.host}/customers`);
    assert.equal(new URL(maria.url()).pathname, "/account/second-factor");
    await new Hand(maria).press("Set up an app");
    const secret = (await maria.locator("#totp-secret").innerText()).replaceAll(" ", "");
    await new Hand(maria).fill("Code", code(secret));
    await new Hand(maria).press("Turn it on");
    await maria.getByRole("heading", { level: 1, name: "Recovery codes" }).waitFor();
    await maria.goto(`${company.host}/customers`);
    await maria.getByRole("heading", { level: 1, name: /^Customers/ }).waitFor();

    await owner.goto(`${company.host}/settings/people`);
    await new Hand(owner).press("Maria Lopez");
    await stage.shot(owner, "person-1280");
    await new Hand(owner).press("Reset second factor");
    await owner.getByText("has no second factor any more").waitFor();
    await mailTo(stage.server, person.email, /second factor was reset/);
    await maria.goto(`${company.host}/customers`);
    assert.equal(new URL(maria.url()).pathname, "/login");
  });

  scene(suite, "the last owner stays, and is told why; others go and come back", async (stage) => {
    const company = newCompany();
    const owner = await stage.visitor({ script: false });
    await signUp(stage, owner, company);
    const person = { name: "Lee Park", email: "lee-leaves@ruizfence.example", role: "Estimator" };
    const lee = await inviteAndJoin(stage, owner, company, person, { script: false });
    await owner.goto(`${company.host}/account/leave`);
    await new Hand(owner).press(/^Leave /);
    await owner.getByText("is the only owner and cannot leave").first().waitFor();
    await stage.shot(owner, "last-owner-1280");
    await owner.goto(`${company.host}/settings/people`);
    await new Hand(owner).press("Lee Park");
    await new Hand(owner).press("Deactivate Lee Park");
    await stage.shot(owner, "deactivate-1280");
    await new Hand(owner).press("Deactivate Lee Park");
    await owner.getByText("is deactivated and logged out everywhere").waitFor();
    await lee.goto(`${company.host}/quotes`);
    assert.equal(new URL(lee.url()).pathname, "/login");
    await new Hand(owner).press("Let Lee Park in again");
    await owner.getByText("can log in again").waitFor();
    await logIn(lee, person.email);
    await lee.getByRole("heading", { level: 1, name: /^Quotes/ }).waitFor();
  });

  scene(suite, "signing out everywhere and another role are seen on a second replica within a second", async (stage) => {
    const replicas = await startReplicas();
    const here = new Stage({ server: replicas.first, browser: suite.browser, seen: [] }, stage.t);
    try {
      await here.play(async () => onTwoReplicas(here, replicas));
    } finally {
      await replicas.stop();
    }
  });
}

async function onTwoReplicas(stage, { first, second }) {
  const company = newCompany();
  const owner = await stage.visitor();
  await signUp(stage, owner, company);
  await addCustomer(owner, company.host, { name: "Dana Ruiz" });
  const there = new URL(company.host).host.split(".")[0];
  const phone = await stage.visitor({ device: devices.phone });
  await phone.goto(`${second.at(there)}/login`);
  await logIn(phone, company.email);
  await phone.waitForURL(`${second.at(there)}/`);

  await owner.goto(`${company.host}/account`);
  assert.equal(await owner.locator(".devices li").count(), 2);
  assert.equal(await turnedAway(phone, "/customers"), false); // and is remembered there for a second
  await new Hand(owner).press("Log out everywhere else");
  await owner.getByText("Logged out of 1 other device").waitFor();
  stage.t.diagnostic(`signed out on the other replica after ${await within(1000, () => turnedAway(phone, "/customers"))} ms`);
  await phone.goto(`${second.at(there)}/customers`);
  assert.equal(new URL(phone.url()).pathname, "/login");

  const person = { name: "Maria Lopez", email: "maria-role@ruizfence.example", role: "Office" };
  const maria = await inviteAndJoin(stage, owner, company, person);
  await maria.goto(`${second.at(there)}/customers/new`); // a cookie belongs to the host, whatever the port
  await owner.goto(`${company.host}/settings/people`);
  await new Hand(owner).press("Maria Lopez");
  await owner.getByRole("radio", { name: /^Crew/ }).check();
  assert.equal(await turnedAway(maria, "/customers/new"), false);
  await new Hand(owner).press("Change role");
  await owner.getByText("is Crew from the next log-in on").waitFor();
  stage.t.diagnostic(`the other role is seen on the other replica after ${await within(1000, () => turnedAway(maria, "/customers/new"))} ms`);
  await maria.goto(`${second.at(there)}/login`);
  await logIn(maria, person.email);
  const answer = await maria.goto(`${second.at(there)}/customers/new`);
  assert.equal(answer.status(), 403);
}

/** Whether the page's own host sends its browser away from a path. */
const turnedAway = (page, path) => page.evaluate(async (address) => (await fetch(address, { redirect: "manual" })).type === "opaqueredirect", path);

/** How many milliseconds pass until something is so; more than the limit fails. */
async function within(limit, so) {
  for (const began = performance.now(); ; await pause(20)) {
    const asked = performance.now() - began; // when the question was asked: its answer may take its time
    if (await so()) return Math.round(asked);
    if (asked > limit) throw new Error(`not so after ${limit} ms`);
  }
}

/** The six digits that an authenticator app shows now. */
function code(secret) {
  const key = Buffer.from([...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("").match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return ((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).toString().padStart(6, "0");
}

/** Gives the browser a device that asks for a finger, and always gets it. */
async function withAuthenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
}

async function logOut(page) {
  const { host, protocol } = new URL(page.url());
  await page.locator("summary", { hasText: /Owner|Office/ }).filter({ visible: true }).first().click();
  await page.getByRole("button", { name: "Log out" }).filter({ visible: true }).first().click();
  await page.waitForURL(`${protocol}//${host}/login`);
}

async function look(stage, page, name) {
  for (const pixels of [375, 1280]) {
    assert.deepEqual(await width(page, pixels), []);
    await stage.shot(page, `${name}-${pixels}`);
  }
  await page.setViewportSize(devices.phone.viewport);
}
