"""Runs the programs of docs/plugin_python.md and compares what they print."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(os.environ["PAGE"]).read_text()
PROGRAMS = re.findall(r"^```python\n(.*?)^```\n\n^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the components that the page names."""
    for name in os.environ["COMPONENTS"].split():
        (tmp_path / Path(name).name).symlink_to(Path(name).absolute())
    return tmp_path


def test_all_programs_are_found() -> None:
    assert len(PROGRAMS) == PAGE.count("```python") > 0


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=lambda text: text.split("\n")[-2])
def test_program(folder: Path, program: str, printed: str) -> None:
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert result.stdout == printed
