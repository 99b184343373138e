"""What a call costs in each plugin host: `./bazel run //hosts:bench -- [--json]`."""

import argparse
import json
import subprocess
import sys
from typing import Any

REFERENCE = "Rust, with wasmtime"


def rows(benches: list[str]) -> dict[str, Any]:
    """The figures of each host, by its name."""
    figures: dict[str, Any] = {}
    for bench in benches:
        name, _, command = bench.partition("=")
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        output = subprocess.run(command.split(), stdout=subprocess.PIPE, text=True, check=True).stdout
        figures[name] = json.loads(output)
    return figures


def table(figures: dict[str, Any]) -> str:
    def milliseconds(row: dict[str, float], *keys: str) -> str:
        return next((f"{row[key]:.2f}" for key in keys if key in row), "–")

    reference = figures[REFERENCE]["calls_per_s"]
    lines = [
        "| host | calls/s, warm | µs a call | ratio to Rust | ready from the component, ms | from what the build made of it, ms |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, row in figures.items():
        rate = row["calls_per_s"]
        lines.append(
            f"| {name} | {rate:,.0f} | {1e6 / rate:.2f} | {rate / reference:.3f} "
            f"| {milliseconds(row, 'load_ms')} | {milliseconds(row, 'load_precompiled_ms', 'first_greeting_ms')} |"
        )
    native = figures[REFERENCE]["native_calls_per_s"]
    lines.append(f"| Rust, no component | {native:,.0f} | {1e6 / native:.2f} | {native / reference:.3f} | – | – |")
    return "\n".join(lines)


# Calls there and back through the guest `values`, by their names in the benches' output.
VALUES = {
    "string": "a string",
    "rows": "1,000 records of five fields",
    "strings": "1,000 strings",
    "bytes": "1 MiB of `list<u8>`",
    "freed_bytes": "the same, freed at once",
    "method": "a method of a resource",
}


def values_table(figures: dict[str, Any]) -> str:
    """µs of each kind of call, and how often Rust could have made it meanwhile."""
    reference = figures[REFERENCE]["values_us"]
    # Rust and Python free what nobody has any more at once.
    reference = {"freed_bytes": reference["bytes"]} | reference
    lines = [f"| µs a call (ratio to Rust) | {' | '.join(VALUES.values())} |", "| --- |" + " ---: |" * len(VALUES)]
    for name, row in figures.items():
        if "values_us" not in row:
            continue
        micros = {"freed_bytes": row["values_us"]["bytes"]} | row["values_us"]
        cells = [f"{micros[kind]:,.2f} ({micros[kind] / reference[kind]:.1f})" for kind in VALUES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bazel run //hosts:bench --",
        description='Calls greet("World", false) of hello_world_rust in each plugin host, one after the other.',
    )
    parser.add_argument("--json", action="store_true", help="the figures of each host as JSON")
    parser.add_argument("benches", metavar="HOST=COMMAND", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    figures = rows(arguments.benches)
    print(json.dumps(figures, indent=2) if arguments.json else f"{table(figures)}\n\n{values_table(figures)}")
    return 0


sys.exit(main())
