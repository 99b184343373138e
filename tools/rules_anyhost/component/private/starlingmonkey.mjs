// Makes a component of ES modules with componentize-js, which has wizer take the snapshot of the engine.

import { chmodSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkedModule, main, run, typeEraser, writeSources } from "./js_sources.mjs";

const ENTRY = "anyhost-component.js";
// What of JavaScript would import WASI besides the world.
const FEATURES = ["clocks", "fetch-event", "http", "random", "stdio"];

// What runs wizer: neither a folder nor a variable of this build may get into the snapshot, and time and chance stand
// still. The dynamic linker preloads without a variable.
const WIZER = `#!/bin/bash
for arg; do
  [[ $arg != --dir=* ]] || sources=\${arg#--dir=}
  [[ $arg != --mapdir=/::* ]] || root=\${arg#--mapdir=/::}
done
unset OLDPWD PWD SHLVL _
sed "s#$sources/#/sources/#; s#$root/#/#" |
  /lib64/ld-linux-x86-64.so.2 --preload "SAME_BYTES" "WIZER" "\${@/#--dir=*/--mapdir=/sources::$sources}"
`;

await main(["same-bytes", "wac"], async (values, folder) => {
  const root = join(folder, "root");
  writeSources(values, root, typeEraser(values["node-modules"]));
  writeFileSync(join(root, ENTRY), checkedModule(values));
  const require = createRequire(resolve(values["node-modules"], ENTRY));
  const wizer = require.resolve("@bytecodealliance/wizer-linux-x64/wizer");
  const wizerBin = join(folder, "wizer");
  writeFileSync(wizerBin, WIZER.replace("SAME_BYTES", resolve(values["same-bytes"])).replace("WIZER", wizer));
  chmodSync(wizerBin, 0o755);
  const out = resolve(values.out);
  // It reads no binary, which would not say what is unstable either, and not to be imported.
  const witPath = join(folder, "world.wit");
  writeFileSync(witPath, run(values["wasm-tools"], ["component", "wit", "--all-features", values.witFolder]));
  const module = resolve(values["node-modules"], "@bytecodealliance/componentize-js/src/componentize.js");
  const { componentize } = await import(pathToFileURL(module));
  Date.now = () => 946684800000; // what a clock that is not given says, too
  const disableFeatures = FEATURES.filter((feature) => !values.debug || feature !== "stdio");
  const options = { sourcePath: join(root, ENTRY), witPath, worldName: values.world };
  const { component } = await componentize({ ...options, disableFeatures, wizerBin });
  writeFileSync(out, component);
});
