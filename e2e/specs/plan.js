// The plan, by its owner alone and without script: looked at, bought, changed, ended, and kept after all.
import assert from "node:assert/strict";
import { newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { scene } from "../harness/stage.js";

export function plan(suite) {
  scene(suite, "a company in its trial buys, changes its mind twice, and ends its plan, without script", async (stage) => {
    const page = await stage.visitor({ script: false });
    const company = newCompany("Planner Fence");
    await signUp(stage, page, company);
    const at = `${company.host}/settings/plan`;
    await page.goto(at);
    await stage.bothWidths(page, "plan-trial");
    await page.getByText(/^Trial of Growth until/).waitFor();

    await new Hand(page).press("Choose Growth");
    await page.getByRole("heading", { level: 1, name: "Choose Growth" }).waitFor();
    await page.getByText("$0.00").waitFor();
    await stage.bothWidths(page, "plan-buy");
    await new Hand(page).press("Go to payment");
    await page.waitForURL(/\/sim\/checkout\//);
    await new Hand(page).press("Back without paying");
    await page.getByText("You began to buy Growth.").waitFor();
    await stage.bothWidths(page, "plan-began");
    await new Hand(page).press("Go on paying");
    await new Hand(page).press("Subscribe");
    await page.waitForURL((url) => url.pathname === "/settings/plan/done");
    await page.getByText(/Then Growth, paid from that day on/).waitFor();
    await stage.bothWidths(page, "plan-done");

    await page.goto(`${at}/choose?plan=starter`);
    await stage.bothWidths(page, "plan-change");
    await new Hand(page).press("Change to Starter");
    await page.getByText(/Then Starter, paid from that day on/).waitFor();
    await stage.bothWidths(page, "plan-next");

    await new Hand(page).press("End the plan");
    await page.getByRole("heading", { level: 1, name: "End the plan?" }).waitFor();
    await stage.bothWidths(page, "plan-end");
    await new Hand(page).press("End the plan");
    await page.getByText(/Then it ends and everything is read-only/).waitFor();
    await new Hand(page).press("Keep the plan");
    await page.getByText("Your plan goes on.").waitFor();
    await stage.bothWidths(page, "plan-kept");
    assert.equal(await page.getByRole("link", { name: /^PDF of invoice/ }).count(), 1);

    await new Hand(page).press("Card and billing address");
    await page.waitForURL(/\/sim\/portal\//);
  });
}
