import { Plugin, TrapError } from "anyhost";

const plugin = await Plugin.open(process.argv[2], {
  // What guests that import an interface `formatter` may call.
  imports: { formatter: { reverse: (text) => `<${[...text].reverse().join("")}>` } },
  maxMemory: 16 * 2 ** 20,
});

try {
  console.log(plugin.greeter.greet("World", false));
  console.log(plugin.greeter.greet("World", true));
} catch (error) {
  if (!(error instanceof TrapError)) throw error;
  console.error(`the guest failed: ${error.message}`);
}
