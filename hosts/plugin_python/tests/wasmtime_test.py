"""What the engine in the package `wasmtime` alone has: each plugin with a time limit has a clock, which is a thread."""

import gc
import os
import time
from pathlib import Path

import pytest
from anyhost import Plugin, TimeLimitError
from anyhost._wasmtime.code import seal
from wasmtime import Engine, wat2wasm
from wasmtime.component import Component

CODE = os.environ["CODE"]
COMPONENT = os.environ["COMPONENT"]
FAULTY = os.environ["FAULTY_COMPONENT"]
ENDLESS = """(component
  (core module $m (func $start (loop (br 0))) (start $start))
  (core instance (instantiate $m)))"""


def threads() -> set[str]:
    """The threads of this process."""
    return set(os.listdir("/proc/self/task"))


def wait_for_end(clock: set[str]) -> None:
    """Waits until threads have ended."""
    while clock & threads():
        time.sleep(0.01)


def test_clock_of_a_closed_plugin_ends() -> None:
    before = threads()
    with Plugin(FAULTY) as plugin:
        clock = threads() - before
        assert len(clock) == 1
    wait_for_end(clock)
    plugin.close()


def test_clock_of_a_plugin_that_nobody_closed_ends() -> None:
    before = threads()
    plugin = Plugin(FAULTY)
    clock = threads() - before
    assert len(clock) == 1
    del plugin
    gc.collect()
    wait_for_end(clock)


def test_clock_of_a_plugin_that_was_not_made_ends(tmp_path: Path) -> None:
    (tmp_path / "endless.wasm").write_bytes(wat2wasm(ENDLESS))
    before = threads()
    with pytest.raises(TimeLimitError) as caught:
        Plugin(tmp_path / "endless.wasm", timeout=0.2)
    # Whoever keeps the exception keeps the plugin that was not made.
    assert caught.value.__traceback__ is not None
    wait_for_end(threads() - before)


def test_no_time_limit_needs_no_clock() -> None:
    before = threads()
    with Plugin(FAULTY, timeout=None) as plugin:
        assert plugin.greeter.greet("World", False) == "Hello, World"
        assert threads() <= before


def test_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_component(*_values: object) -> None:
        pytest.fail("the component is compiled")

    monkeypatch.setattr("anyhost._wasmtime.component.compile_component", compile_component)
    with Plugin(COMPONENT, aot=CODE) as plugin:
        assert plugin.greeter.greet("World", True) == "HELLO, WORLD"


def test_code_of_another_engine(tmp_path: Path) -> None:
    wasm, code = Path(COMPONENT).read_bytes(), tmp_path / "a.cwasm"
    code.write_bytes(seal(bytes(Component(Engine(), wasm).serialize()), wasm))
    with pytest.warns(RuntimeWarning, match="does not fit this engine: "), Plugin(COMPONENT, aot=code) as plugin:
        assert plugin.greeter.greet("World", False) == "Hello, World"
