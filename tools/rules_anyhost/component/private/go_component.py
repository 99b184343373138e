"""Makes a component of Go packages with the Go compiler and wit-bindgen's bindings."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# The module that the bindings are in, which has to be the main one, and the one that they are written for.
MODULE = "wit_component"
RUNTIME = "go.bytecodealliance.org/pkg"

# The runtime module asks the memory's allocator by a name that Go keeps to itself.
LINK = "-s -w -buildid= -checklinkname=0"


class Mistake(Exception):
    """What is wrong with the guest, in lines."""


def run(command: list[str | Path], folder: Path | None = None, **variables: str) -> None:
    """Runs a program; what it says is wrong is wrong with the build."""
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Mistake((done.stdout + done.stderr).strip())


def go(arguments: argparse.Namespace, folder: Path, *words: str) -> None:
    """Runs Go in a module, without a network and without what the machine has of Go."""
    variables = {"GOOS": "wasip1", "GOARCH": "wasm", "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GOPROXY": "off"}
    variables |= {"GOSUMDB": "off", "GOTOOLCHAIN": "local", "GOENV": "off", "GOWORK": "off", "HOME": str(folder.parent)}
    try:
        run([arguments.go, *words], folder, **variables)
    except Mistake as error:
        lines = [line for line in str(error).splitlines() if not line.startswith("#")]
        # Where a source is in the guest, not where it was put.
        pattern = re.compile(r"^(?:vet: )?(?:\./)?(?=\S+\.go:\d)")
        raise Mistake("\n".join(pattern.sub(f"{arguments.package}/src/", line) for line in lines)) from None


def make_adapter(arguments: argparse.Namespace, folder: Path) -> Path:
    """What takes the place of WASI, with standard error if what is printed is to be seen."""
    source, adapter = folder / "adapter.wat", folder / "adapter.wasm"
    text = Path(arguments.adapter).read_text()
    if arguments.print:
        text = re.sub(r"^  \(func \$print .*\n", lambda _: Path(arguments.print).read_text(), text, flags=re.MULTILINE)
    source.write_text(text)
    run([arguments.wasm_tools, "parse", source, "-o", adapter])
    if arguments.print:
        wit = Path(arguments.print).with_suffix(".wit")
        run([arguments.wasm_tools, "component", "embed", wit, "--world", "print", adapter, "-o", adapter])
    return adapter


def make(arguments: argparse.Namespace, folder: Path) -> None:
    """Makes the component."""
    module, runtime = folder / MODULE, folder / "runtime"
    run([arguments.wit_bindgen, "go", arguments.wit, "--world", arguments.world, "--out-dir", module])
    for path, file in (source.split("=", 1) for source in arguments.source):
        target = module / path.removeprefix("src/")
        if target.exists():
            raise Mistake(f"{arguments.package}/{path}: the bindings have that file: expected another name")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    for path, file in (source.split("=", 1) for source in arguments.runtime):
        target = runtime / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    with (module / "go.mod").open("a") as file:
        file.write(f"replace {RUNTIME} => ../{runtime.name}\n")
    core, embedded, named = folder / "core.wasm", folder / "embedded.wasm", folder / "named.wasm"
    go(arguments, module, "vet", "-unsafeptr=false", "./...")
    flags = ["-buildmode=c-shared", "-trimpath", "-buildvcs=false", f"-ldflags={LINK}"]
    go(arguments, module, "build", *flags, "-o", str(core), ".")
    tool: list[str | Path] = [arguments.wasm_tools]
    adapt = f"wasi_snapshot_preview1={make_adapter(arguments, folder)}"
    run(
        [*tool, "component", "embed", "--all-features", arguments.wit, "--world", arguments.world, core, "-o", embedded]
    )
    run([*tool, "component", "new", "--debug-names=false", embedded, "--adapt", adapt, "-o", named])
    run([*tool, "strip", "--delete", "^component-name$", named, "-o", arguments.out])


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("source", "runtime"):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="PATH=FILE")
    for name in ("go", "wit-bindgen", "wasm-tools", "adapter", "print", "package", "wit", "world", "out"):
        parser.add_argument(f"--{name}")
    arguments = parser.parse_args()
    for name in ("go", "wit_bindgen", "wasm_tools"):
        setattr(arguments, name, os.path.abspath(getattr(arguments, name)))
    try:
        with tempfile.TemporaryDirectory() as folder:
            make(arguments, Path(folder))
    except Mistake as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
