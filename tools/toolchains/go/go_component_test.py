"""What the rule `go_component` refuses, each in a line that names the file, and that two builds have the same bytes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = {name: os.path.abspath(os.environ[name]) for name in ("ADAPTER", "GO", "WASM_TOOLS", "WIT_BINDGEN")}
PROGRAM = os.path.abspath(os.environ["PROGRAM"])
RUNTIME = os.environ["RUNTIME"].split()

WIT = """package test:text@1.0.0;
interface text { shorten-text: func(text: string) -> string; }
world texts { export text; }
"""

PATH = "src/export_test_text_text/text.go"

WELL = """package export_test_text_text

import "time"

func ShortenText(text string) string {
	println(text, time.Now().String())
	return text[:3]
}
"""


def build(folder: Path, source: str, path: str = PATH) -> tuple[str, Path]:
    """What the program says, and the component."""
    (folder / "wit").mkdir(parents=True)
    (folder / "wit" / "text.wit").write_text(WIT)
    (folder / "source").write_text(source)
    component = folder / "text.wasm"
    command = [sys.executable, "-IS", PROGRAM, f"--source={path}={folder / 'source'}", "--package=guests/text"]
    command += [f"--wit={folder / 'wit'}", "--world=texts", f"--out={component}"]
    command += [f"--{name.lower().replace('_', '-')}={path}" for name, path in TOOLS.items()]
    command += [f"--runtime={file.partition('/src/pkg/')[2]}={os.path.abspath(file)}" for file in RUNTIME]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if done.stderr else 0)
    return done.stdout + done.stderr, component


def test_two_builds_have_the_same_bytes_and_no_imports(tmp_path: Path) -> None:
    (said, one), (said_too, other) = build(tmp_path / "one", WELL), build(tmp_path / "other" / "folder", WELL)
    assert (said, said_too) == ("", "")
    assert one.read_bytes() == other.read_bytes()
    wit = subprocess.run(
        [TOOLS["WASM_TOOLS"], "component", "wit", one], capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"^  ((?:import|export) .*)$", wit, re.MULTILINE) == ["export test:text/text@1.0.0;"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("return text[:3]", "return text["), "guests/text/src/export_test_text_text/text.go:8:1: syntax error"),
        (
            ("text[:3]", "text.shortened()"),
            "guests/text/src/export_test_text_text/text.go:7:14: text.shortened undefined",
        ),
        (("ShortenText", "Shorten"), "undefined: export_test_text_text.ShortenText"),
        (('"time"', '"example.com/time"'), "guests/text/src/export_test_text_text/text.go:3:8: "),
    ],
)
def test_refuses(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    said, component = build(tmp_path / "build", WELL.replace(*change))
    assert expected in said
    assert not component.exists()


def test_refuses_a_file_of_the_bindings(tmp_path: Path) -> None:
    said, _ = build(tmp_path / "build", "package main\n", "src/go.mod")
    assert said == "guests/text/src/go.mod: the bindings have that file: expected another name\n"
