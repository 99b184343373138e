// The faults that every plugin host is tested with, for tests in JavaScript.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

const cases = JSON.parse(readFileSync(process.env.CASES, "utf8"));

export const faults = cases.faults;

const files = new Map((process.env.COMPONENTS ?? "").split(" ").map((path) => [basename(path, ".wasm"), path]));

/** The file that is called `name` in the cases. */
export function component(name) {
  return files.get(name) ?? `${name}.wasm`;
}
