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
NO_GREETER = os.path.abspath(os.environ["EMPTY_COMPONENT"])
CODE = os.path.abspath(os.environ["CODE"])


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


@pytest.mark.parametrize(
    ("call", "result"),
    [
        ('greet("World", true)', '"HELLO, WORLD"'),
        ('greeter.greet("a \\"b\\"", false)', '"Hello, a \\"b\\""'),
        ('anyhost:hello/greeter@1.0.0.greet("World", false)', '"Hello, World"'),
        ("World (you)", "Hello, World (you)"),
    ],
)
def test_calls(call: str, result: str) -> None:
    assert command("--component", COMPONENT, call) == (0, result + "\n", "")


def test_json() -> None:
    assert command("--component", COMPONENT, "--json", 'greet("Zoë", true)') == (0, '"HELLO, ZOË"\n', "")
    assert command("--component", COMPONENT, "--json", "World", "--up") == (0, '"HELLO, WORLD"\n', "")


def test_list() -> None:
    signature = "anyhost:hello/greeter@1.0.0 greet: func(name: string, up: bool) -> string\n"
    assert command("--component", COMPONENT, "--list") == (0, signature, "")


def test_gives_nothing() -> None:
    problem = "imports anyhost:hello/formatter@1.0.0, which this host does not provide; it provides nothing\n"
    assert fails("--component", IMPORTS, "World").endswith(problem)


def test_imports(tmp_path: Path) -> None:
    file = tmp_path / "imports.py"

    def given(text: str) -> list[str]:
        file.write_text(text)
        return ["--component", IMPORTS, "--imports", str(file), "World"]

    formatter = "class formatter:\n    def reverse(text):\n        "
    assert command(*given(formatter + "return text[::-1]")) == (0, "Hello, dlroW\n", "")
    assert fails(*given(formatter + "raise KeyError(text)")) == "error: KeyError: 'World'\n"
    assert "imports reverse of anyhost:hello/formatter@1.0.0, which" in fails(*given("formatter = {}"))
    assert fails(*given("1 / 0")) == f"error: {file}: ZeroDivisionError: division by zero\n"
    assert f"error: {file}: SyntaxError: " in fails(*given("formatter = "))
    missing = fails("--component", IMPORTS, "--imports", "nowhere.py", "World")
    assert missing == "error: nowhere.py: No such file or directory; expected a Python file\n"


def test_short_form_needs_one_function_that_takes_a_string() -> None:
    line = wrong_usage("--component", NO_GREETER, "World")
    assert "CALL 'World' is no call, as in 'name(…)'; the component exports no function" in line


def test_aot() -> None:
    args = ["--component", COMPONENT, "--aot"]
    assert command(*args, CODE, "World") == (0, "Hello, World\n", "")
    code, out, err = command(*args, COMPONENT, "World")
    assert (code, out) == (0, "Hello, World\n")
    assert err == f"note: {COMPONENT}: not precompiled code, or cut short; compiling {COMPONENT} instead\n"


def test_help() -> None:
    code, out, err = command("--help")
    assert (code, err) == (0, "")
    for word in [
        "CALL",
        "--component",
        "--aot",
        "--imports",
        "--json",
        "--list",
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
        ([], "--component <FILE> is missing"),
        (["--component", COMPONENT], "<CALL> is missing"),
        (["World"], "--component <FILE> is missing"),
        (["--component", COMPONENT, "World", "--down"], "unexpected argument '--down'; the function is "),
        (
            ["--component", COMPONENT, "--up", 'greet("World", true)'],
            "unexpected argument '--up': a call has its arguments",
        ),
        (["--component", COMPONENT, 'great("World")'], "it exports greeter.greet"),
        (["--component", COMPONENT, 'greet("World")'], "expected 2 arguments, got 1; it is "),
        (["--component", COMPONENT, 'greet("World", 1)'], "expected bool, got `1)`"),
        (["--component", COMPONENT, b"\xff"], "is not UTF-8"),
        (["--comp", COMPONENT, "World"], "--component <FILE> is missing"),
    ],
)
def test_wrong_usage(args: list[str | bytes], complaint: str) -> None:
    assert complaint in wrong_usage(*args)


HOW = {"size": "use a number and B, KiB, MiB or GiB, as 64MiB", "time": "use a number and ms, s, m or h, as 30s"}
ZERO, MUCH = "it must be more than 0", "this is too much"
MOST = "the most is 4GiB, which is what WebAssembly can address"
SIZES = [(value, HOW["size"]) for value in ["much", "64", "64MB", "1.5MiB", "-1MiB", "", "²MiB"]]
SIZES += [("0B", ZERO), ("9" * 5000 + "B", MUCH), ("99999999999GiB", MUCH), ("5GiB", MOST), ("4294967297B", MOST)]
TIMES = [(value, HOW["time"]) for value in ["soon", "30", "1d", "1e3s", "-1s", ""]]
TIMES += [("0s", ZERO), ("9" * 5000 + "s", MUCH)]


@pytest.mark.parametrize(
    ("flag", "value", "reason"),
    [("--max-memory <SIZE>", *size) for size in SIZES] + [("--timeout <TIME>", *time) for time in TIMES],
    ids=lambda value: ascii(value)[:12],
)
def test_bounds_have_a_unit(flag: str, value: str, reason: str) -> None:
    line = wrong_usage("--component", COMPONENT, f"{flag.split()[0]}={value}", "World")
    assert line == f"error: invalid value '{value}' for '{flag}': {reason} (--help tells more)\n"


@pytest.mark.parametrize(
    "bound",
    ["--max-memory=" + size for size in ["8388608B", "8192KiB", "8MiB", "4GiB"]]
    + ["--timeout=" + time for time in ["60000ms", "60s", "1m", "9999999h"]],
)
def test_bounds_in_every_unit(bound: str) -> None:
    greeting = (0, "Hello, World\n", "")
    assert command("--component", COMPONENT, bound, "World") == greeting


def test_version() -> None:
    expected = (0, f"{Path(PROGRAM).name} {os.environ['VERSION']}\n", "")
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
    assert "cannot write the result: No space left on device" in err


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
    for module in ["anyhost", "wasmtime", "usercustomize"]:
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
    (tmp_path / "mine.wasm").symlink_to(FAULTY)
    assert run("World", *mine).stdout == "Hello, World\n"
