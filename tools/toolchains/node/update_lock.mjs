// Pins a folder's npm packages: update_lock FOLDER writes package-lock.json for its package.json.
//
// Optional packages stay out of the lock. `npm ci` is told to leave them out, and it refuses a lock in which some of
// them are missing, as happens when a registry does not have each platform's.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

if (!process.argv[2]) {
  console.error("usage: update_lock FOLDER (with a package.json)");
  process.exit(2);
}
const folder = resolve(process.env.BUILD_WORKING_DIRECTORY ?? ".", process.argv[2]);
const flags = [
  "--package-lock-only",
  "--omit-lockfile-registry-resolved",
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
];
const { status } = spawnSync("/usr/bin/npm", ["install", ...flags], { cwd: folder, stdio: "inherit" });
if (status !== 0) process.exit(1);

const file = join(folder, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
for (const [path, pinned] of Object.entries(lock.packages)) {
  if (pinned.optional) delete lock.packages[path];
  delete pinned.optionalDependencies;
  delete pinned.funding; // only addresses
}
writeFileSync(file, JSON.stringify(lock, null, 2) + "\n");
