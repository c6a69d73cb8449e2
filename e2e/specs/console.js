// The operator's console: a call from the company's name to the cause, what an operator may do about it, and every page of
// the console. Nobody here has script.
import assert from "node:assert/strict";
import { addCustomer, newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { scene } from "../harness/stage.js";
import { look, ready } from "./support.js";

export function operatorsConsole(suite) {
  scene(suite, "an operator names the cause from the company's name, stops it, lets it go and grants something, and all of it is in both logs", async (stage) => {
    const company = newCompany("Console Fence");
    const owner = await stage.visitor({ script: false });
    await signUp(stage, owner, company);
    await addCustomer(owner, company.host, { name: "Dana Ruiz" });
    const operator = await ready(stage, "otto@platform.example", false);
    const hand = new Hand(operator);
    const at = (path) => operator.goto(`${stage.server.apex}/operator/${path}`);

    await at("organizations");
    await look(stage, operator, "console-organizations");
    await operator.getByRole("searchbox").filter({ visible: true }).first().fill("nobody at all");
    await hand.press("Search");
    await operator.getByText("No company fits").waitFor();
    for (const typed of [company.email, company.name]) {
      await operator.getByRole("searchbox").filter({ visible: true }).first().fill(typed);
      await hand.press("Search");
      await operator.getByRole("link", { name: company.name }).waitFor();
    }
    await hand.press(company.name);
    await operator.getByRole("heading", { level: 1, name: company.name }).waitFor();
    await operator.getByText(/^In trial of Growth until /).waitFor();
    const page = operator.url();
    await look(stage, operator, "console-company");
    assert.ok(!(await operator.content()).includes("Dana"), "a customer stands on the operator's page");

    await operator.getByLabel("They cannot").selectOption({ label: "use a feature" });
    await hand.press("Tell me why");
    await operator.getByText("Choose the feature.").first().waitFor();
    await operator.getByLabel("Which feature").selectOption({ label: "single sign-on" });
    await hand.press("Tell me why");
    await operator.getByText("does not have single sign-on").waitFor();
    await look(stage, operator, "console-why");
    await operator.goto(`${page}/why?thing=log_in&address=nobody-at-all`);
    await operator.getByText("is no company's address").waitFor();
    await operator.goto(`${page}/why?thing=create_job`);
    await operator.getByText("Nothing that is known here stops them").waitFor();
    await operator.goto(`${page}/why?thing=fly`);
    await operator.getByText("Choose what they cannot do.").first().waitFor();

    await operator.goto(page);
    await hand.press("Stop the company");
    await look(stage, operator, "console-stop");
    await hand.press("Stop the company");
    await operator.getByText("Say why in 3 to 200 characters.").first().waitFor();
    await hand.fill("Why", "sends spam");
    await hand.press("Stop the company");
    await operator.getByText(/^Stopped since .*sends spam/).waitFor();
    assert.equal((await owner.goto(`${company.host}/customers`)).status(), 403);
    await hand.press("End the stop");
    await hand.fill("Why", "a misunderstanding");
    await look(stage, operator, "console-end");
    await hand.press("End it");
    await operator.getByText(/^In trial of Growth until /).waitFor();

    await hand.press("Grant something");
    await operator.getByLabel("Of a limit: how many").fill("700");
    await hand.fill("Why", "spring rush");
    await hand.press("Grant it");
    await operator.getByText("Choose the day on which it ends.").first().waitFor();
    await look(stage, operator, "console-grant");
    await hand.fill("Last day", new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10));
    await hand.press("Grant it");
    await operator.getByText("a limit of 700 for this month's jobs").first().waitFor();
    await look(stage, operator, "console-granted");

    await owner.goto(`${company.host}/settings/audit`);
    for (let tries = 0; (await owner.getByText("Olivia Reyes (Fence Platform)").count()) < 3; tries++) {
      assert.ok(tries < 60, "the company's log does not tell what the operator did");
      await owner.reload();
    }
    await look(stage, owner, "console-company-log");
  });

  scene(suite, "the operator's other pages, and a notice that every company reads until it is taken away", async (stage) => {
    const company = newCompany("Notice Fence");
    const owner = await stage.visitor({ script: false });
    await signUp(stage, owner, company);
    const operator = await ready(stage, "odile@platform.example", false);
    const hand = new Hand(operator);
    const at = (path) => operator.goto(`${stage.server.apex}/operator/${path}`);

    for (const [path, heading] of [["sign-ups", "Sign-ups"], ["work", "Stuck work"], ["payments", "Payments inbox"], ["health", "Health"], ["log", "Audit"]]) {
      await at(path);
      await operator.getByRole("heading", { level: 1, name: heading }).waitFor();
      await look(stage, operator, `console-${path}`);
    }
    await at(`organizations?q=${encodeURIComponent(company.email)}`);
    await hand.press(company.name);
    await operator.getByRole("heading", { level: 1, name: company.name }).waitFor();
    const page = operator.url();
    for (const below of ["price", "payments"]) {
      await operator.goto(`${page}/${below}`);
      await look(stage, operator, `console-company-${below}`);
    }

    await at("findings");
    await look(stage, operator, "console-findings-none");
    await stage.server.sql(`INSERT INTO platform.billing_customers (id, org_id) SELECT 'cus_Notice', org_id FROM platform.organizations WHERE name = '${company.name}'`);
    await stage.server.sql(`INSERT INTO platform.disputes (id, customer_id, charge_id, amount_cents, taken_cents, currency, reason, status, decided, answer_by, created_at)
      VALUES ('du_Notice', 'cus_Notice', 'ch_Notice', 14900, 14900, 'USD', 'fraudulent', 'needs_response', false, now() + interval '9 days', now())`);
    await stage.server.sql(`INSERT INTO platform.billing_findings (kind, about, customer_id, org_id, amount)
      SELECT f.kind, f.about, c.id, c.org_id, 14900 FROM platform.billing_customers c, (VALUES ('disputed', 'du_Notice'), ('pays_twice', 'sub_Notice')) f (kind, about) WHERE c.id = 'cus_Notice'`);
    await operator.goto(page);
    await operator.getByText("waits for evidence").waitFor();
    await look(stage, operator, "console-company-disputed");
    await at("findings");
    await look(stage, operator, "console-findings");
    await hand.press("Pays twice: the company works by another subscription");
    await look(stage, operator, "console-finding");
    await hand.press("Mark as dealt with");
    await operator.getByText("Say what was done in 3 to 200 characters.").first().waitFor();
    await hand.fill("What was done", "canceled sub_Notice and gave back $149.00");
    await hand.press("Mark as dealt with");
    await operator.getByText("It is dealt with, and stands in the log.").waitFor();
    assert.equal(await operator.getByText("sub_Notice").count(), 0, "what was dealt with is still open");
    await at("findings?view=ended");
    await operator.getByText("gave back $149.00").first().waitFor();
    await look(stage, operator, "console-findings-ended");

    await at("notice");
    await hand.fill("What everybody is to know", "On Sunday from 2 to 3 AM Central the platform is read-only.");
    await hand.fill("Last day", new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10));
    await hand.press("Show it to all");
    await operator.getByText("Everybody reads now").waitFor();
    await look(stage, operator, "console-notice");
    const told = async () => {
      await owner.goto(`${company.host}/customers`);
      return owner.getByText("On Sunday from 2 to 3 AM Central").count();
    };
    for (let tries = 0; (await told()) === 0; tries++) assert.ok(tries < 40, "the notice does not come");
    await look(stage, owner, "console-notice-seen");
    await hand.press("Take it away");
    await operator.getByText("It is gone within seconds.").waitFor();
  });
}
