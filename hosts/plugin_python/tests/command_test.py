"""The command, as its user starts it."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

PROGRAM = os.path.abspath(os.environ["PROGRAM"])
RUN = os.path.abspath(os.environ["RUN"])
COMPONENT = os.path.abspath(os.environ["COMPONENT"])
IMPORTS = os.path.abspath(os.environ["IMPORTS_COMPONENT"])
FAULTY = os.path.abspath(os.environ["FAULTY_COMPONENT"])


def command(*args: str | bytes, stdout: int = subprocess.PIPE) -> tuple[int, str, str]:
    """Runs the command; its exit code, and what it says on stdout and stderr."""
    result = subprocess.run([PROGRAM, *args], check=False, env={}, stdout=stdout, stderr=subprocess.PIPE)
    return result.returncode, (result.stdout or b"").decode(), result.stderr.decode()


def fails(*args: str | bytes, stdout: int = subprocess.PIPE) -> str:
    """Runs the command, which fails with one line on stderr: that line."""
    code, out, err = command(*args, stdout=stdout)
    assert (code, out) == (1, "")
    assert err.startswith("error: ") and err.endswith("\n") and err.count("\n") == 1
    return err


def wrong_usage(*args: str | bytes) -> str:
    """Runs the command with arguments that are wrong: the line that says so."""
    code, out, err = command(*args)
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1
    assert err.endswith(" (--help tells more)\n")
    return err


@pytest.mark.parametrize(
    ("args", "greeting"),
    [
        (["World"], "Hello, World"),
        (["World", "--up"], "HELLO, WORLD"),
        (["--up", "Zoë Strauß"], "HELLO, ZOË STRAUSS"),
        ([""], "Hello, "),
        (["--", "--up"], "Hello, --up"),
    ],
)
def test_greets(args: list[str], greeting: str) -> None:
    assert command("--component", COMPONENT, *args) == (0, greeting + "\n", "")


def test_gives_the_formatter() -> None:
    assert command("--component", IMPORTS, "Zoë") == (0, "Hello, ëoZ\n", "")


def test_help() -> None:
    code, out, err = command("--help")
    assert (code, err) == (0, "")
    for word in [
        "NAME",
        "--component",
        "--up",
        "--max-memory",
        "--timeout",
        "--version",
        "Exit codes",
        "Example",
    ]:
        assert word in out


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ([], "required: NAME, --component"),
        (["--component", COMPONENT], "required: NAME"),
        (["World"], "required: --component"),
        (["--component", COMPONENT, "World", "--down"], "--down"),
        (["--component", COMPONENT, b"\xff"], "is not UTF-8"),
        (["--comp", COMPONENT, "World"], "required: --component"),
    ],
)
def test_wrong_usage(args: list[str | bytes], complaint: str) -> None:
    assert complaint in wrong_usage(*args)


SIZES = ["much", "64", "64MB", "1.5MiB", "-1MiB", "0B", "", "²MiB", "9" * 5000 + "B"]
TIMES = ["soon", "30", "0s", "1d", "1e3s", "-1s", "", "9" * 5000 + "s"]


@pytest.mark.parametrize("value", SIZES, ids=lambda value: value[:9])
def test_sizes_have_a_unit(value: str) -> None:
    line = wrong_usage("--component", COMPONENT, f"--max-memory={value}", "World")
    problem = f"invalid value '{value}' for '--max-memory <SIZE>': use"
    assert f"error: {problem} a number and B, KiB, MiB or GiB, as 64MiB (" in line


@pytest.mark.parametrize("value", TIMES, ids=lambda value: value[:9])
def test_times_have_a_unit(value: str) -> None:
    line = wrong_usage("--component", COMPONENT, f"--timeout={value}", "World")
    problem = f"invalid value '{value}' for '--timeout <TIME>': use"
    assert f"error: {problem} a number and ms, s, m or h, as 30s (" in line


@pytest.mark.parametrize(
    "bound",
    ["--max-memory=" + size for size in ["8388608B", "8192KiB", "8MiB", "5GiB"]]
    + ["--timeout=" + time for time in ["60000ms", "60s", "1m", "9999999h"]],
)
def test_bounds_in_every_unit(bound: str) -> None:
    greeting = (0, "Hello, World\n", "")
    assert command("--component", COMPONENT, bound, "World") == greeting


def test_version() -> None:
    expected = (0, f"plugin_python {os.environ['VERSION']}\n", "")
    assert command("--version") == command("-V") == expected


def test_faults() -> None:
    assert "nowhere.wasm: no such file" in fails("--component", "nowhere.wasm", "World")
    assert f"{FAULTY}: trap: " in fails("--component", FAULTY, "trap")
    assert "did not return within 1 s" in fails("--component", FAULTY, "--timeout", "1s", "loop")


def test_memory_limit() -> None:
    args = ["--component", FAULTY, "--max-memory"]
    assert "the limit is 1024 KiB" in fails(*args, "1MiB", "World")
    assert command(*args, "2MiB", "World") == (0, "Hello, World\n", "")
    assert f"{FAULTY}: trap: " in fails(*args, "2MiB", "allocate")


def test_stdout_is_full() -> None:
    with open("/dev/full", "wb") as full:
        err = fails("--component", COMPONENT, "World", stdout=full.fileno())
    assert "cannot write the greeting: No space left on device" in err


def test_interrupt_ends_a_guest_that_loops() -> None:
    args = [PROGRAM, "--component", FAULTY, "--timeout", "1h", "loop"]
    with subprocess.Popen(args, env={}, stderr=subprocess.PIPE) as process:
        tasks = Path(f"/proc/{process.pid}/task")
        while len(os.listdir(tasks)) < 2:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None and process.stderr.read() == b""
    assert process.returncode == -signal.SIGINT


def test_packages_of_the_user_take_no_part(tmp_path: Path) -> None:
    site = tmp_path / ".local/lib/python3.14/site-packages"
    site.mkdir(parents=True)
    for module in ["greeter", "wasmtime", "usercustomize"]:
        for folder in [tmp_path, site]:
            (folder / f"{module}.py").write_text(f"print('the user's {module}')")
    env = {"HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    command = [PROGRAM, "--component", COMPONENT, "World"]
    out = subprocess.check_output(command, cwd=tmp_path, env=env)
    assert out == b"Hello, World\n"


@pytest.mark.parametrize("option", ["--component {}", "--component={}"])
def test_bazel_run(tmp_path: Path, option: str) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        env = {"BUILD_WORKING_DIRECTORY": str(tmp_path), "PATH": os.environ["PATH"]}
        return subprocess.run([RUN, *args], check=False, env=env, capture_output=True, text=True)

    assert run("World").stdout == "Hello, World\n"
    mine = option.format("mine.wasm").split()
    missing = run("World", *mine)
    assert (missing.returncode, missing.stdout) == (1, "")
    assert missing.stderr == "error: mine.wasm: no such file; expected a WebAssembly component\n"
    (tmp_path / "mine.wasm").symlink_to(IMPORTS)
    assert run("World", *mine).stdout == "Hello, dlroW\n"
