// The product under test: bin/fence with a private database in a temporary folder, ended by its process id.
import { spawn, execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { pause } from "./wait.js";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const binary = process.env.FENCE_BINARY ?? join(root, "bin", "fence");
const base = "fence.localhost";

/** Starts a server of its own, with the demo company, and waits until it is ready. */
export async function startServer() {
  const dir = await mkdtemp(join(tmpdir(), "fence-e2e-"));
  await chmod(dir, 0o755); // as root, the database belongs to another user
  const [port, adminPort] = [await freePort(), await freePort()];
  const settings = {
    FENCE_DATA_DIR: dir,
    FENCE_LISTEN: `127.0.0.1:${port}`,
    FENCE_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
    FENCE_PUBLIC_URL: `http://${base}:${port}`,
    FENCE_LOG_LEVEL: "warn",
  };
  const server = launch(settings, ["serve", "--demo"], join(dir, "serve.log"));
  return ready(server, adminPort, () => rm(dir, { recursive: true, force: true }));
}

/** Starts another server beside the database of the first, as a second replica: same keys, same outbox, its own port. */
export async function startBeside(first) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const socket = (await readFile(join(first.dir, "postgres", "data", "postmaster.pid"), "utf8")).split("\n")[4];
  const at = (role) => `postgres:///fence?${new URLSearchParams({ host: socket, user: role })}`;
  const key = async (name) => (await readFile(join(first.dir, name), "utf8")).trim();
  const settings = {
    FENCE_DATA_DIR: first.dir,
    FENCE_LISTEN: `127.0.0.1:${port}`,
    FENCE_ADMIN_LISTEN: `127.0.0.1:${adminPort}`,
    FENCE_PUBLIC_URL: `http://${base}:${port}`,
    FENCE_DATABASE_URL: at("fence_app"),
    FENCE_SYSTEM_DATABASE_URL: at("fence_system"),
    FENCE_SEAL_KEY: await key("seal.key"),
    FENCE_CONTEXT_KEYS: await key("context.key"),
    FENCE_DRAIN_PAUSE: "0s",
    FENCE_LOG_LEVEL: "warn",
  };
  const server = launch(settings, ["serve"], join(first.dir, "second.log"));
  return ready(server, adminPort, async () => {});
}

function launch(settings, args, log) {
  const dir = settings.FENCE_DATA_DIR;
  const port = settings.FENCE_LISTEN.split(":")[1];
  const child = spawn(binary, args, { env: environment(settings), stdio: ["ignore", "pipe", "pipe"] });
  const sink = createWriteStream(log);
  child.stdout.pipe(sink);
  child.stderr.pipe(sink);
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const abandon = () => child.kill("SIGKILL");
  process.once("exit", abandon);
  return {
    dir,
    log,
    ended,
    abandon,
    apex: `http://${base}:${port}`,
    at: (slug) => `http://${slug}.${base}:${port}`,
    /** What the server complained about so far. */
    complaints: async () => (await readFile(log, "utf8")).split("\n").filter((line) => /"level":"(WARN|ERROR)"/.test(line)),
    /** Runs a statement past every wall, for what the product has no page for yet. */
    sql: async (statement) => {
      const socket = (await readFile(join(dir, "postgres", "data", "postmaster.pid"), "utf8")).split("\n")[4];
      await promisify(execFile)("psql", ["-qX", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "postgres", "-d", "fence", "-c", statement]);
    },
    /** Runs a fence command in this installation; answers its output and exit code. */
    fence: (...args) => fence(settings, args),
    /** Ends the server as an operator would. */
    async stop() {
      child.kill("SIGTERM");
      const code = await Promise.race([ended, pause(40_000).then(() => "no end within 40 s")]);
      process.off("exit", abandon);
      abandon();
      await this.clean?.();
      if (code !== 0) throw new Error(`fence serve ended with ${code}, want 0`);
    },
  };
}

async function ready(server, adminPort, clean) {
  server.clean = clean;
  try {
    await untilReady(adminPort, server.ended);
  } catch (error) {
    server.abandon();
    throw new Error(`${error.message}\n${await readFile(server.log, "utf8")}`);
  }
  return server;
}

/** The variables of this process without settings that belong to another installation. */
function environment(settings) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("FENCE_"));
  return { ...Object.fromEntries(own), ...settings };
}

async function fence(settings, args) {
  try {
    const { stdout } = await promisify(execFile)(binary, args, { env: environment(settings) });
    return { code: 0, output: stdout };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    return { code: error.code, output: error.stdout };
  }
}

async function untilReady(adminPort, ended) {
  const gone = ended.then((code) => Promise.reject(new Error(`fence serve ended with ${code} before it was ready`)));
  for (const until = Date.now() + 90_000; Date.now() < until; ) {
    if (await Promise.race([status(adminPort, "/readyz"), gone]) === 200) return;
    await Promise.race([pause(50), gone]);
  }
  throw new Error("fence serve was not ready within 90 s");
}

function status(port, path) {
  return new Promise((resolve) => {
    http.get({ host: "127.0.0.1", port, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on("error", () => resolve(0));
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
