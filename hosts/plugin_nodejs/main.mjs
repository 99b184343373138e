// `plugin_nodejs`: calls a component's function on the command line.

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { directory } from "../../lib/host/jco/files.mjs";
import { JsonCalls } from "../../lib/host/jco/json.mjs";
import { functionName, namesOf } from "../../lib/host/jco/names.mjs";
import { Plugin } from "../../lib/host/jco/node.mjs";
import { parse, RunError, run, size, time, UsageError } from "../../lib/host/jco/options.mjs";
import { callIn, parseArguments, print, signature } from "../../lib/host/jco/wave.mjs";

const USAGE = `Calls a function that a WebAssembly component exports, and prints what it returns.

Usage: plugin_nodejs [OPTIONS] --component FILE CALL
       plugin_nodejs [OPTIONS] --component FILE TEXT [--SWITCH...]

CALL is a function and its arguments in WAVE, the notation of \`wasmtime run --invoke\`: 'greet("you", true)'. The function's
name may have its interface before it, short or in full: 'greeter.greet("you", true)'.
TEXT is what is no call: the first argument of the one function that takes a string first. Each --SWITCH is the name of a
parameter of type bool, which is then true; what is left out is false, or nothing. A string is then printed as it is.

  --component FILE     the component (*.wasm)
  --transpiled FOLDER  the same component, as the rule transpile made it an ES module: saves doing so at each start
  --imports FILE       a JavaScript module that exports, by name, the interfaces that the component imports
  --json               print the result as JSON instead of WAVE
  --max-memory SIZE    the largest size of the guest's memory [default: 64MiB]
  --timeout TIME       how long the call may take [default: 10s]
  --env NAME=VALUE     a variable of the guest's environment, which is else empty; repeat for more
  --dir HOST[::GUEST][:ro]
                       a directory that the guest may use, under the name GUEST; with :ro only to read; repeat for more
  --wasi VERSION       what the guest has of WASI: 0.2 with clocks, random numbers and what is granted, or none
                       [default: 0.2]
  -h, --help           this text
  -V, --version        the version

The guest is given no network, no files and no environment but what --dir and --env grant, and no function but those of
--imports. What it prints goes to standard error.

Examples:
  plugin_nodejs --component hello_world_rust.wasm World --up
  plugin_nodejs --component hello_world_rust.wasm 'greet("World", true)'`;

/** The functions that a component exports and a command line can call: resources have methods, which need a handle. */
function functionsOf({ exports }) {
  return Object.entries(exports).flatMap(([name, item]) => {
    if ("params" in item) return [{ names: [name], call: name, ...item }];
    return Object.entries(item)
      .filter(([own]) => functionName(own).kind === "function")
      .map(([own, type]) => {
        const names = namesOf(name).map((face) => `${face}.${own}`);
        return { interface: name, names: [...names, own], call: own, ...type };
      });
  });
}

const listed = (functions, types) =>
  functions.map((one) => signature(one.names.at(-2) ?? one.names[0], one, types)).join("; ") || "no function";

function choose(functions, name, types) {
  const found = functions.filter(({ names }) => names.includes(name));
  if (found.length === 1) return found[0];
  if (found.length) throw new UsageError(`${name} is more than one function: ${listed(found, types)}`);
  throw new UsageError(`there is no function ${name}; the component exports ${listed(functions, types)}`);
}

/** The arguments of the one function that takes a string first, from that string and the switches. */
function shortForm(functions, text, switches, types) {
  const found = functions.filter(({ params }) => params[0]?.[1] === "string");
  if (found.length !== 1) {
    throw new UsageError(
      `'${text}' is no call, as 'function("text", 1)'; the component exports ${listed(functions, types)}`,
    );
  }
  const [one] = found;
  const rest = one.params.slice(1);
  const other = switches.find((name) => !rest.some(([param, type]) => param === name && type === "bool"));
  if (other) throw new UsageError(`unexpected argument '--${other}'; the function is ${listed(found, types)}`);
  const needed = rest.find(([, type]) => type !== "bool" && !("option" in Object(types[type])));
  if (needed) throw new UsageError(`${needed[0]} is missing; use a call: ${listed(found, types)}`);
  return { one, args: [text, ...rest.map(([name, type]) => (type === "bool" ? switches.includes(name) : null))] };
}

await run(async () => {
  const { values, positionals, switches } = parse(
    "plugin_nodejs",
    USAGE,
    {
      component: { type: "string" },
      transpiled: { type: "string" },
      imports: { type: "string" },
      json: { type: "boolean" },
      "max-memory": { type: "string", default: "64MiB" },
      timeout: { type: "string", default: "10s" },
      env: { type: "string", multiple: true, default: [] },
      dir: { type: "string", multiple: true, default: [] },
      wasi: { type: "string", default: "0.2" },
    },
    { allowSwitches: true },
  );
  if (!values.component) throw new UsageError("--component <FILE> is missing");
  if (positionals.length > 1) throw new UsageError(`${positionals.length} calls are given, expected one`);
  const plugin = await Plugin.open(values.transpiled ?? values.component, {
    name: values.component,
    imports: values.imports && (await importsOf(values.imports)),
    maxMemory: size("--max-memory", values["max-memory"]),
    timeout: time("--timeout", values.timeout),
    wasi: granted(values),
  });
  const { types } = plugin.description;
  const functions = functionsOf(plugin.description);
  const [text] = positionals;
  if (text === undefined) throw new UsageError(`no call is given; the component exports ${listed(functions, types)}`);
  const call = callIn(text);
  if (call && switches.length) throw new UsageError(`unexpected argument '--${switches[0]}'`);
  const chosen = call ? { one: choose(functions, call.name, types) } : shortForm(functions, text, switches, types);
  const { one, args = argumentsOf(call, one, types) } = chosen;
  const result = new JsonCalls(plugin).call({ ...one, args });
  if (one.result === null) return;
  if (values.json) console.log(JSON.stringify(result));
  else console.log(!call && one.result === "string" ? result : print(result, one.result, types));
});

/** What the guest has of WASI. */
function granted({ wasi, env, dir: dirs }) {
  const variables = env.map((text) => {
    const at = text.indexOf("=");
    if (at < 1) throw new UsageError(`invalid value '${text}' for '--env <NAME=VALUE>': use NAME=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  for (const text of dirs) {
    const reason = directory(text);
    if (typeof reason === "string") {
      throw new UsageError(`invalid value '${text}' for '--dir <HOST[::GUEST][:ro]>': ${reason}`);
    }
  }
  if (wasi === "none") {
    if (env.length + dirs.length > 0) throw new UsageError("--env and --dir grant nothing with --wasi none");
    return "none";
  }
  if (wasi !== "0.2") throw new UsageError(`invalid value '${wasi}' for '--wasi <VERSION>': use 0.2 or none`);
  const output = (stream, line) => console.error(`guest ${stream}: ${line}`);
  return { env: Object.fromEntries(variables), dirs, output };
}

function argumentsOf({ name, args }, { params }, types) {
  try {
    return parseArguments(args, params, types);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`the arguments of ${name}: ${error.message}`);
  }
}

async function importsOf(file) {
  try {
    return await import(pathToFileURL(resolve(file)));
  } catch (cause) {
    throw new RunError(`${file}: cannot be imported: ${cause.message.split("\n")[0]}`, { cause });
  }
}
