// WASI 0.2, as far as it is granted, for a guest whose calls wait for no promise. For Node and for browsers.
//
// A guest has clocks, random numbers, arguments, an environment, something to read and two outputs; in Node it may have
// directories, which are in files.mjs. The network is refused.

import { ResultError, TrapError } from "./errors.mjs";
import { Lines } from "./lines.mjs";
import { functionName, resourcesOf } from "./names.mjs";
import { camel, pascal } from "./types.mjs";
import { options, shown, text, wrong } from "./values.mjs";

const PACKAGES = ["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];

/** The latest time at which a clock may stand still, in milliseconds since 1970. */
const MOST_CLOCK = 2 ** 53 - 1;
/** The most random bytes at once, and the most that a guest may write at once. */
const MOST_RANDOM = 2 ** 20;
const WRITE_BUDGET = 65_536n;

/** Whether an import is one of WASI 0.2. */
export function isWasi(face) {
  const [, name, version] = /^wasi:([a-z-]+)\/[a-z-]+@(.*)$/.exec(face) ?? [];
  return PACKAGES.includes(name) && version.startsWith("0.2.");
}

/** What is granted, looked at: `undefined` for "none". */
export function grants(given = {}) {
  if (given === "none") return undefined;
  if (typeof given !== "object" || given === null)
    throw wrong(TypeError, `wasi: expected an object or "none", got ${shown(given)}`);
  const known = options(given, ["args", "clock", "env", "output", "random", "stdin"]);
  const { args = [], clock, env = {}, output, random, stdin = new Uint8Array() } = known;
  if (!Array.isArray(args)) throw wrong(TypeError, `wasi.args: expected an array, got ${shown(args)}`);
  for (const arg of args) string("args", arg);
  if (typeof env !== "object" || env === null)
    throw wrong(TypeError, `wasi.env: expected an object, got ${shown(env)}`);
  for (const entry of Object.entries(env)) for (const one of entry) string("env", one);
  if (clock !== undefined && !(Number.isFinite(clock) && clock >= 0 && clock <= MOST_CLOCK))
    throw wrong(RangeError, `wasi.clock: expected milliseconds since 1970, got ${shown(clock)}`);
  if (output !== undefined && typeof output !== "function")
    throw wrong(TypeError, `wasi.output: expected a function of a stream and a line, got ${shown(output)}`);
  bytes("stdin", stdin);
  if (random !== undefined && bytes("random", random).length === 0)
    throw wrong(RangeError, "wasi.random: expected a byte or more, got none");
  return { args, clock, env, output, random, stdin };
}

function string(name, value) {
  text(`wasi.${name}`, value);
  if (!value.isWellFormed() || value.includes("\0"))
    throw wrong(RangeError, `wasi.${name}: expected Unicode without NUL, got ${shown(value)}`);
}

function bytes(name, value) {
  if (value instanceof Uint8Array) return value;
  throw wrong(TypeError, `wasi.${name}: expected a Uint8Array, got ${shown(value)}`);
}

const closed = () => {
  throw new ResultError({ tag: "closed" });
};

/** Waits as long as nobody else may run: a thread that may not sleep asks the time again and again. */
function sleepUntil(end) {
  while (performance.now() < end) {
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, end - performance.now());
    } catch {
      // This thread may not sleep: it looks again.
    }
  }
}

class Pollable {
  /** Ready at a time of `performance.now()`. */
  constructor(end = 0) {
    this.end = end;
  }
  ready() {
    return performance.now() >= this.end;
  }
  block() {
    sleepUntil(this.end);
  }
}

export class InputStream {
  constructor(bytes) {
    this.bytes = bytes;
  }
  read(most) {
    if (this.bytes.length === 0) closed();
    const length = Math.min(Number(most), this.bytes.length);
    const read = this.bytes.slice(0, length);
    this.bytes = this.bytes.subarray(length);
    return read;
  }
  blockingRead(most) {
    return this.read(most);
  }
  skip(most) {
    return BigInt(this.read(most).length);
  }
  blockingSkip(most) {
    return this.skip(most);
  }
  subscribe() {
    return new Pollable();
  }
}

export class OutputStream {
  constructor(lines) {
    this.lines = lines;
  }
  checkWrite() {
    return WRITE_BUDGET;
  }
  write(bytes) {
    this.lines.push(bytes);
  }
  writeZeroes(count) {
    this.lines.push(new Uint8Array(Number(count < WRITE_BUDGET ? count : WRITE_BUDGET)));
  }
  blockingWriteAndFlush(bytes) {
    this.write(bytes);
  }
  blockingWriteZeroesAndFlush(count) {
    this.writeZeroes(count);
  }
  flush() {}
  blockingFlush() {}
  splice(source, most) {
    const bytes = source.read(most < WRITE_BUDGET ? most : WRITE_BUDGET);
    this.write(bytes);
    return BigInt(bytes.length);
  }
  blockingSplice(source, most) {
    return this.splice(source, most);
  }
  subscribe() {
    return new Pollable();
  }
}

/** Random bytes: those of the machine, or those in `cycle`, over and over; `trap` makes an error of too many. */
function randomBytes(cycle, trap) {
  let at = 0;
  const next = (length) => {
    if (length > MOST_RANDOM) throw trap(`it wants more than ${MOST_RANDOM} random bytes at once`);
    const bytes = new Uint8Array(Number(length));
    if (cycle) for (const i of bytes.keys()) bytes[i] = cycle[at++ % cycle.length];
    else for (let i = 0; i < bytes.length; i += 65_536) crypto.getRandomValues(bytes.subarray(i, i + 65_536));
    return bytes;
  };
  return { bytes: next, u64: () => new DataView(next(8).buffer).getBigUint64(0) };
}

/** WASI for the instances of a plugin, each of which begins anew. */
export class Wasi {
  #files;
  #granted;
  #name;
  #outputs = [];
  #random;
  #insecure;
  #stdin;

  /** `name` is how messages call the component, `granted` comes from `grants`; `files` are directories. */
  constructor(name, granted, files) {
    this.#files = files;
    this.#granted = granted;
    this.#name = name;
    this.begin();
  }

  /** There is a fresh instance. */
  begin() {
    const { output = this.#print, random, stdin } = this.#granted;
    this.#files?.begin();
    this.#outputs = ["stdout", "stderr"].map((stream) => new Lines((line) => output(stream, line)));
    const trap = (reason) => this.#trap(reason);
    this.#random = randomBytes(random, trap);
    this.#insecure = randomBytes(random, trap);
    this.#stdin = new InputStream(stdin);
  }

  /** A call has ended: what it has printed of a line is one. */
  end() {
    for (const lines of this.#outputs) lines.finish();
  }

  #print = (stream, line) => {
    const log = stream === "stdout" ? console.log : console.error;
    log(`${this.#name}: ${line}`);
  };

  #trap(reason) {
    return new TrapError(`${this.#name}: trap: ${reason}`);
  }

  /** An interface of WASI, as hosts give one: what it has that is not here ends the guest's call. */
  face(description, face) {
    const [, , own] = /^wasi:([a-z-]+)\/([a-z-]+)@/.exec(face);
    const place = face.split("@")[0].slice("wasi:".length);
    const { classes = {}, ...functions } = this.#files?.faces[place] ?? this.#faces[place] ?? {};
    const made = { ...functions };
    const refuse = (name) => () => {
      const why = place.startsWith("http/") ? "no HTTP in a plugin" : `a plugin has no ${own}`;
      throw this.#trap(`${face}.${name} is refused: ${why}`);
    };
    for (const resource of resourcesOf(description, face).keys()) {
      const construct = refuse(`${resource}.constructor`);
      made[pascal(resource)] =
        classes[resource] ??
        class {
          constructor() {
            construct();
          }
        };
    }
    for (const name of Object.keys(description.imports[face])) {
      const { kind, resource, own: key } = functionName(name);
      if (kind === "constructor") continue;
      const Resource = resource && made[pascal(resource)];
      const owner = kind === "function" ? made : kind === "static" ? Resource : Resource.prototype;
      owner[camel(key)] ??= refuse(resource ? `${resource}.${key}` : key);
    }
    return made;
  }

  #now() {
    return this.#granted.clock ?? performance.timeOrigin + performance.now();
  }

  #monotonic() {
    const { clock } = this.#granted;
    return BigInt(Math.round((clock ?? performance.now()) * 1e6));
  }

  #denied = () => {
    throw new ResultError("access-denied");
  };

  #exit(code) {
    throw this.#trap(`it exited with code ${code}`);
  }

  /** What there is of the interfaces. */
  #faces = {
    "cli/environment": {
      getArguments: () => this.#granted.args,
      getEnvironment: () => Object.entries(this.#granted.env),
      initialCwd: () => undefined,
    },
    "cli/exit": {
      exit: ({ tag }) => this.#exit(tag === "ok" ? 0 : 1),
      exitWithCode: (code) => this.#exit(code),
    },
    "cli/stderr": { getStderr: () => new OutputStream(this.#outputs[1]) },
    "cli/stdin": { getStdin: () => this.#stdin },
    "cli/stdout": { getStdout: () => new OutputStream(this.#outputs[0]) },
    "cli/terminal-stderr": { getTerminalStderr: () => undefined },
    "cli/terminal-stdin": { getTerminalStdin: () => undefined },
    "cli/terminal-stdout": { getTerminalStdout: () => undefined },
    "clocks/monotonic-clock": {
      now: () => this.#monotonic(),
      resolution: () => 1000n,
      subscribeDuration: (duration) => new Pollable(performance.now() + Number(duration) / 1e6),
      subscribeInstant: (when) => new Pollable(performance.now() + Number(when - this.#monotonic()) / 1e6),
    },
    "clocks/wall-clock": {
      now: () => {
        const now = this.#now();
        return { seconds: BigInt(Math.floor(now / 1000)), nanoseconds: Math.floor((now % 1000) * 1e6) };
      },
      resolution: () => ({ seconds: 0n, nanoseconds: 1_000_000 }),
    },
    "filesystem/preopens": { getDirectories: () => [] },
    "filesystem/types": { filesystemErrorCode: () => undefined },
    "io/error": { classes: { error: class {} } },
    "io/poll": {
      classes: { pollable: Pollable },
      poll: (all) => {
        if (all.length === 0) throw this.#trap("it polls nothing");
        sleepUntil(Math.min(...all.map(({ end }) => end)));
        const now = performance.now();
        return all.flatMap(({ end }, at) => (end <= now ? [at] : []));
      },
    },
    "io/streams": { classes: { "input-stream": InputStream, "output-stream": OutputStream } },
    "random/insecure": {
      getInsecureRandomBytes: (length) => this.#insecure.bytes(length),
      getInsecureRandomU64: () => this.#insecure.u64(),
    },
    "random/insecure-seed": {
      insecureSeed: () => {
        const seed = randomBytes(this.#granted.random);
        const [high, low] = [seed.u64(), seed.u64()];
        return [low, high];
      },
    },
    "random/random": {
      getRandomBytes: (length) => this.#random.bytes(length),
      getRandomU64: () => this.#random.u64(),
    },
    "sockets/instance-network": { instanceNetwork: () => new Network() },
    "sockets/ip-name-lookup": { resolveAddresses: this.#denied },
    "sockets/network": { classes: { network: Network }, networkErrorCode: () => undefined },
    "sockets/tcp-create-socket": { createTcpSocket: this.#denied },
    "sockets/udp-create-socket": { createUdpSocket: this.#denied },
  };
}

class Network {}
