"""The command: greets a name with a component."""

import argparse
import os
import signal
import sys
import threading
from typing import NoReturn

from greeter import Greeter, GreeterError
from version import VERSION

DESCRIPTION = """\
Greets NAME with a WebAssembly component that exports anyhost:hello/greeter@1.0.0.
It is given no files, no network and no environment, only
anyhost:hello/formatter@1.0.0.
"""
EPILOG = """\
Exit codes: 0 greeted, 1 the component cannot be used or failed, 2 wrong usage.

Example:
  plugin_python --component hello_world_rust.wasm --up World
"""


class UsageError(Exception):
    """What is wrong with the command line."""


class Parser(argparse.ArgumentParser):
    """A parser whose user gets one line."""

    def error(self, message: str) -> NoReturn:
        """Raises instead of printing the usage."""
        raise UsageError(message)


def text(argument: str) -> str:
    """An argument that is Unicode, as names must be."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise UsageError(f"NAME {os.fsencode(argument)!r} is not UTF-8") from None
    return argument


def size(argument: str) -> int:
    """A number of bytes."""
    units = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}
    use = "a number and B, KiB, MiB or GiB, as 64MiB"
    return measure("--max-memory <SIZE>", argument, units, use)


def time(argument: str) -> float:
    """A number of seconds."""
    units = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
    use = "a number and ms, s, m or h, as 30s"
    seconds = measure("--timeout <TIME>", argument, units, use) / 1000
    return min(seconds, threading.TIMEOUT_MAX)


def measure(flag: str, argument: str, units: dict[str, int], use: str) -> int:
    """A number with its unit, in the smallest of `units`; nothing lives within zero."""
    for unit, factor in units.items():
        number = argument.removesuffix(unit)
        if number != argument and number.isascii() and number.isdigit():
            value = int(number[:20]) * factor
            if 0 < value < 1 << 63:
                return value
    raise UsageError(f"invalid value '{argument}' for '{flag}': use {use}")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = Parser(
        prog="plugin_python",
        allow_abbrev=False,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    result.add_argument("name", metavar="NAME", type=text, help="whom to greet")
    result.add_argument("--component", metavar="FILE", required=True, help="the component (*.wasm)")
    result.add_argument("--up", action="store_true", help="greet in upper case")
    result.add_argument(
        "--max-memory",
        metavar="SIZE",
        type=size,
        default="64MiB",
        help="how large a memory of the component may grow (default: %(default)s)",
    )
    result.add_argument(
        "--timeout",
        metavar="TIME",
        type=time,
        default="10s",
        help="how long the component may take (default: %(default)s)",
    )
    result.add_argument("-V", "--version", action="version", version=f"%(prog)s {VERSION}")
    return result


def main() -> int:
    """Runs the command; the result is its exit code."""
    # Python would wait for the component before it looks at Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        args = parser().parse_args()
        with Greeter(args.component, max_memory=args.max_memory, timeout=args.timeout) as greeter:
            greeting = greeter.greet(args.name, args.up)
    except UsageError as error:
        fail(f"{error} (--help tells more)")
        return 2
    except GreeterError as error:
        return fail(str(error))
    try:
        with open(1, "wb", closefd=False) as stdout:
            stdout.write(greeting.encode() + b"\n")
    except OSError as error:
        return fail(f"cannot write the greeting: {error.strerror}")
    return 0


def fail(message: str) -> int:
    """Reports an error as one line on stderr."""
    print(f"error: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
