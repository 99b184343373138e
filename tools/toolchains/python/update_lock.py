"""Pins packages: for a requirements.txt, writes the requirements.lock beside it.

Asks PyPI, through pip. The build root's Python decides which wheels these are.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HEADER = """\
# Made by //tools/toolchains/python:update_lock from the requirements.txt beside it: each package that these need, with
# the SHA-256 of its wheel for the build root's Python.
"""


def resolve(requirements: Path) -> list[str]:
    """The lines of the lock: what pip would install for `requirements`."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    command += ["--quiet", "install", "--dry-run", "--report=-", "--ignore-installed"]
    command += ["--only-binary=:all:", "--target=/nonexistent"]
    command += [f"--requirement={requirements}"]
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    lines = []
    for item in json.loads(result.stdout)["install"]:
        name, version = item["metadata"]["name"], item["metadata"]["version"]
        sha256 = item["download_info"]["archive_info"]["hashes"]["sha256"]
        lines.append(f"{name}=={version} --hash=sha256:{sha256}\n")
    return sorted(lines, key=str.lower)


def main() -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog="update_lock", description=__doc__)
    parser.add_argument("requirements", type=Path, metavar="REQUIREMENTS")
    shown = parser.parse_args().requirements
    # `bazel run` starts programs elsewhere; paths are relative to where the user is.
    requirements = Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."), shown)
    if not requirements.is_file():
        print(
            f"error: {shown}: no such file; expected a requirements.txt",
            file=sys.stderr,
        )
        return 1
    try:
        lines = resolve(requirements)
    except subprocess.CalledProcessError:
        print(f"error: {shown}: pip cannot resolve it, see above", file=sys.stderr)
        return 1
    lock = requirements.with_suffix(".lock")
    lock.write_text(HEADER + "".join(lines))
    print(f"{shown.with_suffix('.lock')}: pins {len(lines)} package(s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
