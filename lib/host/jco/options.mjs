// Command lines of the hosts on jco: what is wrong with one is told in a line, with exit code 2. For Node.

import { parseArgs } from "node:util";

import { GreeterError } from "./errors.mjs";

/** The command line is wrong. */
export class UsageError extends Error {}

/** What the program needs is not to be had. */
export class RunError extends Error {}

/** Parses the command line; `--help` prints `usage` and ends the process. */
export function parse(usage, options) {
  let parsed;
  try {
    parsed = parseArgs({ options: { ...options, help: { type: "boolean", short: "h" } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message.split("\n")[0]);
  }
  if (parsed.values.help) {
    console.log(usage);
    process.exit();
  }
  return parsed;
}

/** Bytes of a size such as 64MiB. */
export function size(flag, text) {
  const match = /^(\d{1,6})(KiB|MiB|GiB)$/.exec(text);
  if (!match) throw new UsageError(`${flag} ${text}: use a size, as 64MiB`);
  return match[1] * { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }[match[2]];
}

/** Milliseconds of a time such as 10s. */
export function time(flag, text) {
  const match = /^([1-9]\d{0,5})(ms|s)$/.exec(text);
  if (!match) throw new UsageError(`${flag} ${text}: use a time, as 10s or 500ms`);
  return match[1] * { ms: 1, s: 1000 }[match[2]];
}

/** Runs a program; an error that users can mend is one line on stderr. */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    // What the system refuses has the call that it refused.
    const known = error.syscall || [UsageError, RunError, GreeterError].some((kind) => error instanceof kind);
    if (!known) throw error;
    const usage = error instanceof UsageError;
    console.error(`error: ${error.message}${usage ? " (--help tells more)" : ""}`);
    process.exitCode = usage ? 2 : 1;
  }
}
