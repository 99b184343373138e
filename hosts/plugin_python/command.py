"""The command: calls a function of a component."""

import argparse
import os
import runpy
import signal
import sys
import threading
import warnings
from typing import Any, Literal, NoReturn

from anyhost import Plugin, PluginError, wave
from anyhost._wasi import directory
from version import VERSION

DESCRIPTION = """\
Calls a function of a WebAssembly component and prints its result. The component
is given no network, no files and no environment but what --dir and --env grant,
and no functions but those of --imports. What it prints goes to standard error.

CALL is a call in WAVE, as `wasmtime run --invoke` has it:

  'greet("you", true)'             a function that only one interface has
  'greeter.greet("you", true)'     a function of an interface
  'quote({items: [], note: none})' with a record, a list and an option

The result is printed in WAVE, too.

If the component exports just one function, whose first parameter is a string,
CALL may be that string, and --PARAM sets a parameter that is a bool:

  you --up                         the same as greet("you", true)

Such a function's string is printed as it is.
"""
EPILOG = """\
Exit codes: 0 called, 1 the component cannot be used or failed, 2 wrong usage.

Examples:
  plugin_python --component hello_world_rust.wasm --up World
  plugin_python --component hello_world_rust.wasm 'greet("World", false)'
  plugin_python --component hello_world_rust.wasm --list
"""


class UsageError(Exception):
    """What is wrong with the command line."""


class Parser(argparse.ArgumentParser):
    """A parser whose user gets one line."""

    def error(self, message: str) -> NoReturn:
        """Raises instead of printing the usage."""
        raise UsageError(message)


def text(argument: str) -> str:
    """An argument that is Unicode, as strings must be."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        raise UsageError(f"CALL {os.fsencode(argument)!r} is not UTF-8") from None
    return argument


def size(argument: str) -> int:
    """A number of bytes."""
    units = {"GiB": 1 << 30, "MiB": 1 << 20, "KiB": 1 << 10, "B": 1}
    flag = "--max-memory <SIZE>"
    value = measure(flag, argument, units, "use a number and B, KiB, MiB or GiB, as 64MiB")
    if value > 4 << 30:
        raise invalid(flag, argument, "the most is 4GiB, which is what WebAssembly can address")
    return value


def time(argument: str) -> float:
    """A number of seconds."""
    units = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
    seconds = measure("--timeout <TIME>", argument, units, "use a number and ms, s, m or h, as 30s") / 1000
    return min(seconds, threading.TIMEOUT_MAX)


def measure(flag: str, argument: str, units: dict[str, int], use: str) -> int:
    """A number with its unit, in the smallest of `units`; nothing lives within zero."""
    for unit, factor in units.items():
        number = argument.removesuffix(unit)
        if number != argument and number.isascii() and number.isdigit():
            value = int(number[:20]) * factor if len(number) <= 20 else 1 << 64
            if value >= 1 << 64:
                raise invalid(flag, argument, "this is too much")
            if value == 0:
                raise invalid(flag, argument, "it must be more than 0")
            return value
    raise invalid(flag, argument, use)


def invalid(flag: str, argument: str, reason: str) -> UsageError:
    """What is wrong with the value of a flag, as the other hosts say it."""
    return UsageError(f"invalid value '{argument}' for '{flag}': {reason}")


def variable(argument: str) -> tuple[str, str]:
    """A variable of the guest's environment."""
    name, equals, value = argument.partition("=")
    if not name or not equals:
        raise invalid("--env <NAME=VALUE>", argument, "use NAME=VALUE")
    return name, value


def granted(argument: str) -> str:
    """A directory for the guest."""
    try:
        directory(argument)
    except ValueError as error:
        raise invalid("--dir <HOST[::GUEST][:ro]>", argument, str(error)) from None
    return argument


def wasi(argument: str) -> str:
    """Whether there is WASI."""
    if argument not in ("0.2", "none"):
        raise invalid("--wasi <VERSION>", argument, "use 0.2 or none")
    return argument


def grants(args: argparse.Namespace) -> Any:
    """What the component has of WASI."""
    if args.wasi == "none":
        if args.env or args.dir:
            raise UsageError("--env and --dir grant nothing with --wasi none")
        return "none"
    return {"env": dict(args.env), "dirs": args.dir, "output": printed}


def printed(stream: str, line: str) -> None:
    """Shows a line that the component printed."""
    print(f"guest {stream}: {line}", file=sys.stderr)


def parser(prog: str) -> argparse.ArgumentParser:
    """The command line, without the switches that a component's function has."""
    result = Parser(
        prog=prog,
        allow_abbrev=False,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    result.add_argument("call", metavar="CALL", type=text, nargs="?", help="what to call")
    result.add_argument("--component", metavar="FILE", help="the component (*.wasm)")
    result.add_argument(
        "--aot", metavar="FILE", help="its machine code (*.cwasm), from `python -m anyhost.aot`: trusted"
    )
    result.add_argument(
        "--imports",
        metavar="FILE",
        help="a Python file that defines, by name, the interfaces that the component imports",
    )
    result.add_argument("--json", action="store_true", help="print the result as JSON instead of WAVE")
    result.add_argument("--list", action="store_true", help="show the functions that the component exports")
    result.add_argument(
        "--max-memory",
        metavar="SIZE",
        type=size,
        default="64MiB",
        help="how large a memory of the component may grow, up to 4GiB (default: %(default)s)",
    )
    result.add_argument(
        "--timeout",
        metavar="TIME",
        type=time,
        default="10s",
        help="how long the component may take (default: %(default)s)",
    )
    result.add_argument(
        "--env",
        metavar="NAME=VALUE",
        type=variable,
        action="append",
        default=[],
        help="a variable of its environment, which is else empty; repeat for more",
    )
    result.add_argument(
        "--dir",
        metavar="HOST[::GUEST][:ro]",
        type=granted,
        action="append",
        default=[],
        help="a directory that it may use, under the name GUEST; with :ro only to read; repeat for more",
    )
    result.add_argument(
        "--wasi",
        metavar="VERSION",
        type=wasi,
        default="0.2",
        help="what it has of WASI: 0.2 with clocks, random numbers and what is granted, or none (default: %(default)s)",
    )
    result.add_argument("-V", "--version", action="version", version=f"%(prog)s {VERSION}")
    return result


def interfaces(file: str | None) -> dict[str, Any]:
    """What a Python file defines, for a component."""
    if file is None:
        return {}
    try:
        found = runpy.run_path(file)
    except OSError as error:
        raise PluginError(f"{file}: {error.strerror}; expected a Python file") from None
    except Exception as error:  # noqa: BLE001 whatever is wrong with it
        raise PluginError(f"{file}: {one_line(error)}") from None
    return {name: value for name, value in found.items() if not name.startswith("_")}


def one_line(error: Exception) -> str:
    """An exception of a Python file's."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def call(plugin: Plugin, argument: str, switches: list[str], json: bool) -> str:
    """Calls what the command line says; the result as it is printed."""
    write = wave.as_json if json else wave.show
    if wave.is_call(argument):
        if switches:
            raise UsageError(f"unexpected argument '{switches[0]}': a call has its arguments")
        return wave.call(plugin, argument, write)
    known = wave.functions(plugin)
    types = [kind.name for _, kind in known[0].params] if len(known) == 1 else []
    if types[:1] != ["string"] or set(types[1:]) - {"bool"}:
        exports = "; ".join(map(str, known)) or "no function"
        raise UsageError(f"CALL {argument!r} is no call, as in 'name(…)'; the component exports {exports}")
    flags = [f"--{name}" for name, _ in known[0].params[1:]]
    if unknown := [switch for switch in switches if switch not in flags]:
        raise UsageError(f"unexpected argument '{unknown[0]}'; the function is {known[0]}")
    result = known[0](argument, *[flag in switches for flag in flags])
    return result if isinstance(result, str) and not json else write(known[0].result, result)


def main(prog: str = "plugin_python", engine: Literal["wasmtime", "native"] = "wasmtime") -> int:
    """Runs the command; the result is its exit code."""
    # Python would wait for the component before it looks at Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    warnings.showwarning = lambda message, *_: print(f"note: {message}", file=sys.stderr)
    try:
        args, switches = parser(prog).parse_known_args()
        if args.component is None:
            raise UsageError("--component <FILE> is missing")
        if args.call is None and not args.list:
            raise UsageError("<CALL> is missing")
        bounds = {"max_memory": args.max_memory, "timeout": args.timeout, "wasi": grants(args)}
        with Plugin(args.component, imports=interfaces(args.imports), aot=args.aot, engine=engine, **bounds) as plugin:
            if args.list:
                output = "\n".join(map(str, wave.functions(plugin)))
            else:
                output = call(plugin, args.call, switches, args.json)
    except (UsageError, TypeError, ValueError) as error:
        fail(f"{error} (--help tells more)")
        return 2
    except PluginError as error:
        return fail(str(error))
    except Exception as error:  # noqa: BLE001 whatever a function of --imports raises
        return fail(one_line(error))
    try:
        with open(1, "wb", closefd=False) as stdout:
            stdout.write(output.encode() + b"\n")
    except OSError as error:
        return fail(f"cannot write the result: {error.strerror}")
    return 0


def fail(message: str) -> int:
    """Reports an error as one line on stderr."""
    print(f"error: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
