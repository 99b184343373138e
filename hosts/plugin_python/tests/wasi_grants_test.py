"""What a component reaches by WASI where something is granted, and what ends it."""

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import pytest
from anyhost import ComponentError, Plugin, PluginError, TimeLimitError, TrapError

PROBE = os.environ["PROBE"]
GRANTED = json.loads(Path(os.environ["GRANTED"]).read_text())


def attempt(plugin: Plugin, what: str, *args: str) -> Any:
    """What comes of something that the component tries."""
    return plugin.probe.attempt(what, args)


def plant(base: Path) -> None:
    """Files and links as `granted.json` has them."""
    for path, text in GRANTED["files"].items():
        (base / path).parent.mkdir(parents=True, exist_ok=True)
        (base / path).write_text(text)
    for path in GRANTED["folders"]:
        (base / path).mkdir()
    for path, target in GRANTED["links"].items():
        (base / path).symlink_to(target)


def tree(base: Path) -> dict[str, str | None]:
    """All paths below a folder, with the contents of files."""
    return {
        str(path.relative_to(base)): path.read_text() if path.is_file() and not path.is_symlink() else None
        for folder, folders, files in os.walk(base)
        for path in (Path(folder) / name for name in folders + files)
    }


def options(base: Path) -> dict[str, Any]:
    """What is granted."""
    return {
        "args": GRANTED["args"],
        "env": GRANTED["env"],
        "stdin": GRANTED["stdin"].encode(),
        "clock": GRANTED["clock"],
        "random": bytes(GRANTED["random"]),
        "dirs": [f"{base}/{text}" for text in GRANTED["dirs"]],
    }


def test_what_is_granted_and_nothing_else(tmp_path: Path) -> None:
    plant(tmp_path)
    before = tree(tmp_path)
    wrong = []
    with Plugin(PROBE, wasi=options(tmp_path)) as plugin:
        for what, args, expected in GRANTED["attempts"]:
            if (got := attempt(plugin, what, *args)) != expected:
                wrong.append(f"{what} {args}: expected {expected!r}, got {got!r}")
    assert not wrong
    assert tree(tmp_path) == before


def test_directories_that_cannot_be_granted(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    for host, reason in {"no/such": "no such directory", str(file): "not a directory"}.items():
        with pytest.raises(PluginError, match=f"dirs: {host}: {reason}"):
            Plugin(PROBE, wasi={"dirs": [f"{host}::/data"]})


if os.environ["ANYHOST_ENGINE"] == "wasmtime":  # in the other engine it waits

    def test_a_pipe_in_a_directory_is_no_file(tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with Plugin(PROBE, timeout=30, wasi={"dirs": [f"{tmp_path}::/data"], "output": lambda *_: None}) as plugin:
            assert attempt(plugin, "file-read", "/data/pipe") == "refused"


def test_lines_go_to_a_function() -> None:
    lines: list[tuple[str, str]] = []

    def output(stream: str, line: str) -> None:
        if line == "fail":
            raise KeyError("no more")
        lines.append((stream, line))

    with Plugin(PROBE, wasi={"output": output}) as plugin:
        attempt(plugin, "print", "one\ntwo", "three\x1b\r\n")
        assert sorted(lines) == [("stderr", "three\\u{1b}"), ("stdout", "one"), ("stdout", "two")]
        lines.clear()
        attempt(plugin, "print", "y" * 5000, "")
        assert lines == [("stdout", "y" * 4096), ("stdout", "y" * 904)]
        with pytest.raises(KeyError):
            attempt(plugin, "print", "fail\n", "")
        lines.clear()
        attempt(plugin, "print", "again\n", "")
        assert lines == [("stdout", "again")]


def test_lines_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "anyhost.guest")
    with Plugin(PROBE) as plugin:
        attempt(plugin, "print", "one\n", "two\n")
    logged = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    assert sorted(logged) == [
        ("anyhost.guest", "INFO", f"{PROBE} stdout: one"),
        ("anyhost.guest", "WARNING", f"{PROBE} stderr: two"),
    ]


def test_a_function_for_lines_cannot_use_the_plugin() -> None:
    def output(_stream: str, _line: str) -> None:
        attempt(plugin, "args")

    with (
        Plugin(PROBE, wasi={"output": output}) as plugin,
        pytest.raises(PluginError, match="used by a function that it called"),
    ):
        attempt(plugin, "print", "one\n", "")


@pytest.mark.parametrize(("what", "args"), [("sleep", ["3600000"]), ("spin", ["3600000000000"]), ("flood", [])])
def test_time_has_an_end(what: str, args: list[str]) -> None:
    with Plugin(PROBE, timeout=0.3, wasi={"output": lambda *_: None}) as plugin:
        with pytest.raises(TimeLimitError, match=r"did not return within 0\.3 s"):
            attempt(plugin, what, *args)
        assert attempt(plugin, "time-passes", "20") == "true"


@pytest.mark.parametrize(
    ("what", "args", "expected"),
    [
        ("exit", ["0"], "trap: it exited with code 0"),
        ("exit", ["3"], "trap: it exited with code 1"),
        ("http", ["localhost"], "fields.constructor is refused: no HTTP in a plugin"),
    ],
)
def test_what_is_not_there_ends_the_call_alone(what: str, args: list[str], expected: str) -> None:
    with Plugin(PROBE) as plugin:
        with pytest.raises(TrapError) as caught:
            attempt(plugin, what, *args)
        assert str(caught.value).endswith(expected)
        assert attempt(plugin, "args") == ""


def test_the_clock_is_the_machines() -> None:
    with Plugin(PROBE) as plugin:
        assert attempt(plugin, "time-is-now", str(int(time.time()))) == "true"


def test_none_refuses() -> None:
    with pytest.raises(ComponentError, match="imports wasi:.*, which this host does not provide; it provides nothing"):
        Plugin(PROBE, wasi="none")


def test_what_is_given_goes_before_wasi() -> None:
    environment = {
        "get_environment": lambda: [("GIVEN", "yes")],
        "get_arguments": list,
        "initial_cwd": lambda: None,
    }
    with Plugin(PROBE, imports={"wasi:cli/environment": environment}, wasi={"env": {"A": "1"}}) as plugin:
        assert attempt(plugin, "env-all") == "GIVEN=yes"


@pytest.mark.parametrize(
    ("wasi", "kind", "line"),
    [
        (1, TypeError, "wasi: expected a mapping or 'none', got 1"),
        ({"files": 1}, TypeError, "wasi: expected args, env, dirs, stdin, output, clock, random, got 'files'"),
        ({"args": "a b"}, TypeError, "wasi: args: expected several str, got 'a b'"),
        ({"args": [1]}, TypeError, "wasi: args: expected str, got 1"),
        ({"args": ["a\0"]}, ValueError, "wasi: args: expected Unicode without NUL, got 'a\\x00'"),
        ({"env": [("A", "1")]}, TypeError, "wasi: env: expected a mapping, got [('A', '1')]"),
        ({"env": {"A": 1}}, TypeError, "wasi: env: expected str, got 1"),
        ({"stdin": "text"}, TypeError, "wasi: stdin: expected bytes, got 'text'"),
        ({"output": 1}, TypeError, "wasi: output: expected a function of a stream and a line, got 1"),
        ({"clock": "now"}, TypeError, "wasi: clock: expected 0 to 8589934592 seconds since 1970, got 'now'"),
        ({"clock": -1}, ValueError, "wasi: clock: expected 0 to 8589934592 seconds since 1970, got -1"),
        ({"random": b""}, ValueError, "wasi: random: expected a byte or more, got b''"),
        (
            {"dirs": [".::/data:rw"]},
            ValueError,
            (
                "wasi: dirs: '.::/data:rw': unknown suffix :rw; the only one is :ro, for read-only; "
                "use HOST or HOST::GUEST, as .::/data"
            ),
        ),
        ({"dirs": ["a::/d", "b::/d"]}, ValueError, "wasi: dirs: 'b::/d': the guest has a /d already"),
    ],
)
def test_options_that_are_wrong(wasi: Any, kind: type[Exception], line: str) -> None:
    with pytest.raises(kind) as caught:
        Plugin(PROBE, wasi=wasi)
    assert str(caught.value) == line
