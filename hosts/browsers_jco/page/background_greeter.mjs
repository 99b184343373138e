// A greeter in a worker, for pages: greetings are promised, and a guest that loops is ended.

import { GreeterError } from "./jco/errors.mjs";
import { failure } from "./jco/failures.mjs";
import { count, MOST_TIME, options, text } from "./jco/values.mjs";

export class BackgroundGreeter {
  #timeout;
  #timer;
  #worker;
  #closed = false;
  // The first is being answered, the others wait for it.
  #asked = [];

  /** `timeout` is how long a greeting may take, in milliseconds, loading included. */
  constructor(given = {}) {
    const { timeout = 5000 } = options(given, ["timeout"]);
    this.#timeout = count("timeout", timeout, MOST_TIME, "milliseconds");
    this.#worker = this.#start();
  }

  /**
   * Greets `name`, in upper case with `up`: after all those who came before. Rejects with a `GreeterError`, or with what
   * a function for guests threw.
   */
  async greet(name, up = false) {
    text("name", name);
    if (this.#closed) throw closed();
    return new Promise((resolve, reject) => {
      this.#asked.push({ question: { name, up: Boolean(up) }, resolve, reject });
      if (this.#asked.length === 1) this.#ask();
    });
  }

  /** Ends the worker: what is asked now, or was and has no answer yet, is rejected with a `GreeterError`. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#stop();
    for (const { reject } of this.#asked.splice(0)) reject(closed());
  }

  #start() {
    const worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) =>
      this.#settle(({ resolve, reject }) => (data.failed ? reject(failure(data)) : resolve(data.greeting)));
    worker.onerror = (event) => {
      event.preventDefault();
      // One that cannot be loaded is not tried again until it is needed.
      this.#stop();
      this.#fail(`the worker fails: ${event.message ?? "it cannot be loaded"}`);
    };
    return worker;
  }

  #stop() {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #ask() {
    this.#worker ??= this.#start();
    this.#worker.postMessage(this.#asked[0].question);
    this.#timer = setTimeout(() => {
      this.#stop();
      this.#worker = this.#start();
      this.#fail(`component: no greeting within ${this.#timeout} ms`);
    }, this.#timeout);
  }

  #fail(message) {
    this.#settle(({ reject }) => reject(new GreeterError(message)));
  }

  /** Ends the first question, and goes on with the next. */
  #settle(end) {
    clearTimeout(this.#timer);
    const first = this.#asked.shift();
    if (first) end(first);
    if (this.#asked.length > 0) this.#ask();
  }
}

const closed = () => new GreeterError("the greeter is closed");
