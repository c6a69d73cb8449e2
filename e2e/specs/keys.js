// Programs and oversight: an API key from its form to the first answer, roles and View as, the audit log, and finding
// one's company by mail.
import assert from "node:assert/strict";
import http from "node:http";
import { logIn, newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { mails, mailTo } from "../harness/mail.js";
import { scene } from "../harness/stage.js";
import { demo } from "./pages.js";

export function keys(suite) {
  scene(suite, "a key is created, shown once, gets its first 200 answer, and ends when it is revoked", async (stage) => {
    const host = stage.server.at(demo.slug);
    const page = await signedIn(stage);
    await page.goto(`${host}/settings/api-keys/new`);
    await new Hand(page).press("Create key");
    await page.getByRole("heading", { name: "There is a problem" }).waitFor();
    assert.match(await page.title(), /^Error:/);
    await page.getByLabel("What uses it").fill("Lead form");
    await page.getByLabel("Customers and properties").selectOption({ label: "Read" });
    await new Hand(page).press("Create key");
    await page.getByRole("heading", { level: 1, name: "Key Lead form is ready" }).waitFor();
    await stage.bothWidths(page, "key-ready");
    const key = (await page.locator("#new-key").innerText()).trim();
    const [, address] = (await page.locator("#first-request").innerText()).match(/ (http\S+)$/);
    assert.ok((await page.locator("#first-request").innerText()).includes(`Bearer ${key}`));
    const first = await call(address, key);
    assert.equal(first.status, 200);
    assert.equal(JSON.parse(first.body).slug, demo.slug);
    assert.equal((await call(`${host}/v1/customers`, key)).status, 200);
    assert.equal((await call(`${host}/v1/customers`, key, { name: "Eve" })).status, 403);

    await page.goto(`${host}/settings/api-keys`);
    await stage.bothWidths(page, "keys");
    assert.ok(!(await page.content()).includes(key.slice(-20)), "the list shows the key again");
    const row = page.getByRole("row", { name: /Lead form/ });
    assert.match(await row.innerText(), /fk_[A-Z0-9]{8}…/);
    await row.locator("summary").click();
    await new Hand(page).press("Revoke this key");
    await page.getByText("This cannot be undone").waitFor();
    await stage.bothWidths(page, "key-revoke");
    await new Hand(page).press("Revoke Lead form");
    await page.getByText("The key no longer works.").waitFor();
    assert.equal((await call(address, key)).status, 401);
  });

  scene(suite, "an owner views as crew, changes nothing, and ends it at once", async (stage) => {
    const host = stage.server.at(demo.slug);
    const page = await signedIn(stage, { script: false });
    await page.goto(`${host}/settings/roles`);
    await stage.bothWidths(page, "roles");
    await page.getByRole("radio", { name: /^Crew/ }).check();
    await new Hand(page).press("View as this role");
    await page.getByText("You see this as Crew.").waitFor();
    assert.equal(new URL(page.url()).pathname, "/jobs");
    await stage.bothWidths(page, "view-as");
    assert.equal(await page.getByRole("link", { name: "Quotes" }).count(), 0);
    assert.equal((await page.goto(`${host}/quotes`)).status(), 403);
    await page.goto(`${host}/jobs`);
    await new Hand(page).press("End viewing");
    await page.getByRole("heading", { level: 1, name: "Roles" }).waitFor();
    assert.equal((await page.goto(`${host}/quotes`)).status(), 200);
  });

  scene(suite, "the audit log is filtered by person and day, opens both sides, and says that its chain holds", async (stage) => {
    const host = stage.server.at(demo.slug);
    const page = await signedIn(stage, { script: false });
    await page.goto(`${host}/settings/audit`);
    await page.getByText(/^Chain verified up to/).waitFor();
    await stage.bothWidths(page, "audit");
    await page.getByLabel("What").selectOption({ label: "View as started" }).catch(() => {}); // only once somebody viewed
    await page.getByLabel("Who").selectOption({ index: 1 });
    await page.getByRole("button", { name: "Show", exact: true }).click();
    assert.ok(new URL(page.url()).searchParams.get("person"));
    await page.goto(`${host}/settings/audit?action=session.started`);
    await page.locator(".row-link").first().click();
    await page.getByRole("heading", { level: 1, name: "Session started" }).waitFor();
    await stage.bothWidths(page, "audit-entry");
    assert.equal((await page.goto(`${host}/settings/audit?from=2026-13-40`)).status(), 422);
    const verified = await stage.server.fence("audit", "verify", "--org", demo.slug);
    assert.match(verified.output, /each follows the one before/);
    assert.equal(verified.code, 0);
    assert.equal((await stage.server.fence("audit", "verify", "--org", "nobody")).code, 1);
  });

  scene(suite, "find my company answers everybody alike and mails who is known", async (stage) => {
    const company = newCompany("Finder Fence");
    await signUp(stage, await stage.visitor(), company);
    const page = await stage.visitor({ script: false });
    await page.goto(stage.server.apex);
    await new Hand(page).press("Find my company");
    await stage.bothWidths(page, "find");
    const answers = [];
    for (const email of ["nobody@ruizfence.example", company.email]) {
      await page.goto(`${stage.server.apex}/find`);
      await page.getByLabel("E-mail").fill(email);
      await new Hand(page).press("Send me the link");
      await page.getByText("If we know this address, a mail is on its way.").waitFor();
      answers.push(await page.locator("main").innerText());
    }
    assert.equal(answers[0], answers[1]);
    const mail = await mailTo(stage.server, company.email, /^Your companies/);
    assert.ok(mail.links.some((link) => link.startsWith(company.host)), mail.text);
    assert.ok(!(await mails(stage.server)).some((other) => other.to.includes("nobody@")));
  });
}

async function signedIn(stage, options) {
  const page = await stage.visitor(options);
  await page.goto(`${stage.server.at(demo.slug)}/login`);
  await logIn(page, demo.email, demo.password);
  await page.waitForURL((url) => url.pathname !== "/login");
  return page;
}

/** A program's request: Node does not find *.localhost by itself. */
function call(address, key, document) {
  const { hostname, port, pathname } = new URL(address);
  const headers = { host: `${hostname}:${port}`, authorization: `Bearer ${key}`, ...(document && { "content-type": "application/json" }) };
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path: pathname, method: document ? "POST" : "GET", headers }, (answer) => {
      let body = "";
      answer.on("data", (piece) => (body += piece)).on("end", () => resolve({ status: answer.statusCode, body }));
    });
    request.on("error", reject).end(document && JSON.stringify(document));
  });
}
