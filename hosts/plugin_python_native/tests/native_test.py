"""What the native engine alone has, and how it is chosen."""

import os
from pathlib import Path

import pytest
from anyhost import Plugin

COMPONENT = os.environ["COMPONENT"]
# For engines that take signals.
OTHER_CODE = os.environ["OTHER_CODE"]


def threads() -> set[str]:
    """The threads of this process."""
    return set(os.listdir("/proc/self/task"))


def engine_of(plugin: Plugin) -> str:
    """The module that a plugin's instance is of."""
    return type(plugin._instance).__module__


def test_one_clock_for_all_plugins() -> None:
    with Plugin(COMPONENT, engine="native"):
        before = threads()
        with Plugin(COMPONENT, engine="native") as plugin:
            assert plugin.greeter.greet("World", False) == "Hello, World"
            assert threads() <= before


def test_choice_of_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANYHOST_ENGINE", raising=False)
    with Plugin(COMPONENT) as plugin:
        assert engine_of(plugin).startswith("anyhost._wasmtime")
    with Plugin(COMPONENT, engine="native") as plugin:
        assert engine_of(plugin) == "anyhost._native"
    monkeypatch.setenv("ANYHOST_ENGINE", "native")
    with Plugin(COMPONENT) as plugin:
        assert engine_of(plugin) == "anyhost._native"
    with Plugin(COMPONENT, engine="wasmtime") as plugin:
        assert engine_of(plugin).startswith("anyhost._wasmtime")
    monkeypatch.setenv("ANYHOST_ENGINE", "v8")
    with pytest.raises(ValueError, match=r"^ANYHOST_ENGINE: expected wasmtime or native, got 'v8'$"):
        Plugin(COMPONENT)
    with pytest.raises(TypeError, match=r"^engine: expected wasmtime or native, got 5$"):
        Plugin(COMPONENT, engine=5)  # type: ignore[arg-type]


def test_code_of_another_engine() -> None:
    with (
        pytest.warns(RuntimeWarning, match="does not fit this engine: ") as caught,
        Plugin(COMPONENT, aot=OTHER_CODE, engine="native") as plugin,
    ):
        assert plugin.greeter.greet("World", True) == "HELLO, WORLD"
    assert Path(caught[0].filename).name == Path(__file__).name
