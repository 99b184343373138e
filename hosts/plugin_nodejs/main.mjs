// `plugin_nodejs`: greets on the command line.

import { parse, run, size, time, UsageError } from "../../lib/host/jco/options.mjs";
import { Greeter } from "./greeter.mjs";

const USAGE = `Greets a name by way of a WebAssembly component that exports anyhost:hello/greeter@1.0.0.

Usage: plugin_nodejs [OPTIONS] --component FILE NAME

  --component FILE     the component (*.wasm)
  --transpiled FOLDER  the same component, as the rule transpile made it an ES module: saves doing so at each start
  --up                 the whole greeting in upper case
  --max-memory SIZE    the largest size of the guest's memory [default: 64MiB]
  --timeout TIME       how long a greeting may take [default: 10s]
  -h, --help           this text
  -V, --version        the version

The guest is given no files, no network and no clock; a guest that imports anyhost:hello/formatter has this host's.

Example:
  plugin_nodejs --component hello_world_rust.wasm World --up`;

await run(async () => {
  const { values, positionals } = parse("plugin_nodejs", USAGE, {
    component: { type: "string" },
    transpiled: { type: "string" },
    up: { type: "boolean" },
    "max-memory": { type: "string", default: "64MiB" },
    timeout: { type: "string", default: "10s" },
  });
  if (positionals.length !== 1) throw new UsageError(`${positionals.length} names are given, expected one`);
  if (!values.component) throw new UsageError("--component FILE is missing");
  const greeter = await Greeter.load(values.transpiled ?? values.component, {
    name: values.component,
    maxMemory: size("--max-memory", values["max-memory"]),
    timeout: time("--timeout", values.timeout),
  });
  console.log(greeter.greet(positionals[0], values.up));
});
