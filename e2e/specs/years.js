// What a company goes through in three months with its plan, on a clock that is moved: with a server of its own, since the
// time of everybody on it moves.
import assert from "node:assert/strict";
import { addCustomer, logIn, newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { startServer } from "../harness/server.js";
import { scene } from "../harness/stage.js";
import { until } from "../harness/wait.js";

export function years(suite) {
  scene(suite, "trial, card, the bank's question, upgrade, declined card, read-only, paid, active", async (stage) => {
    stage.server = await startServer();
    try {
      await live(stage);
    } finally {
      await stage.server.stop();
    }
  });
}

async function live(stage) {
  const page = await stage.visitor();
  const hand = new Hand(page);
  const company = newCompany("Seasons Fence");
  await signUp(stage, page, company);
  const plan = `${company.host}/settings/plan`;

  /** Lets time pass, and logs in again: nobody stays logged in for weeks without a word. */
  const pass = async (...steps) => {
    for (const step of steps) {
      await page.goto(`${stage.server.apex}/dev/clock`);
      await hand.press(step);
      await page.getByRole("heading", { level: 1, name: "Clock" }).waitFor();
    }
    await page.context().clearCookies();
    await page.goto(`${company.host}/login`);
    await logIn(page, company.email);
    await page.waitForURL((url) => url.pathname === "/");
  };

  // A card that the bank asks about, in the trial: nothing is due before its end.
  await page.goto(`${plan}/choose?plan=starter`);
  await hand.press("Go to payment");
  await page.waitForURL(/\/sim\/checkout\//);
  await page.getByRole("radio", { name: /the bank wants to see you/ }).check();
  await hand.press("Subscribe");
  await hand.press("It is me");
  await page.waitForURL((url) => url.pathname === "/settings/plan/done");
  await stage.shot(page, "years-bought");

  await pass("A week", "A week", "A day");
  await page.goto(plan);
  await page.getByText(/Starter/).first().waitFor();
  await stage.shot(page, "years-starter");

  // Up at once, for what was shown.
  await page.goto(`${plan}/choose?plan=growth`);
  await stage.shot(page, "years-upgrade");
  await hand.press("Change to Growth");
  await page.getByRole("heading", { level: 1, name: "Plan and billing" }).waitFor();
  await stage.shot(page, "years-growth");

  // A card that is declined at the next bill.
  await hand.press("Card and billing address");
  await page.waitForURL(/\/sim\/portal\//);
  await page.getByRole("radio", { name: /is declined later/ }).check();
  await hand.press("Use this card");
  await pass("30 days", "A day", "A day");
  await stage.shot(page, "years-past-due");
  await page.getByText(/could not be charged|was declined|not paid|unpaid/i).first().waitFor();
  await addCustomer(page, company.host, { name: "Grace Period" }); // work goes on

  // Two weeks later everything is read-only, and homeowners are not asked.
  await pass("A week", "A week");
  await stage.shot(page, "years-read-only");
  await page.getByText(/read-only/i).filter({ visible: true }).first().waitFor();
  await page.goto(`${company.host}/customers/new`);
  await stage.shot(page, "years-refused");

  // Paid with another card, and all is as before.
  await page.goto(plan);
  await stage.shot(page, "years-to-pay");
  await hand.press(/^Pay \$/);
  await page.waitForURL(/\/sim\/invoice\//);
  await page.getByRole("radio", { name: /pays/ }).first().check();
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await page.getByText(/paid/).first().waitFor();
  await until("the payment is known", async () => {
    await page.goto(plan);
    return (await page.getByText(/read-only/i).count()) === 0;
  });
  await stage.shot(page, "years-active");
  await addCustomer(page, company.host, { name: "Back Again" });
  assert.ok(hand.count > 0);
}
