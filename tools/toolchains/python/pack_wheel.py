"""Packs files as a wheel: pack_wheel NAME-VERSION-TAG.whl --root FOLDER --requirements FILE --summary TEXT FILE...

A file's place in the wheel is what comes after FOLDER in its path.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# What is packed has no time of its own.
EPOCH = "315532800"


def requirements(file: str | None) -> list[str]:
    """The lines of a requirements.txt that name packages."""
    lines = Path(file).read_text(encoding="utf-8").splitlines() if file else []
    return [line for line in lines if line and not line.startswith("#")]


def write(path: Path, *lines: str) -> None:
    """Writes a file, in a folder of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main() -> int:
    """Runs the program."""
    parser = argparse.ArgumentParser(prog="pack_wheel", description=__doc__, allow_abbrev=False)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--requirements", metavar="FILE")
    parser.add_argument("--root", metavar="FOLDER", required=True)
    parser.add_argument("--summary", metavar="TEXT", required=True)
    parser.add_argument("files", metavar="FILE", nargs="+")
    args = parser.parse_args()
    name, version, python, abi, platform = args.wheel.stem.split("-")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for file in args.files:
            place = tree / file.partition(f"{args.root}/")[2]
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(Path(file).read_bytes())
        info = tree / f"{name}-{version}.dist-info"
        write(
            info / "METADATA",
            "Metadata-Version: 2.4",
            f"Name: {name}",
            f"Version: {version}",
            f"Summary: {args.summary}",
            "License-Expression: Apache-2.0",
            "Requires-Python: >=3.11",
            *[f"Requires-Dist: {line}" for line in requirements(args.requirements)],
        )
        is_pure = "true" if platform == "any" else "false"
        tag = f"{python}-{abi}-{platform}"
        write(info / "WHEEL", "Wheel-Version: 1.0", "Generator: anyhost", f"Root-Is-Purelib: {is_pure}", f"Tag: {tag}")
        command = [sys.executable, "-m", "wheel", "pack", folder, "--dest-dir", str(args.wheel.parent)]
        env = os.environ | {"SOURCE_DATE_EPOCH": EPOCH}
        packed = subprocess.run(
            command, check=False, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if packed.returncode:
            sys.stderr.write(packed.stdout)
        return packed.returncode


if __name__ == "__main__":
    sys.exit(main())
