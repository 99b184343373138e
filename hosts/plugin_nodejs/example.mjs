import { Greeter, TrapError } from "./greeter.mjs";

const greeter = await Greeter.load(process.argv[2], {
  // What guests that import anyhost:hello/formatter may call.
  formatter: { reverse: (text) => `<${[...text].reverse().join("")}>` },
  maxMemory: 16 * 2 ** 20,
});

try {
  console.log(greeter.greet("World"));
  console.log(greeter.greet("World", true));
} catch (error) {
  if (!(error instanceof TrapError)) throw error;
  console.error(`the guest failed: ${error.message}`);
}
