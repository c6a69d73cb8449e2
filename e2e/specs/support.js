// Support access: an operator's account from its set-up link, a question, the owner's leave, what both see meanwhile,
// what stands in the log, and the end. Nobody here has script.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { addCustomer, newCompany, signUp } from "../harness/company.js";
import { Hand } from "../harness/hand.js";
import { accessibility, keyboard, markup, width } from "../harness/inspect.js";
import { mailTo } from "../harness/mail.js";
import { devices, scene } from "../harness/stage.js";

const question = "Find out why the quote for Dana Ruiz was not mailed";

export function support(suite) {
  scene(suite, "an operator asks, the owner lets them in to read, both are told, each view is in the log, and the owner ends it", async (stage) => {
    const company = newCompany("Leave Fence");
    const owner = await stage.visitor({ script: false });
    await signUp(stage, owner, company);
    const record = await addCustomer(owner, company.host, { name: "Dana Ruiz" });
    await owner.goto(`${company.host}/settings`);
    await new Hand(owner).press("Support access");
    await owner.getByText("Support is not let in now").waitFor();
    await look(stage, owner, "support-none");

    const operator = await ready(stage);
    const hand = new Hand(operator);
    await hand.fill("Its address", "nobody-at-all");
    await hand.press("Find it");
    await operator.getByText("No company is at this address.").first().waitFor();
    await hand.fill("Its address", company.host);
    await hand.press("Find it");
    await operator.getByRole("heading", { level: 1, name: `Ask ${company.name} for access` }).waitFor();
    await look(stage, operator, "operator-ask");
    await hand.press("Ask the owner");
    await operator.getByText("Say in 10 to 200 characters what for.").first().waitFor();
    await hand.fill("What for", question);
    await hand.press("Ask the owner");
    await operator.getByText("The owner was asked").waitFor();
    await look(stage, operator, "operator-asked");

    const mail = await mailTo(stage.server, company.email, /^Fence support asks to see/);
    assert.ok(mail.text.includes(question), mail.text);
    await owner.goto(mail.links[0]);
    await owner.getByRole("heading", { level: 2, name: "Support asks to see your company" }).waitFor();
    await look(stage, owner, "support-asked");
    await owner.getByLabel("For", { exact: true }).selectOption({ label: "30 min" });
    await new Hand(owner).press("Let Olivia Reyes in");
    await owner.getByText(`Fence support (Olivia Reyes) can see this account until`).waitFor();
    await look(stage, owner, "support-runs");
    await owner.goto(`${company.host}/customers`);
    await owner.getByText(question).waitFor();

    await operator.goto(`${stage.server.apex}/operator`);
    await look(stage, operator, "operator-granted");
    await hand.press(/^Open /);
    await operator.getByRole("heading", { level: 1, name: "Go in as support" }).waitFor();
    await look(stage, operator, "support-start");
    await hand.press("Go in");
    await operator.getByText(`You see ${company.name} as support until`).waitFor();
    assert.equal(new URL(operator.url()).pathname, "/customers");
    await operator.goto(record);
    await operator.getByRole("heading", { level: 1, name: "Dana Ruiz" }).waitFor();
    await look(stage, operator, "support-inside");
    assert.equal((await operator.goto(`${record}/edit`)).status(), 403);
    await operator.getByText("Support was let in to read here.").waitFor();
    await stage.shot(operator, "support-refused-1280");
    for (const page of ["/settings", "/account", "/settings/support", "/settings/audit"]) assert.equal((await operator.goto(company.host + page)).status(), 403, page);

    await owner.goto(`${company.host}/settings/audit?action=support.viewed`);
    const entry = owner.getByRole("row", { name: /Olivia Reyes \(Fence support\), let in by/ });
    assert.ok((await entry.count()) >= 2);
    await look(stage, owner, "support-audit");
    await entry.last().getByRole("link").click();
    await owner.getByText("GET /customers").waitFor();

    await owner.goto(`${company.host}/`);
    await new Hand(owner).press("End now");
    await owner.getByText("Support no longer sees your company.").waitFor();
    await look(stage, owner, "support-over");
    await operator.goto(record);
    await operator.getByRole("heading", { level: 1, name: "Log in" }).waitFor();
    await operator.goto(`${stage.server.apex}/operator`);
    await operator.getByText("Over", { exact: true }).waitFor();
    await look(stage, operator, "operator-over");
    await operator.locator("summary", { hasText: "Operator" }).filter({ visible: true }).first().click();
    await operator.getByRole("button", { name: "Log out" }).filter({ visible: true }).first().click();
    await operator.getByRole("heading", { level: 1, name: "Operators: log in" }).waitFor();
    await look(stage, operator, "operator-login");
    const verified = await stage.server.fence("audit", "verify", "--org", new URL(company.host).hostname.split(".")[0]);
    assert.equal(verified.code, 0, verified.output);
  });
}

/** An operator who set up password and authenticator by the link of the command line. */
export async function ready(stage, email = "olivia@platform.example", looks = true) {
  const added = await stage.server.fence("operator", "add", "--name", "Olivia Reyes", "--email", email);
  assert.equal(added.code, 0, added.output);
  const page = await stage.visitor({ script: false });
  const hand = new Hand(page);
  await page.goto(added.output.trim().split("\n").at(-1));
  if (looks) await look(stage, page, "operator-setup");
  await hand.fill("Password", "seven cedar pickets");
  await hand.press("Set password");
  await page.getByRole("heading", { level: 1, name: "Set up your second factor" }).waitFor();
  if (looks) await look(stage, page, "operator-enroll");
  const key = (await page.locator("#totp-secret").innerText()).replaceAll(" ", "");
  await hand.fill("Code", "000000");
  await hand.press("Log in");
  await page.getByText("This code is not right").first().waitFor();
  await hand.fill("Code", digits(key));
  await hand.press("Log in");
  await page.getByRole("heading", { level: 1, name: "Organizations" }).waitFor();
  await page.goto(`${stage.server.apex}/operator`);
  await page.getByRole("heading", { level: 1, name: "Support requests" }).waitFor();
  if (looks) await look(stage, page, "operator-requests");
  return page;
}

/** Pictures on a phone and on a desk, and the rules that hold for every page. */
export async function look(stage, page, name) {
  const was = page.viewportSize();
  const complaints = [...(await markup(page)), ...(await withScript(stage, page))];
  for (const { viewport } of [devices.phone, devices.desk]) {
    await page.setViewportSize(viewport);
    complaints.push(...(await width(page, viewport.width)));
    await stage.shot(page, `${name}-${viewport.width}`);
  }
  await page.setViewportSize(was);
  assert.deepEqual(complaints, [], name);
}

/** The rules that take script to look at, in another window of the same person; a page that sends itself is left alone. */
async function withScript(stage, page) {
  if ((await page.locator("[data-send-now]").count()) > 0) return [];
  const twin = await stage.visitor();
  await twin.context().addCookies(await page.context().cookies());
  await twin.goto(page.url());
  const complaints = [...(await accessibility(twin)), ...(await keyboard(twin))];
  await twin.context().close();
  return complaints;
}

/** What the authenticator shows now. */
function digits(key) {
  const bits = [...key].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", secret).update(step).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
