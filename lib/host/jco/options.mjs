// Command lines of the hosts on jco: what is wrong with one is told in a line, with exit code 2. For Node.

import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { PluginError } from "./errors.mjs";
import { MOST_MEMORY, MOST_TIME } from "./values.mjs";

/** The command line is wrong. */
export class UsageError extends Error {}

/** What the program needs is not to be had. */
export class RunError extends Error {}

const ALWAYS = { help: { type: "boolean", short: "h" }, version: { type: "boolean", short: "V" } };

/**
 * Parses the command line; `--help` prints `usage`, `--version` what program this is, and both end the process. With
 * `allowSwitches` there may be others than the `options`: their names are `switches`, for what only a component knows.
 */
export function parse(program, usage, options, { allowSwitches = false } = {}) {
  // In `process.argv` such bytes are other characters already.
  if (!isUtf8(readFileSync("/proc/self/cmdline"))) throw new UsageError("invalid UTF-8 was detected in the arguments");
  const known = { ...options, ...ALWAYS };
  const { tokens } = parseArgs({ options: known, allowPositionals: true, strict: false, tokens: true });
  const switches = tokens
    .filter(({ kind, name, value }) => kind === "option" && !Object.hasOwn(known, name) && value === undefined)
    .map(({ name }) => name);
  let parsed;
  try {
    const more = allowSwitches ? Object.fromEntries(switches.map((name) => [name, { type: "boolean" }])) : {};
    parsed = parseArgs({ options: { ...known, ...more }, allowPositionals: true });
  } catch (error) {
    const unknown = error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && /'(-[^']*)'/.exec(error.message)?.[1];
    throw new UsageError(unknown ? `unexpected argument '${unknown}' found` : error.message.split("\n")[0]);
  }
  const { help, version } = parsed.values;
  if (help || version) {
    console.log(help ? usage : `${program} ${process.env.VERSION}`);
    process.exit();
  }
  return { ...parsed, switches };
}

const SIZE_UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
const TIME_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Bytes of a size such as 64MiB, for the memory of a guest. */
export function size(flag, text) {
  const most = "4GiB, which is what WebAssembly can address";
  return measure(`${flag} <SIZE>`, text, SIZE_UNITS, "a number and B, KiB, MiB or GiB, as 64MiB", MOST_MEMORY, most);
}

/** Milliseconds of a time such as 10s. */
export function time(flag, text) {
  return measure(`${flag} <TIME>`, text, TIME_UNITS, "a number and ms, s, m or h, as 30s", MOST_TIME, "596h");
}

function measure(flag, text, units, form, most, shownMost) {
  const wrong = (reason) => new UsageError(`invalid value '${text}' for '${flag}': ${reason}`);
  const [, number, unit] = /^(\d+)([a-zA-Z]+)$/.exec(text) ?? [];
  if (!Object.hasOwn(units, unit)) throw wrong(`use ${form}`);
  const value = number * units[unit];
  if (value === 0) throw wrong("it must be more than 0");
  if (value >= 2 ** 64) throw wrong("this is too much");
  if (value > most) throw wrong(`the most is ${shownMost}`);
  return value;
}

/** Runs a program; an error that users can mend is one line on stderr. */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    // What the system refuses has the call that it refused.
    const known =
      error.syscall || error.isWrongValue || [UsageError, RunError, PluginError].some((kind) => error instanceof kind);
    if (!known) throw error;
    const usage = error instanceof UsageError;
    console.error(`error: ${error.message}${usage ? " (--help tells more)" : ""}`);
    process.exitCode = usage ? 2 : 1;
  }
}
