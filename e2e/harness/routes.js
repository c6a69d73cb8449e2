// The list of pages as the product itself has it, and which of them an address is.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { root } from "./server.js";

/** Every GET route: its host, its pattern, and a test for addresses. Narrow patterns come first. */
export async function pageRoutes() {
  const { stdout } = await promisify(execFile)("go", ["run", "./e2e/routes"], { cwd: root });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .filter(([, method]) => method === "GET")
    .map(([host, , pattern]) => ({ host, pattern, name: `${host} ${pattern}`, matches: matcher(pattern), width: (pattern.match(/\{/g) ?? []).length }))
    .sort((a, b) => a.width - b.width || b.pattern.length - a.pattern.length);
}

function matcher(pattern) {
  const pieces = pattern.replace(/\{\$\}$/, "").split(/(\{[^}]+\})/).map((piece) => {
    if (!piece.startsWith("{")) return piece.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
    return piece.endsWith("...}") ? ".*" : "[^/]+";
  });
  return new RegExp(`^${pieces.join("")}$`);
}

/** The route that answers an address, or nothing when none of ours does. */
export function routeOf(routes, address) {
  const { hostname, pathname } = new URL(address);
  const host = hostname === "fence.localhost" ? "apex" : "company";
  return routes.find((route) => route.host === host && route.matches.test(pathname));
}
