// Two people in one company: both change one record, a log-in runs out, invitations by mail, what each role sees.
import assert from "node:assert/strict";
import { addCustomer, inviteAndJoin, logIn, newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { scene } from "../harness/stage.js";

export function people(suite) {
  scene(suite, "two tabs change one customer: the second sees both versions and nothing is lost", async (stage) => {
    const company = newCompany();
    const first = await stage.visitor();
    await signUp(stage, first, company);
    const record = await addCustomer(first, company.host, { name: "Dana Ruiz", email: "dana@example.com" });
    const second = await first.context().newPage();
    for (const tab of [first, second]) await tab.goto(`${record}/edit`);

    await first.getByLabel(/^Phone/).fill("512 555 0143");
    await first.getByLabel(/^Notes/).fill("Gate code 1234");
    await new Hand(first).press("Save customer");
    await first.getByText("Dana Ruiz is saved.").waitFor();

    await second.getByLabel(/^Name/).fill("Dana Ruiz-Ortega");
    await second.getByLabel(/^Notes/).fill("Two dogs");
    const answer = second.waitForResponse((r) => r.request().method() === "POST");
    await new Hand(second).press("Save customer");
    assert.equal((await answer).status(), 412);
    await second.getByRole("heading", { level: 1, name: "Two people changed this customer" }).waitFor();
    await stage.shot(second, "conflict-1280");
    const shown = await second.locator(".conflict-table").innerText();
    for (const text of ["Dana Ruiz-Ortega", "Dana Ruiz", "Two dogs", "Gate code 1234", "512-555-0143"]) {
      assert.ok(shown.includes(text), `the conflict page shows ${text}, got:\n${shown}`);
    }
    // Where the second changed nothing, the first's value is chosen already.
    await new Hand(second).press("Save these choices");
    await second.goto(`${record}/edit`);
    assert.deepEqual(
      [await second.getByLabel(/^Name/).inputValue(), await second.getByLabel(/^Phone/).inputValue(), await second.getByLabel(/^Notes/).inputValue(), await second.getByLabel(/^E-mail/).inputValue()],
      ["Dana Ruiz-Ortega", "512-555-0143", "Two dogs", "dana@example.com"],
    );
  });

  scene(suite, "a log-in that ran out while a form was filled loses nothing", async (stage) => {
    const company = newCompany();
    const page = await stage.visitor();
    await signUp(stage, page, company);
    const record = await addCustomer(page, company.host, { name: "Dana Ruiz" });
    await page.goto(`${record}/edit`);
    await page.getByLabel(/^Notes/).fill("Measured on Tuesday: 40, 60, 40");
    await page.context().clearCookies();
    await new Hand(page).press("Save customer");
    await page.getByRole("heading", { level: 1, name: "Log in to see this page" }).waitFor();
    await new Hand(page).press("Log in");
    await logIn(page, company.email);
    await page.waitForURL(`${record}/edit`);
    await new Hand(page).press("Restore");
    assert.equal(await page.getByLabel(/^Notes/).inputValue(), "Measured on Tuesday: 40, 60, 40");
    await new Hand(page).press("Save customer");
    await page.getByText("Dana Ruiz is saved.").waitFor();
  });

  scene(suite, "a second person joins by mail with a role, and its link works once", async (stage) => {
    const company = newCompany();
    const owner = await stage.visitor();
    await signUp(stage, owner, company);
    const person = { name: "Maria Lopez", email: "maria@ruizfence.example", role: "Office" };
    const page = await inviteAndJoin(stage, owner, company, person);
    await page.getByRole("heading", { level: 1, name: /^Customers/ }).waitFor();
    await owner.goto(`${company.host}/settings/people`);
    const row = owner.getByRole("row", { name: /Maria Lopez/ });
    assert.match(await row.innerText(), /Office/);
    const { mailTo } = await import("../harness/mail.js");
    const mail = await mailTo(stage.server, person.email, /^Join /);
    const stranger = await stage.visitor();
    const answer = await stranger.goto(mail.links[0]);
    assert.equal(answer.status(), 422);
    await stranger.getByText("Ask whoever invited you for a new link.").waitFor();
  });

  for (const script of [true, false]) {
    scene(suite, `who is deactivated is taken over from, ${script ? "with" : "without"} script`, async (stage) => {
      const company = newCompany();
      const owner = await stage.visitor({ script });
      await signUp(stage, owner, company);
      const kim = { name: "Kim Cruz", email: `kim-${script}@ruizfence.example`, role: "Estimator" };
      await inviteAndJoin(stage, owner, company, kim, { script });
      await inviteAndJoin(stage, owner, company, { name: "Lee Park", email: `lee-${script}@ruizfence.example`, role: "Office" }, { script });
      await stage.server.sql(`INSERT INTO app.leads (org_id, id, state, name, assigned_to, created_at, updated_at)
        SELECT org_id, gen_random_uuid(), 'new', 'Dana Ruiz', id, now(), now() FROM app.users, generate_series(1, 3) WHERE email = '${kim.email}'`);
      await stage.server.sql(`INSERT INTO app.appointments (org_id, id, kind, state, assignee_id, starts_at, ends_at, time_zone, created_at, updated_at)
        SELECT org_id, gen_random_uuid(), 'site_visit', 'confirmed', id, now() + n * interval '1 day', now() + n * interval '1 day' + interval '1 hour', 'America/Chicago', now(), now()
        FROM app.users, generate_series(-1, 2) n WHERE email = '${kim.email}' AND n <> 0`);

      await owner.goto(`${company.host}/settings/people`);
      const hand = new Hand(owner);
      await hand.press("Kim Cruz");
      await hand.press("Deactivate Kim Cruz");
      await owner.getByText("Kim Cruz has 3 open leads and 2 coming appointments.").waitFor();
      await hand.press("Deactivate Kim Cruz");
      await owner.getByRole("heading", { name: "There is a problem" }).waitFor();
      await stage.shot(owner, "take-over-1280");
      const choice = owner.getByLabel("Who takes over?");
      assert.deepEqual((await choice.locator("option").allInnerTexts()).map((text) => text.replace(/^.*, Owner$/, "the owner")), ["Choose", "the owner", "Lee Park, Office", "Nobody: leave them unassigned"]);
      await choice.selectOption({ label: "Lee Park, Office" });
      await hand.press("Deactivate Kim Cruz");
      await owner.getByText("Kim Cruz is deactivated and logged out everywhere. Lee Park takes over 3 open leads and 2 coming appointments.").waitFor();

      await owner.goto(`${company.host}/settings/people`);
      await hand.press("Lee Park");
      await hand.press("Deactivate Lee Park");
      await owner.getByText("Lee Park has 3 open leads and 2 coming appointments.").waitFor();
      await owner.getByLabel("Who takes over?").selectOption({ label: "Nobody: leave them unassigned" });
      await hand.press("Deactivate Lee Park");
      await owner.getByText("Nobody has the 3 open leads and 2 coming appointments.").waitFor();
    });
  }
}
