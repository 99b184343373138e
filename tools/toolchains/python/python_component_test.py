"""What the rule `python_component` refuses, each in a line that names the file, and that two builds have the same bytes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PATHS = {name: os.path.abspath(os.environ[name]) for name in ("PACKAGES", "PROGRAM", "WAC", "WASM_TOOLS")}
SAME_BYTES = [os.path.abspath(path) for path in os.environ["SAME_BYTES"].split()]

WIT = """package test:text@1.0.0;
interface text { shorten-text: func(text: string) -> string; resource pen { write: func() -> u32; } }
world texts { export text; export count: func() -> u32; }
"""

WELL = """import random

import wit_world
from wit_world import exports


class Text(exports.Text):
    def shorten_text(self, text: str) -> str:
        return text[: random.randrange(len(text))]


class Pen:
    def write(self) -> int:
        return 1


class WitWorld(wit_world.WitWorld):
    def count(self) -> int:
        return 1
"""


def build(folder: Path, source: str, temporary: str = "/tmp") -> tuple[str, Path]:
    """What the program says, and the component; `temporary` is a folder of the file system that it uses meanwhile."""
    (folder / "wit").mkdir(parents=True)
    (folder / "wit" / "text.wit").write_text(WIT)
    (folder / "source").write_text(source)
    component = folder / "text.wasm"
    command = [sys.executable, "-IS", PATHS["PROGRAM"], "component", f"--source=src/text.py={folder / 'source'}"]
    command += ["--package=guests/text", "--entry=src/text.py", f"--wit={folder / 'wit'}", "--world=texts"]
    command += [f"--{name.lower().replace('_', '-')}={path}" for name, path in PATHS.items() if name != "PROGRAM"]
    command += [f"--same-bytes={path}" for path in SAME_BYTES] + [f"--out={component}"]
    done = subprocess.run(command, env={"TMPDIR": temporary}, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if done.stderr else 0)
    return done.stdout + done.stderr, component


def test_two_builds_have_the_same_bytes_and_only_the_worlds_exports(tmp_path: Path) -> None:
    said, one = build(tmp_path / "one", WELL)
    assert said == ""
    # A file system of another kind, which has folders in another order.
    said, other = build(tmp_path / "other" / "folder", WELL, "/dev/shm")
    assert said == ""
    assert one.read_bytes() == other.read_bytes()
    wit = subprocess.run(
        [PATHS["WASM_TOOLS"], "component", "wit", one], capture_output=True, text=True, check=True
    ).stdout
    assert sorted(re.findall(r"^  ((?:import|export) .*)$", wit, re.MULTILINE)) == [
        "export count: func() -> u32;",
        "export test:text/text@1.0.0;",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("        return 1\n\n\nclass Wit", "        return 1 +\n\n\nclass Wit"), "guests/text/src/text.py:14:19: invalid syntax\n"),
        (("import random\n", "import rando\n"), "guests/text/src/text.py:1: ModuleNotFoundError: No module named 'rando'\n"),
        (("class Pen:", "None.length\n\nclass Pen:"), "guests/text/src/text.py:12: AttributeError: 'NoneType' object has no"),
        (("shorten_text", "shorten"), "expected src/text.py to have the function Text.shorten_text, as the world texts does\n"),
        (("class Text(exports.Text)", "class Texts"), "expected src/text.py to have the function Text.shorten_text, as"),
        (("def write", "def read"), "expected src/text.py to have the function Pen.write, as the world texts does\n"),
        (("def count", "def counts"), "expected src/text.py to have the function WitWorld.count, as the world texts does\n"),
    ],
)  # fmt: skip
def test_refuses(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    said, component = build(tmp_path / "build", WELL.replace(*change))
    assert said.startswith(expected)
    assert said.count("\n") == 1
    assert not component.exists()
