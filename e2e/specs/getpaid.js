// A company connects its own account at the payment provider; a homeowner pays the deposit to it, twice pressed and once
// paid; the ledger of the job has it. Disconnecting the account is asked before it is done.
import assert from "node:assert/strict";
import { newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { mailTo } from "../harness/mail.js";
import { devices, scene } from "../harness/stage.js";

export function getpaid(suite) {
  scene(suite, "a homeowner pays the deposit to the contractor's account", (stage) => play(stage, {}));
  scene(suite, "the same without script", (stage) => play(stage, { script: false }));
}

async function play(stage, person) {
  stage.besides("pay.fence.localhost");
  const owner = await stage.visitor(person);
  const company = newCompany("Paid Fence");
  const hand = await signUp(stage, owner, company);
  await connect(stage, owner, company);

  await owner.goto(`${company.host}/`);
  await hand.press("Quote the sample yard");
  await owner.waitForURL((url) => url.pathname.startsWith("/sketches/"));
  await hand.press("Make a quote");
  await owner.waitForURL((url) => url.pathname.startsWith("/quotes/"));
  await hand.press("Send to 1 person");
  const sent = await mailTo(stage.server, company.email, /^Your fence quote from /);

  const homeowner = await stage.visitor({ ...person, device: devices.phone });
  const link = sent.links.find((one) => one.includes("/q/"));
  await sign(homeowner, link);
  const button = homeowner.getByRole("button", { name: /^Pay the deposit of \$/ });
  const amount = /\$[\d,.]+\d/.exec(await button.innerText())[0];
  await stage.shot(homeowner, `getpaid-due-${person.script ?? true}`);
  await button.click();
  const first = await onCheckout(homeowner);

  // Another tab, another press: the same page.
  const tab = await homeowner.context().newPage();
  await tab.goto(link);
  await tab.getByRole("button", { name: /^Pay the deposit of \$/ }).click();
  assert.equal(await onCheckout(tab), first);
  await tab.close();

  await homeowner.getByRole("radio").first().check();
  await homeowner.getByRole("button", { name: "Pay", exact: true }).click();
  await homeowner.waitForURL((url) => url.pathname.startsWith("/q/"));
  await settled(homeowner, link);
  const page = await homeowner.locator("main").innerText();
  assert.match(page, /by card/);
  assert.ok(page.includes(amount), `${amount} is not on the page`);
  assert.equal(await homeowner.getByRole("button", { name: /^Pay / }).count(), 0, "paying twice is offered");
  assert.doesNotMatch(page, /You pay the deposit/);
  await stage.shot(homeowner, `getpaid-paid-${person.script ?? true}`);
  await mailTo(stage.server, company.email, /^Deposit received: \$/);

  await owner.goto(`${company.host}/jobs`);
  await owner.getByRole("row", { name: /J-\d{4}-000001/ }).getByRole("link").first().click();
  await owner.getByRole("heading", { level: 1 }).waitFor();
  const money = await owner.locator("#money").innerText();
  assert.match(money, /Paid by card ending in \d{4}, online/);
  assert.ok(money.includes(amount), `${amount} is not in the ledger`);
  await stage.shot(owner, `getpaid-job-${person.script ?? true}`);

  // The rest is asked for, and a check is written down.
  const job = owner.url();
  for (const [name, heading] of [["Record a payment", /^Record a payment/], ["Request payment", /^Request/]]) {
    await owner.goto(job);
    await hand.press(name);
    await owner.getByRole("heading", { level: 1, name: heading }).waitFor();
  }
  await owner.goto(job);
  await hand.press("Request payment");
  await owner.getByLabel("Amount").fill("250");
  await owner.getByLabel("What for").fill("Posts are set");
  await shots(stage, owner, `getpaid-request-${person.script ?? true}`);
  await hand.press("Request payment");
  await owner.waitForURL((url) => url.pathname.startsWith("/jobs/") && !url.pathname.endsWith("/request"));

  // A part goes back by the provider; the homeowner's page adds up.
  await owner.goto(job);
  await owner.locator("#money").getByRole("link", { name: /Paid by card/ }).click();
  await owner.getByRole("heading", { level: 1, name: /Paid by card|Payment/ }).waitFor();
  await owner.getByLabel("Amount").fill("100");
  await owner.getByLabel("Why").fill("Gate was late");
  await hand.press("Refund by Stripe");
  await owner.getByText("$100.00 is on its way back to the customer.").waitFor();
  await shots(stage, owner, `getpaid-refunded-${person.script ?? true}`);
  await owner.goto(`${company.host}/payments`);
  await shots(stage, owner, `getpaid-list-${person.script ?? true}`);
  await owner.goto(job);
  await shots(stage, owner, `getpaid-job-after-${person.script ?? true}`);
  await homeowner.goto(link);
  const after = await homeowner.locator("main").innerText();
  assert.match(after, /given back by card/);
  assert.match(after, /Pay \$250\.00/);
  assert.match(after, /Asked for: Posts are set/);
  await shots(stage, homeowner, `getpaid-after-${person.script ?? true}`);
  await leaving(stage, { owner, homeowner, company, hand, link, job, name: person.script ?? true });
}

/** What is paid from a bank is on its way while the account is disconnected, which is asked first. */
async function leaving(stage, { owner, homeowner, company, hand, link, job, name }) {
  await new Hand(homeowner).press("Pay $250.00");
  await onCheckout(homeowner);
  await homeowner.getByRole("radio", { name: "Another number:" }).check();
  await homeowner.getByLabel("Card number").fill("000123456789");
  await homeowner.getByRole("button", { name: "Pay", exact: true }).click();
  await homeowner.waitForURL((url) => url.pathname.startsWith("/q/"));
  await settled(homeowner, link);
  await homeowner.getByText("Your payment of $250.00 is on its way from your bank.").waitFor();

  await owner.goto(`${company.host}/settings/get-paid`);
  await hand.press("Disconnect");
  await owner.getByText("$250.00 is on its way from a customer's bank.").waitFor();
  await shots(stage, owner, `getpaid-disconnect-${name}`);
  await hand.press("Keep it connected");
  await owner.getByText("Ready to take cards").waitFor();
  await hand.press("Disconnect");
  await hand.press("Disconnect Stripe");
  await owner.getByText("Your customers cannot pay online any more.").waitFor();

  await owner.goto(job);
  await shots(stage, owner, `getpaid-job-underway-${name}`);
  await hand.press("Say what became of it");
  await owner.getByRole("heading", { level: 1, name: "What became of the bank payment?" }).waitFor();
  await hand.press("Save what became of it");
  await owner.getByText("Choose what became of it.").first().waitFor();
  await owner.getByRole("radio", { name: /^It arrived/ }).check();
  await shots(stage, owner, `getpaid-underway-${name}`);
  await hand.press("Save what became of it");
  await owner.getByText("Stripe still tells us of this payment").waitFor();
  await homeowner.goto(link);
  assert.equal(await homeowner.getByRole("button", { name: /^Pay / }).count(), 0, "paying twice is offered");
}

/** Pictures on a phone and on a desk. */
async function shots(stage, page, name) {
  const now = page.viewportSize();
  for (const device of [devices.phone, devices.desk]) {
    await page.setViewportSize(device.viewport);
    await stage.shot(page, `${name}-${device.viewport.width}`);
  }
  await page.setViewportSize(now);
}

/** Opens the account on the provider's pages, and waits until the product knows. */
async function connect(stage, page, company) {
  await page.goto(`${company.host}/settings/get-paid`);
  await page.getByText("Not started").waitFor();
  await new Hand(page).press("Connect Stripe");
  await page.waitForURL((url) => url.hostname === "pay.fence.localhost");
  await page.locator("button[value=complete]").click();
  await page.waitForURL((url) => url.pathname === "/settings/get-paid");
  for (let asked = 0; asked < 5; asked++) {
    if (await page.getByText("Ready to take cards").count()) break;
    await page.getByRole("button", { name: "Ask Stripe again" }).first().click();
    await page.getByRole("heading", { level: 1, name: /Get paid/ }).waitFor();
  }
  await page.getByText("Ready to take cards").first().waitFor();
  await stage.shot(page, "getpaid-ready");
}

async function sign(page, link) {
  const hand = new Hand(page);
  await page.goto(link);
  await hand.press("Choose and sign");
  await page.waitForURL((url) => url.pathname.endsWith("/sign"));
  await page.getByLabel(/full name/i).fill("Dana Ruiz");
  await page.locator("input[name=consent]").check();
  const typed = page.getByRole("radio", { name: /Type/ });
  if (await typed.count()) await typed.check();
  await hand.press(/^Sign for \$/);
  await page.getByRole("heading", { level: 1, name: /Dana/ }).waitFor();
}

async function onCheckout(page) {
  await page.waitForURL((url) => url.hostname === "pay.fence.localhost");
  return page.url();
}

/** Comes back perhaps before the webhook: the page asks, by script or by its button. */
async function settled(page, link) {
  for (let tries = 0; tries < 5; tries++) {
    const look = page.getByRole("button", { name: "See my page" });
    if (new URL(page.url()).pathname.endsWith("/paid") && (await look.count())) await look.click({ timeout: 3000 }).catch(() => {});
    await page.goto(link);
    if (!(await page.getByRole("button", { name: /^Pay / }).count())) return;
  }
  assert.fail("the payment is not on the page");
}
