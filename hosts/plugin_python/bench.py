"""Compares this library with wasmtime.component used by hand: calls a second, what a start takes, and what values cost.

Rounds of the two alternate, so that both see the same machine; medians are shown.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from anyhost import Plugin, PluginError
from wasmtime import Engine, Store
from wasmtime.component import Component, Func, Linker

ROUNDS = 15
STARTS = 25
GREETER = "anyhost:hello/greeter@1.0.0"


class Plain:
    """The same component without the library: no checks, no bounds."""

    def __init__(self, file: str) -> None:
        self.engine = Engine()
        self.component = Component(self.engine, Path(file).read_bytes())
        self.linker = Linker(self.engine)
        self.store, self.greet = self.instantiate()

    def instantiate(self) -> tuple[Store, Func]:
        """A store with an instance in it, and its function."""
        store = Store(self.engine)
        instance = self.linker.instantiate(store, self.component)
        interface = self.component.get_export_index(GREETER)
        index = self.component.get_export_index("greet", interface)
        greet = instance.get_func(store, index) if index else None
        if greet is None:
            sys.exit(f"error: the component does not export {GREETER}")
        return store, greet


def library_calls(plugin: Plugin, calls: int) -> None:
    """The loop with the library."""
    greet = plugin[GREETER].greet
    for _ in range(calls):
        greet("World", False)


def plain_calls(plain: Plain, calls: int) -> None:
    """The loop without it."""
    greet, store = plain.greet, plain.store
    for _ in range(calls):
        greet(store, "World", False)


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def open_and_close(file: str, aot: str | None = None) -> None:
    """What a program does that calls nothing."""
    with Plugin(file, aot=aot):
        pass


def alternate(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The medians of both; who begins changes from round to round."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 else (1, 0):
            times[which].append(seconds(second if which else first))
    return statistics.median(times[0]), statistics.median(times[1])


class Host:
    """What the guest of values is given; no call here asks for it."""

    class store:
        """A resource."""

        default_name = staticmethod(str)

    relay = bytes = find = close = staticmethod(lambda value: value)
    notify = check = describe = print


def median_us(work: Callable[[], object], calls: int) -> float:
    """The median of what a call takes."""
    work()

    def several() -> None:
        for _ in range(calls):
            work()

    return statistics.median(seconds(several) / calls * 1e6 for _ in range(ROUNDS))


def measure_values(file: str, aot: str) -> dict[str, float]:
    """Microseconds of a call, there and back."""
    with Plugin(file, aot=aot, imports={"host": Host}) as plugin:
        echo: Any = plugin.echo
        counter = plugin.counters.Counter(0)
        rows = [echo.Row(i, f"item {i}", i * 0.5, i, i % 2 == 0) for i in range(1000)]
        strings = [f"item {i}" for i in range(1000)]
        data = bytes(1 << 20)
        if not len(echo.echo_rows(rows)) == len(echo.echo_strings(strings)) == 1000 or echo.echo_bytes(data) != data:
            sys.exit("error: the component does not give back what it gets")
        return {
            "string": median_us(lambda: echo.echo_string("World"), 2000),
            "rows": median_us(lambda: echo.echo_rows(rows), 3),
            "strings": median_us(lambda: echo.echo_strings(strings), 3),
            "bytes": median_us(lambda: echo.echo_bytes(data), 3),
            "method": median_us(lambda: counter.increment(1), 2000),
        }


def measure(file: str, aot: str, calls: int) -> dict[str, float]:
    """All other figures: calls a second, and milliseconds."""
    plain = Plain(file)
    with Plugin(file) as plugin:
        library_calls(plugin, calls)
        plain_calls(plain, calls)
        library, by_hand = alternate(
            lambda: library_calls(plugin, calls),
            lambda: plain_calls(plain, calls),
            ROUNDS,
        )
    load, load_by_hand = alternate(lambda: open_and_close(file), lambda: Plain(file), STARTS)
    precompiled = statistics.median(seconds(lambda: open_and_close(file, aot)) for _ in range(STARTS))
    instantiate = statistics.median(seconds(plain.instantiate) for _ in range(STARTS))
    return {
        "calls_per_s": calls / library,
        "plain_calls_per_s": calls / by_hand,
        "overhead_percent": (library / by_hand - 1) * 100,
        "load_ms": load * 1000,
        "load_precompiled_ms": precompiled * 1000,
        "plain_load_ms": load_by_hand * 1000,
        "plain_instantiate_ms": instantiate * 1000,
    }


def main() -> int:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--component", metavar="FILE", required=True)
    parser.add_argument("--aot", metavar="FILE", required=True, help="its machine code")
    parser.add_argument("--values", metavar="FILE", required=True, help="the guest of the contract values")
    parser.add_argument("--values-aot", metavar="FILE", required=True, help="its machine code")
    parser.add_argument("--large", metavar="FILE", required=True, help="a component of 12 MB")
    parser.add_argument("--large-aot", metavar="FILE", required=True, help="its machine code")
    parser.add_argument("--calls", metavar="N", type=int, default=20000, help="calls in a round")
    parser.add_argument("--json", action="store_true", help="one JSON object, not a table")
    args = parser.parse_args()
    try:
        figures = measure(args.component, args.aot, args.calls)
        opened = (seconds(lambda: open_and_close(args.large, args.large_aot)) for _ in range(STARTS))
        figures["load_large_precompiled_ms"] = statistics.median(opened) * 1000
        values = {name: round(us, 3) for name, us in measure_values(args.values, args.values_aot).items()}
    except PluginError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if args.json:
        rounded: dict[str, object] = {key: round(value, 3) for key, value in figures.items()}
        print(json.dumps(rounded | {"values_us": values}))
        return 0
    print(f"{'':34}{'Plugin':>12}{'by hand':>12}")
    print(
        f"{'greet(World, False), calls/s':34}"
        f"{figures['calls_per_s']:12.0f}{figures['plain_calls_per_s']:12.0f}"
        f"  overhead {figures['overhead_percent']:.1f} %"
    )
    print(f"{'load, compile, instantiate, ms':34}{figures['load_ms']:12.2f}{figures['plain_load_ms']:12.2f}")
    print(f"{'load machine code, instantiate, ms':34}{figures['load_precompiled_ms']:12.2f}")
    print(f"{'the same of a component of 12 MB':34}{figures['load_large_precompiled_ms']:12.2f}")
    print(f"{'instantiate, ms':34}{'':12}{figures['plain_instantiate_ms']:12.2f}")
    print("there and back, µs: " + ", ".join(f"{name} {us:.1f}" for name, us in values.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
