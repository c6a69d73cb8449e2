// Every scene, two side by side: node suite.js [--shots DIR]
import { after, before, describe } from "node:test";
import { startServer } from "./harness/server.js";
import { launchBrowser, shotsFolder } from "./harness/stage.js";
import { people } from "./specs/people.js";

const suite = {};
const only = process.env.ONLY;

describe("fence", { concurrency: 2 }, () => {
  before(async () => {
    [suite.server, suite.browser] = await Promise.all([startServer(), launchBrowser()]);
  });
  after(async () => {
    await suite.browser?.close();
    await suite.server?.stop();
    console.log(`screenshots: ${shotsFolder()}`);
  });
  for (const spec of [people]) {
    if (!only || only === spec.name) describe(spec.name, { concurrency: 1 }, () => spec(suite));
  }
});
