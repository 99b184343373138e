// Transpiles the components of a plan for pages: transpile_plan.mjs PLAN FOLDER. What cannot be transpiled is refused by this
// host, and told; the others are in the FOLDER, with the plan for them.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { ComponentError } from "../../../lib/host/jco/errors.mjs";
import { transpile } from "../../../lib/host/jco/transpile.mjs";

const [, , plan, out] = process.argv;
const left = [];
for (const [number, entry] of JSON.parse(await readFile(plan, "utf8")).entries()) {
  try {
    for (const [name, content] of await transpile(entry.component, { minify: true })) {
      const file = join(out, `${number}`, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
    }
    left.push({ ...entry, folder: `suite/${number}` });
  } catch (error) {
    const kind = error instanceof ComponentError ? "refused" : "failed";
    console.log(JSON.stringify({ at: entry.at, [kind]: error.message }));
  }
}
await writeFile(join(out, "plan.json"), JSON.stringify(left));
