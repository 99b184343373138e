"""What a host gives to a component, and what threads and the garbage collector may do."""

import gc
import os
import signal
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from anyhost import Plugin, PluginError, TimeLimitError, TrapError
from wasmtime import Trap, WasmtimeError, wat2wasm

IMPORTS = os.environ["IMPORTS_COMPONENT"]
FAULTY = os.environ["FAULTY_COMPONENT"]


def greet(plugin: Plugin, name: str, up: bool = False) -> object:
    """Greets."""
    return plugin.greeter.greet(name, up)


def opened(formatter: Callable[[str], object] = lambda text: text[::-1]) -> Plugin:
    """A plugin that is given a formatter."""
    return Plugin(IMPORTS, imports={"formatter": {"reverse": formatter}})


def test_formatter_of_the_user() -> None:
    asked = []

    def formatter(text: str) -> str:
        asked.append(text)
        return f"<{text}>"

    with opened(formatter) as plugin:
        assert greet(plugin, "Zoë", up=True) == "HELLO, <ZOË>"
    assert asked == ["Zoë"]


class OwnError(WasmtimeError):
    """An error that the engine could take for its own."""


@pytest.mark.parametrize(
    "raised",
    [
        ValueError("own"),
        KeyboardInterrupt("own"),
        SystemExit(3),
        GeneratorExit("own"),
        StopIteration("own"),
        UnicodeEncodeError("utf-8", "own", 0, 1, "own"),
        WasmtimeError("wasm trap: interrupt"),
        OwnError("own"),
        Trap("own"),
        TrapError("own.wasm", "own"),
        TimeLimitError("own.wasm", "own"),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_what_the_formatter_raises_reaches_the_caller(raised: BaseException) -> None:
    cause = LookupError("its cause")

    def formatter(text: str) -> str:
        if text == "World":
            return text
        raise raised from cause

    with opened(formatter) as plugin:
        with pytest.raises(type(raised)) as caught:
            greet(plugin, "x")
        assert caught.value is raised and caught.value.__cause__ is cause
        assert greet(plugin, "World") == "Hello, World"


def test_interrupt_in_the_formatter() -> None:
    def formatter(text: str) -> str:
        if text == "x":
            signal.raise_signal(signal.SIGINT)
        return text

    with opened(formatter) as plugin:
        with pytest.raises(KeyboardInterrupt):
            greet(plugin, "x")
        assert greet(plugin, "World") == "Hello, World"


def test_formatter_returns_no_text() -> None:
    with opened(lambda text: None) as plugin:
        problem = r"^formatter\.reverse\(…\): expected string, got None$"
        with pytest.raises(TypeError, match=problem):
            greet(plugin, "World")
    with opened(lambda text: "a\udc00") as plugin:
        problem = r"^formatter\.reverse\(…\): expected string, got a lone surrogate \(U\+DC00 at index 1\)$"
        with pytest.raises(ValueError, match=problem):
            greet(plugin, "World")


@pytest.mark.parametrize("use", [lambda plugin: greet(plugin, "x"), Plugin.close])
def test_formatter_uses_its_plugin(use: object) -> None:
    def formatter(text: str) -> str:
        if text == "use":
            use(plugin)  # type: ignore[operator]
        return text

    with opened(formatter) as plugin:
        with pytest.raises(PluginError, match="the plugin is used by a function that it called"):
            greet(plugin, "use")
        assert greet(plugin, "World") == "Hello, World"


def test_formatter_calls_another_plugin() -> None:
    with opened() as inner, opened(lambda text: greet(inner, text)) as outer:
        assert greet(outer, "World") == "Hello, Hello, dlroW"


# A world without interfaces: `close` hands its number to `double`, which the host has.
WORLD = """(component
  (import "double" (func $double (param "number" u32) (result u32)))
  (core func $core_double (canon lower (func $double)))
  (core module $m
    (import "host" "double" (func $double (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $double (local.get 0))))
  (core instance $i (instantiate $m (with "host" (instance (export "double" (func $core_double))))))
  (func $run (param "number" u32) (result u32) (canon lift (core func $i "run")))
  (export "run-it" (func $run))
  (export "close" (func $run)))"""


def test_functions_of_the_world(tmp_path: Path) -> None:
    file = tmp_path / "world.wasm"
    file.write_bytes(wat2wasm(WORLD))
    with Plugin(file, imports={"double": lambda number: 2 * number}) as plugin:
        assert plugin.interfaces == () and {"run_it", "close"} <= set(dir(plugin))
        assert plugin.run_it(21) == plugin["run_it"](number=21) == plugin["close"](21) == 42
        with pytest.raises(ValueError, match=r"^number: expected u32, got -1$"):
            plugin.run_it(-1)
        with pytest.raises(PluginError, match=r"does not export run; it exports close, run_it$"):
            plugin.run(1)
    problem = r"^double\(…\): expected u32, got '1'$"
    with Plugin(file, imports={"double": str}) as plugin, pytest.raises(TypeError, match=problem):
        plugin.run_it(1)


def test_threads_share_a_plugin() -> None:
    names = [f"{number} of many" for number in range(400)]
    with opened() as plugin, ThreadPoolExecutor(8) as threads:
        greetings = list(threads.map(lambda name: greet(plugin, name), names))
    assert greetings == [f"Hello, {name[::-1]}" for name in names]


def raises(text: str) -> str:
    raise ValueError(f"at index {len(text)})")


@pytest.mark.parametrize("formatter", [raises, lambda text: f"{text}\ud800"])
def test_exceptions_stay_in_their_thread(formatter: Callable[[str], str]) -> None:
    def index(name: str) -> int:
        with (
            opened(formatter) as plugin,
            pytest.raises(ValueError, match="at index") as caught,
        ):
            greet(plugin, name)
        return int(str(caught.value).split("at index ")[1].split(")")[0])

    names = ["x" * number for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(index, names)) == list(range(200))


def test_plugins_run_at_the_same_time() -> None:
    with (
        ThreadPoolExecutor(1) as thread,
        Plugin(FAULTY, timeout=3600) as busy,
        Plugin(FAULTY) as plugin,
    ):
        loop = thread.submit(greet, busy, "loop")
        assert greet(plugin, "World") == "Hello, World"
        assert not loop.done()
        while not loop.done():  # it may not have begun
            busy._instance.expire()
        with pytest.raises(TimeLimitError):
            loop.result()


def test_plugin_that_nobody_closed_is_freed() -> None:
    plugin = opened()
    freed = weakref.ref(plugin._instance)
    assert greet(plugin, "World") == "Hello, dlroW"
    del plugin
    gc.collect()
    assert freed() is None
