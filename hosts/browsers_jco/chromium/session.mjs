// The page in a real browser: this host's server, and Chromium without a window.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const playwright = createRequire(import.meta.url).resolve("playwright-core");
const { chromium } = (await import(pathToFileURL(playwright))).default;

const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-dev-shm-usage",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
];

/** Starts the server; `stop()` ends it with a signal and resolves to its exit code. */
export async function serve(...args) {
  return serveAt("127.0.0.1:0", ...args);
}

export async function serveAt(addr, ...args) {
  const server = spawn(resolve(process.env.SERVER), ["--addr", addr, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const exited = once(server, "exit");
  for await (const line of createInterface({ input: server.stderr })) {
    const [, urls, component] = /^listening on (http:.*) \((.*)\)$/.exec(line) ?? [];
    if (!urls) throw new Error(`the server says: ${line}`);
    const stop = async (signal = "SIGTERM") => {
      server.kill(signal);
      return (await exited)[0];
    };
    return { urls: urls.split(" and "), url: urls.split(" and ")[0], component, child: server, stop };
  }
  throw new Error(`the server ends with ${await exited}`);
}

/** Starts Chromium with a profile of its own; `close()` ends it and removes the profile. */
export async function browse(options) {
  const home = mkdtempSync(join(process.env.TEST_TMPDIR ?? tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(join(home, "profile"), {
    args: FLAGS,
    chromiumSandbox: false,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
    executablePath: realpathSync(process.env.CHROMIUM),
    ...options,
  });
  const close = async () => {
    await context.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { context, close };
}

/** A new page, and what it says on its console: nothing, if all is well. */
export async function openPage(context) {
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => said.push(`error: ${error.message}`));
  return { page, said };
}
