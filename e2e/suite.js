// Every scene, two side by side: node suite.js [--shots DIR]
import { after, before, describe } from "node:test";
import { startServer } from "./harness/server.js";
import { launchBrowser, takenShots } from "./harness/stage.js";
import { pageRoutes } from "./harness/routes.js";
import { account } from "./specs/account.js";
import { operatorsConsole } from "./specs/console.js";
import { drawing } from "./specs/drawing.js";
import { accounting, pages } from "./specs/pages.js";
import { getpaid } from "./specs/getpaid.js";
import { keys } from "./specs/keys.js";
import { path } from "./specs/path.js";
import { people } from "./specs/people.js";
import { plan } from "./specs/plan.js";
import { support } from "./specs/support.js";
import { signon } from "./specs/signon.js";
import { years } from "./specs/years.js";

/** What scenes share: seen are the pages that browsers without script opened. */
const suite = { seen: [] };
const only = process.env.ONLY;

describe("fence", { concurrency: 2 }, () => {
  before(async () => {
    [suite.server, suite.browser, suite.routes] = await Promise.all([startServer(), launchBrowser(), pageRoutes()]);
  });
  after(async () => {
    await suite.browser?.close();
    await suite.server?.stop();
    if (takenShots()) console.log(`screenshots: ${takenShots()}`);
  });
  for (const spec of [path, pages, drawing, people, account, keys, plan, getpaid, support, operatorsConsole, signon, years]) {
    if (!only || only === spec.name) describe(spec.name, { concurrency: 1 }, () => spec(suite));
  }
});
if (!only) accounting(suite);
