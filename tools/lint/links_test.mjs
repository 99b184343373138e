// The links in the documents lead to files and headings that exist.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";

const repository = dirname(realpathSync(process.env.MODULE));
const packages = realpathSync(process.env.NODE_PATH);

/** The documents below a folder of the repository, without what Bazel, Cargo and npm make. */
function documents(folder) {
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["node_modules", "target", ".git"].includes(entry.name) ? [] : documents(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

test("links", () => {
  const files = documents("");
  assert.ok(files.includes("README.md"));
  const remark = join(packages, "remark-cli/cli.js");
  const plugin = `${join(packages, "remark-validate-links/index.js")}=repository:false`;
  const flags = ["--no-config", "--no-stdout", "--no-color", "--frail", "--quiet", "--use", plugin];
  const { status, stderr } = spawnSync(process.execPath, [remark, ...flags, ...files], {
    cwd: repository,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
});
