"""The command: greets a name with a component."""

import argparse
import os
import signal
import sys

from greeter import Greeter, GreeterError

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


def text(argument: str) -> str:
    """An argument that is Unicode, as names must be."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(
            f"{os.fsencode(argument)!r} is not UTF-8"
        ) from None
    return argument


def number(argument: str) -> int:
    """An argument that is a bound."""
    if not (argument.isdecimal() and len(argument) < 10 and int(argument) > 0):
        expected = "a whole number from 1 to 999999999"
        raise argparse.ArgumentTypeError(f"{argument!r} is not {expected}")
    return int(argument)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    result = argparse.ArgumentParser(
        prog="plugin_python",
        allow_abbrev=False,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    result.add_argument("name", metavar="NAME", type=text, help="whom to greet")
    result.add_argument(
        "--component", metavar="FILE", required=True, help="the component (*.wasm)"
    )
    result.add_argument("--up", action="store_true", help="greet in upper case")
    result.add_argument(
        "--max-memory",
        metavar="MIB",
        type=number,
        default=64,
        help="MiB that a memory of the component may have (default: 64)",
    )
    result.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=number,
        default=10,
        help="seconds that the component may take (default: 10)",
    )
    return result


def main() -> int:
    """Runs the command; the result is its exit code."""
    # Python would wait for the component before it looks at Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    args = parser().parse_args()
    try:
        with Greeter(
            args.component, max_memory=args.max_memory << 20, timeout=args.timeout
        ) as greeter:
            greeting = greeter.greet(args.name, args.up)
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
