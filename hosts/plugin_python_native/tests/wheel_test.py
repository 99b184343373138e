"""The wheels as others have them: pip installs them in a folder of theirs, and a program there greets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPONENT = Path(os.environ["COMPONENT"]).resolve()
LIBRARY, ENGINE = (Path(wheel).resolve() for wheel in os.environ["WHEELS"].split())
# The package `wasmtime`, which pip would bring from its index.
PACKAGES = Path(os.environ["PACKAGES"]).resolve()

PROGRAM = """
import sys
from anyhost import Plugin
with Plugin(sys.argv[1], engine=sys.argv[2]) as plugin:
    print(plugin.greeter.greet("World", up=True))
"""


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python with what is installed in a folder, and with the package `wasmtime`."""
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{folder}{os.pathsep}{PACKAGES}"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=False, cwd=folder.parent, env=env, capture_output=True, text=True)


def install(folder: Path, *wheels: Path) -> None:
    """Installs wheels in a folder."""
    options = ["--no-index", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--root-user-action=ignore"]
    ran = python(folder, "-m", "pip", "install", *options, f"--target={folder}", *map(str, wheels))
    assert ran.returncode == 0, ran.stderr


def greets(folder: Path, engine: str) -> subprocess.CompletedProcess[str]:
    """Has the component greet."""
    return python(folder, "-c", PROGRAM, str(COMPONENT), engine)


@pytest.mark.parametrize("engine", ["wasmtime", "native"])
def test_a_program_greets(tmp_path: Path, engine: str) -> None:
    folder = tmp_path / "installed"
    install(folder, LIBRARY, ENGINE)
    ran = greets(folder, engine)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "HELLO, WORLD\n", "")


def test_the_library_alone(tmp_path: Path) -> None:
    folder = tmp_path / "installed"
    install(folder, LIBRARY)
    assert greets(folder, "wasmtime").stdout == "HELLO, WORLD\n"
    assert "native needs the package anyhost_native, which is not installed" in greets(folder, "native").stderr


def test_what_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "installed"
    install(folder, LIBRARY, ENGINE)
    metadata = (next(folder.glob("anyhost-*.dist-info")) / "METADATA").read_text()
    assert "\nRequires-Dist: wasmtime==" in metadata
    assert (folder / "anyhost" / "py.typed").exists()
    assert (folder / "anyhost_native.pyi").exists()
