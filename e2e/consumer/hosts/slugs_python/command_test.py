"""The program, as `./bazel run` starts it."""

import os
import subprocess
from pathlib import Path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([os.environ["PROGRAM"], *arguments], capture_output=True, text=True, check=False)


def test_each_title_is_a_line() -> None:
    done = run("Hello, World!", "Route 66")
    assert (done.returncode, done.stdout, done.stderr) == (0, "hello-world\nroute-66\n", "")


def test_a_component_that_is_none_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "no.wasm").write_text("no")
    done = run("--component", str(tmp_path / "no.wasm"), "title")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ")
    assert "no.wasm" in done.stderr
    assert done.stderr.count("\n") == 1
