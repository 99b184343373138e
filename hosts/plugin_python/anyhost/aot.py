"""Compiles a component to machine code ahead of time: `python -m anyhost.aot IN.wasm -o OUT.cwasm`.

The code is for one engine, as programs choose it: by --engine, or by the variable ANYHOST_ENGINE.

The code is for this architecture and for CPUs from about 2015 on, whatever this machine has: the same input gives the
same bytes everywhere. A host runs it unchecked: keep it where only those whom you trust can write.
"""

import argparse
import sys
from typing import get_args

from . import _engines
from ._errors import PluginError


def compile_file(component: str, output: str, engine: _engines.Name | None = None) -> None:
    """Compiles the component in a file to machine code in another, for `Plugin(component, aot=output, engine=engine)`.

    Raises ComponentError if the component cannot be used, and OSError if the output cannot be written.
    """
    _engines.find(engine).compile_file(component, output)


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(prog="python -m anyhost.aot", description=__doc__, allow_abbrev=False)
    parser.add_argument("component", metavar="IN.wasm", help="the component to compile")
    parser.add_argument("-o", "--output", metavar="OUT.cwasm", required=True, help="the file to write")
    parser.add_argument("--engine", metavar="NAME", choices=get_args(_engines.Name), help="wasmtime or native")
    args = parser.parse_args()
    try:
        compile_file(args.component, args.output, args.engine)
    except PluginError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {args.output}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
