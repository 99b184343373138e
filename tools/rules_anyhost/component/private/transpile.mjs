// Runs `jco transpile`, and writes what the component's interfaces are beside what it made.

import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { interfacesOf } from "./interfaces.mjs";

// The command line of jco, of which the component and the folder are read, too.
const command = process.argv.slice(2);
const [, , , component, , folder] = command;
const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);
await writeFile(join(folder, "interfaces.json"), JSON.stringify(interfacesOf(await readFile(component))));
