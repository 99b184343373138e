// What it costs to pass values there and back through the guest `values`, in any host on jco.

const ROUNDS = 9;
/** Rounds before those, until the engine has compiled what it will, and the collector has been there. */
const WARM = 6;

/** µs of a call: the median of several rounds. `right` tells whether the guest gave back what it was given. */
function micros(calls, call, right) {
  if (!right(call())) throw new Error("the guest gave back something else");
  const figures = [];
  for (let n = 0; n < WARM * calls; n++) call();
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let n = 0; n < calls; n++) call();
    figures.push(((performance.now() - start) / calls) * 1000);
  }
  return figures.sort((a, b) => a - b)[ROUNDS >> 1];
}

/** What the engine alone takes to copy 1 MiB of `list<u8>` in and out: mostly for memory that nobody has used before. */
export function copyMicros() {
  const bytes = new Uint8Array(1 << 20).fill(7);
  const memory = new Uint8Array(new WebAssembly.Memory({ initial: 16 }).buffer);
  const copy = () => {
    memory.set(bytes);
    return memory.slice();
  };
  return micros(20, copy, (result) => result.length === bytes.length);
}

/** The figures of a plugin, by the names that all benches have for them; `recycle` is the library's. */
export function valuesMicros({ echo, counters }, recycle) {
  const strings = Array.from({ length: 1000 }, (_, i) => `item ${i}`);
  const rows = strings.map((name, i) => ({ id: i, name, price: i * 0.5, amount: BigInt(i), active: i % 2 === 0 }));
  const bytes = new Uint8Array(1 << 20).fill(7);
  const counter = new counters.Counter(0);
  const freed = (result) => {
    const { length } = result;
    recycle(result);
    return length;
  };
  const sameLength = (of) => (result) => result.length === of.length;
  return {
    string: micros(20_000, () => echo.echoString("World"), sameLength("World")),
    rows: micros(20, () => echo.echoRows(rows), sameLength(rows)),
    strings: micros(50, () => echo.echoStrings(strings), sameLength(strings)),
    bytes: micros(20, () => echo.echoBytes(bytes), sameLength(bytes)),
    freed_bytes: micros(
      20,
      () => freed(echo.echoBytes(bytes)),
      (length) => length === bytes.length,
    ),
    method: micros(20_000, () => counter.increment(1), Boolean),
  };
}
