"""Makes a component of Python modules with componentize-py, or writes the types of a world: python_component.py MODE …"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath

ENTRY = "anyhost_component"

# What componentize-py is told to import: the guest's module, once it has all of the world.
CHECK = """\
from importlib import import_module
from pkgutil import iter_modules

import wit_world.exports
from {module} import *


def check(bindings, module):
    for name, protocol in vars(import_module(bindings)).items():
        for function in sorted(getattr(protocol, "__abstractmethods__", ())):
            owner = getattr(import_module(module), name, None)
            if not hasattr(owner, function) or function in getattr(owner, "__abstractmethods__", ()):
                raise TypeError(f"{{name}}.{{function}}")


check("wit_world", "{module}")
check("wit_world.exports", "{module}")
# Resources are in a module that has the name of their interface.
for found in iter_modules(wit_world.exports.__path__):
    check(f"wit_world.exports.{{found.name}}", found.name)
"""

# componentize-py as a program of its own. Python's flags keep out what else there may be.
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from componentize_py import script; sys.exit(script())"


class Mistake(Exception):
    """What is wrong with the guest, in a line."""


def run(command: list[str], **variables: str) -> str:
    """Runs a program and gives what it writes; what it says is wrong is wrong with the build."""
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Mistake((done.stdout + done.stderr).strip())
    return done.stdout


def componentize_py(arguments: argparse.Namespace, *more: str) -> None:
    """Runs componentize-py, for the world, where nothing changes from run to run: neither time nor chance nor files."""
    command = [sys.executable, "-IS", "-c", PROGRAM, arguments.packages, "--quiet", "--all-features"]
    command += ["--wit-path", arguments.wit, "--world", arguments.world, *more]
    run(command, LD_PRELOAD=":".join(map(os.path.abspath, arguments.same_bytes)), HOME="/", TZ="UTC")


def write_sources(arguments: argparse.Namespace, folder: Path) -> str:
    """Puts the modules below a folder as they are below the entry point's, and gives that one's name."""
    entry = PurePosixPath(arguments.entry)
    for source in arguments.source:
        path, _, file = source.partition("=")
        text = Path(file).read_text(encoding="utf-8")
        try:
            compile(text, f"{arguments.package}/{path}", "exec")
        except SyntaxError as error:
            raise Mistake(f"{error.filename}:{error.lineno}:{error.offset}: {error.msg}") from None
        if not PurePosixPath(path).is_relative_to(entry.parent):
            raise Mistake(f"{arguments.package}/{path}: expected it below {entry.parent}, where {entry.name} is")
        module = folder / PurePosixPath(path).relative_to(entry.parent)
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(text, encoding="utf-8")
    return entry.stem


def explained(said: str, arguments: argparse.Namespace) -> str:
    """`guests/x/src/greeter.py:3: NameError: …`, of the traceback that componentize-py has from the guest."""
    missing = re.search(rf'File "/0/{ENTRY}\.py", line \d+, in check\n.*?TypeError: (\S+)', said, re.DOTALL)
    if missing:
        return f"expected {arguments.entry} to have the function {missing[1]}, as the world {arguments.world} does"
    places = [place for place in re.findall(r'File "/0/(\S+)", line (\d+)', said) if place[0] != f"{ENTRY}.py"]
    errors = re.findall(r"^(\w[\w.]*(?:Error|Exception|Exit|Warning|Interrupt)\b.*)$", said, re.MULTILINE)
    if not places or not errors:
        return said
    path, line = places[-1]
    return f"{arguments.package}/{PurePosixPath(arguments.entry).parent / path}:{line}: {errors[-1]}"


def exports(arguments: argparse.Namespace, component: Path) -> list[str]:
    """The full names of what a component exports, without the interface that was called for the snapshot."""
    found = json.loads(run([arguments.wasm_tools, "component", "wit", "--json", str(component)]))
    names = []
    for name, item in found["worlds"][-1]["exports"].items():
        interface = found["interfaces"][item["interface"]["id"]] if "interface" in item else None
        if interface is None:
            names.append(name)
        elif interface["name"]:
            package, at, version = found["packages"][interface["package"]]["name"].partition("@")
            names.append(f"{package}/{interface['name']}{at}{version}")
    return names


def make(arguments: argparse.Namespace, folder: Path) -> None:
    """Makes the component."""
    root = folder / "root"
    root.mkdir()
    module = write_sources(arguments, root)
    (root / f"{ENTRY}.py").write_text(CHECK.format(module=module))
    whole = folder / "whole.wasm"
    try:
        wasi = [] if arguments.debug else ["--stub-wasi"]
        componentize_py(arguments, "componentize", *wasi, f"--python-path={root}", f"--output={whole}", ENTRY)
    except Mistake as error:
        raise Mistake(explained(str(error), arguments)) from None
    document, composed = folder / "component.wac", folder / "composed.wasm"
    lines = ["package anyhost:component;", "let guest = new anyhost:guest { ... };"]
    lines += [f'export guest["{name}"];' for name in exports(arguments, whole)]
    document.write_text("\n".join([*lines, ""]))
    run([arguments.wac, "compose", "--dep", f"anyhost:guest={whole}", str(document), "-o", str(composed)])
    # The names of CPython's own functions.
    run([arguments.wasm_tools, "strip", "--all", str(composed), "-o", arguments.out])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["component", "types"])
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--source", action="append", default=[], metavar="PATH=FILE")
    parser.add_argument("--same-bytes", action="append", default=[], metavar="LIBRARY")
    for name in ("entry", "package", "packages", "wac", "wasm-tools", "wit", "world", "out"):
        parser.add_argument(f"--{name}")
    arguments = parser.parse_args()
    try:
        if arguments.mode == "types":
            componentize_py(arguments, "bindings", arguments.out)
            return 0
        with tempfile.TemporaryDirectory() as folder:
            make(arguments, Path(folder))
    except Mistake as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
