// Runs `jco transpile`, makes values exact in what it made, and writes what the component's interfaces are beside it.

import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exact } from "./exact.mjs";
import { interfacesOf } from "./interfaces.mjs";

// The command line of jco, of which the component and the folder are read, too.
const command = process.argv.slice(2);
const [, , , component, , folder] = command;
const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
for (const name of await readdir(folder)) {
  const file = join(folder, name);
  if (name.endsWith(".js")) await writeFile(file, exact(await readFile(file, "utf8")));
}
await writeFile(join(folder, "interfaces.json"), JSON.stringify(interfacesOf(await readFile(component))));
