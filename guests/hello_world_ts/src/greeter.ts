import type * as world from "anyhost:hello/plugin@1.0.0";

export const greeter: typeof world.greeter = {
  greet(name, up) {
    const greeting = `Hello, ${name}`;
    return up ? greeting.toUpperCase() : greeting;
  },
};
