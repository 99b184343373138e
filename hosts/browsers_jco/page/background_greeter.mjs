// A greeter in a worker, for pages: greetings are promised, and a guest that loops is ended.

import { GreeterError } from "./jco/errors.mjs";

export class BackgroundGreeter {
  #timeout;
  #worker;
  #last = Promise.resolve();

  /** `timeout` is how long a greeting may take, in milliseconds, loading included. */
  constructor({ timeout = 5000 } = {}) {
    this.#timeout = timeout;
    this.#start();
  }

  /** Greets `name`, in upper case with `up`: after all those who came before. Rejects with a `GreeterError`. */
  greet(name, up = false) {
    const greeting = this.#last.then(() => this.#ask({ name, up }));
    this.#last = greeting.catch(() => {});
    return greeting;
  }

  /** Ends the worker; nothing can be greeted any more. */
  close() {
    this.#worker.terminate();
  }

  #start() {
    this.#worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
  }

  #ask(question) {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const fail = (message, name = "GreeterError") => {
        clearTimeout(timer);
        reject(Object.assign(new GreeterError(message), { name }));
      };
      const restart = (message) => {
        worker.terminate();
        this.#start();
        fail(message);
      };
      const timer = setTimeout(
        () => restart(`component: no greeting within ${this.#timeout} ms`),
        this.#timeout,
      );
      worker.onmessage = ({ data: { greeting, kind, message } }) => {
        clearTimeout(timer);
        if (kind) fail(message, kind);
        else resolve(greeting);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        restart(`the worker fails: ${event.message ?? "it cannot be loaded"}`);
      };
      worker.postMessage(question);
    });
  }
}
