// The library `anyhost`. What a component exports and imports has declarations of its own, `component.d.ts`, in the folder
// that the rule transpile makes: `Plugin.open<Root, ImportObject>(…)`.

/** What every error of a plugin is. A value of the wrong type or out of range is a `TypeError` or a `RangeError`. */
export class PluginError extends Error {}

/** The component cannot be used: it is not there, not a component, or imports what it is not given. */
export class ComponentError extends PluginError {}

/** The guest failed during a call. The next call has a fresh instance. */
export class TrapError extends PluginError {}

/** The guest took longer than it may. */
export class TimeLimitError extends TrapError {}

/** The error of a function that returns a `result`. A function for guests throws it to answer with an error. */
export class ResultError<Value = unknown> extends PluginError {
  constructor(value: Value, message?: string);
  readonly value: Value;
}

/** What the classes of all resources of guests extend. */
export abstract class Resource {
  /** Drops the resource. It does nothing the second time, or when the instance that it lives in has ended. */
  [Symbol.dispose](): void;
}

/** What `interfaces.json` has: what a component imports and exports, with all types. */
export interface Description {
  imports: Record<string, unknown>;
  exports: Record<string, unknown>;
  types: object[];
}

export interface Options<Imports extends object = object> {
  /** What the guest may call: an object with one for each interface, by its short or full name. */
  imports?: Imports;
  /** The largest size of a linear memory, in bytes; 64 MiB unless it is given. */
  maxMemory?: number;
  /** How long a call may take, in milliseconds. In Node alone. */
  timeout?: number;
  /** How messages call the component. */
  name?: string;
  /** What the guest is granted of WASI 0.2, if it imports that; "none" refuses such a component. */
  wasi?: Wasi | "none";
}

/** What a guest is granted of WASI 0.2. What is left out is nothing, but for clocks, random numbers and outputs. */
export interface Wasi {
  args?: string[];
  /** The time at which its clocks stand still, in milliseconds since 1970; else they are the machine's. */
  clock?: number;
  /** The directories that it may use: "HOST", "HOST::GUEST", or either with ":ro" at its end, for read-only. In Node alone. */
  dirs?: string[];
  env?: Record<string, string>;
  /** What takes the lines that it prints; else the console does. */
  output?: (stream: "stdout" | "stderr", line: string) => void;
  /** The bytes that its random numbers are made of, over and over; else they are the machine's. */
  random?: Uint8Array;
  /** What it reads from standard input. */
  stdin?: Uint8Array;
}

/** A component that is called like a library. */
export class Plugin {
  /** Opens a component file, or the folder that the rule transpile made of one; in a browser, where that is served. */
  static open<Exports extends object = Record<string, any>, Imports extends object = Record<string, any>>(
    path: string | URL,
    options?: Options<Imports>,
  ): Promise<Plugin & Exports>;
  /** An interface that the guest exports, by its full name or by a shorter one that no other has. */
  interface(name: string): any;
  /**
   * Resolves when a call finds an instance. It always does, but for a component with a core module of more than 8 MB on a
   * page: that has a fresh instance some time after a trap, and calls before that are errors.
   */
  ready(): Promise<void>;
  readonly description: Description;
}

/**
 * Gives the memory of bytes back that a call returned, for the next call that returns as many. Afterwards they are none:
 * the array, and whatever else shows its buffer, is empty.
 */
export function recycle(bytes: Uint8Array): void;

/** What a component imports and exports; `path` is as for `Plugin.open`. */
export function describe(path: string | URL): Promise<Description>;

type Plain = string | number | bigint | boolean | null | undefined | ArrayBufferView;

/** What has the same functions, each of which returns a promise. */
export type Promised<T> = T extends Plain
  ? T
  : T extends abstract new (...args: infer Args) => infer Made
    ? (new (...args: Args) => Promise<Promised<Made>>) & { [Key in Exclude<keyof T, "prototype">]: Promised<T[Key]> }
    : T extends (...args: infer Args) => infer Result
      ? (...args: Args) => Promise<Promised<Result>>
      : { [Key in keyof T]: Promised<T[Key]> };

/** A plugin in a worker, for pages: a guest that loops is ended. In browsers alone. */
export class BackgroundPlugin {
  static open<Exports extends object = Record<string, any>>(
    folder: string | URL,
    options?: Omit<Options, "imports"> & {
      /** The address of a module that exports, by name, the interfaces that the guest may call. */
      imports?: string | URL;
    },
  ): Promise<BackgroundPlugin & Promised<Exports>>;
  interface(name: string): any;
  readonly description: Description;
  /** Ends the worker: what has no answer yet, and what is asked later, is rejected. */
  close(): void;
}
