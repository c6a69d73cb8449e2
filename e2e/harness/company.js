// Deeds that every scene begins with.
import { Hand } from "./hand.js";
import { mailTo } from "./mail.js";

let companies = 0;
export const password = "cedar rails and gravel";

/** A company that nobody has yet. */
export function newCompany(name = "Ruiz Fence") {
  const number = ++companies;
  return { name: `${name} ${number}`, email: `owner${number}@ruizfence.example`, password, zip: "78701" };
}

/** Signs up on the apex and ends on the company's own host. Answers the hand that did it, with the host. */
export async function signUp(stage, page, company) {
  const hand = new Hand(page);
  await page.goto(stage.server.apex);
  await hand.fill("Company", company.name);
  await hand.fill("E-mail", company.email);
  await hand.fill("Password", company.password);
  await hand.press("Start your 14 days");
  await page.waitForURL((url) => url.hostname !== "fence.localhost");
  // With script the hand-over sends itself.
  if (!(await scripted(page))) await hand.press("Go to your company");
  await page.waitForURL((url) => url.pathname === "/");
  company.host = new URL(page.url()).origin;
  return hand;
}

/** Whether this page runs script. */
export const scripted = (page) => page.evaluate(() => matchMedia("(scripting: enabled)").matches);

/** Fills the log-in form that the page shows. */
export async function logIn(page, email, secret = password) {
  const hand = new Hand(page);
  await hand.fill("E-mail", email);
  await hand.fill("Password", secret);
  await hand.press("Log in");
}

/** Adds a customer with a property on the customer's form; ends on the record. */
export async function addCustomer(page, host, { name, email = "", street = "12 Oak Street", zip = "78701" }) {
  await page.goto(`${host}/customers/new`);
  const hand = new Hand(page);
  await page.getByLabel(/^Name/).fill(name);
  await page.getByLabel(/^E-mail/).fill(email);
  await page.getByLabel(/^Street/).fill(street);
  await page.getByLabel(/^ZIP/).fill(zip);
  await hand.press("Save customer");
  await page.getByRole("heading", { level: 1, name }).waitFor();
  return page.url();
}

/** Invites somebody by mail and lets them join; answers the page of the new person. */
export async function inviteAndJoin(stage, owner, company, person, options = {}) {
  await owner.goto(`${company.host}/settings/people`);
  const hand = new Hand(owner);
  await owner.getByLabel(/^E-mail/).fill(person.email);
  await owner.getByLabel(/^Name/).fill(person.name);
  await owner.getByRole("radio", { name: new RegExp(`^${person.role}`) }).check();
  await hand.press("Send invitation");
  await owner.getByText(`The invitation is on its way to ${person.email}.`).waitFor();
  const mail = await mailTo(stage.server, person.email, /^Join /);
  const page = await stage.visitor(options);
  await page.goto(mail.links[0]);
  await page.getByLabel("Your name").fill(person.name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await new Hand(page).press(`Join ${company.name}`);
  await page.waitForURL((url) => url.pathname !== "/join");
  return page;
}
