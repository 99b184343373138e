"""Machine code that was made ahead of time: used when it fits, and never when it does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from anyhost import ComponentError, Plugin
from anyhost.aot import compile_file

COMPONENT = os.environ["COMPONENT"]
FAULTY = os.environ["FAULTY_COMPONENT"]
# What the build made of COMPONENT.
CODE = os.environ["CODE"]


def refused(component: str, code: Path) -> str:
    """Opens a component with code that does not fit; it is compiled, and this is the warning that says why."""
    with pytest.warns(RuntimeWarning) as caught, Plugin(component, aot=code) as plugin:
        assert plugin.greeter.greet("World", False) == "Hello, World"
    (warning,) = caught
    message = str(warning.message)
    assert message.startswith(f"{code}: ") and message.endswith(f"; compiling {component} instead")
    assert warning.filename == __file__, "it is the caller's line"
    return message.removeprefix(f"{code}: ").partition(";")[0]


def test_code_of_the_build() -> None:
    with Plugin(COMPONENT, aot=CODE) as plugin:
        assert plugin.greeter.greet("World", True) == "HELLO, WORLD"


def test_the_same_bytes_everywhere(tmp_path: Path) -> None:
    output = tmp_path / "out.cwasm"
    compile_file(COMPONENT, str(output))
    assert output.read_bytes() == Path(CODE).read_bytes()


def test_damaged_code(tmp_path: Path) -> None:
    code, whole = tmp_path / "a.cwasm", Path(CODE).read_bytes()
    for at in [0, 1, 64, len(whole) // 3, len(whole) // 2, len(whole) - 100, len(whole) - 40, len(whole) - 1]:
        flipped = bytearray(whole)
        flipped[at] ^= 1
        code.write_bytes(flipped)
        assert refused(COMPONENT, code) in ("damaged", "not precompiled code, or cut short")
    for cut in [0, 1, 31, 64, 100, len(whole) - 1]:
        code.write_bytes(whole[:cut])
        assert refused(COMPONENT, code) == "not precompiled code, or cut short"
    code.write_bytes(whole + b"\0")
    assert refused(COMPONENT, code) == "not precompiled code, or cut short"


def test_code_of_another_component() -> None:
    assert refused(FAULTY, Path(CODE)) == "made from another component"


def test_no_such_code(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match=r"nowhere\.cwasm: no such file; expected what `python -m anyhost\.aot` "):
        Plugin(COMPONENT, aot=tmp_path / "nowhere.cwasm")


def test_program(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
        program = [sys.executable, "-m", "anyhost.aot", *arguments]
        return subprocess.run(
            program,
            check=False,
            env={"PYTHONPATH": path, "ANYHOST_ENGINE": os.environ["ANYHOST_ENGINE"]},
            capture_output=True,
            text=True,
        )

    output = tmp_path / "out.cwasm"
    assert run(COMPONENT, "-o", str(output)).returncode == 0
    assert output.read_bytes() == Path(CODE).read_bytes()
    failed = run("nowhere.wasm", "-o", str(output))
    message = "error: nowhere.wasm: no such file; expected a WebAssembly component\n"
    assert (failed.returncode, failed.stdout, failed.stderr) == (1, "", message)
    failed = run(COMPONENT, "-o", "/nowhere/out.cwasm")
    assert (failed.returncode, failed.stderr) == (1, "error: /nowhere/out.cwasm: No such file or directory\n")
