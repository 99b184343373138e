"""What a caller may pass, and what is said of anything else."""

import os
import re
from reprlib import repr as shown

import pytest
from anyhost import Plugin, PluginError

FAULTY = os.environ["FAULTY_COMPONENT"]


def greet(plugin: Plugin, name: object, up: object = False) -> object:
    """Greets."""
    return plugin.greeter.greet(name, up)


SECONDS = "more than 0 to [0-9]+ seconds, or None"
BYTES = "1 to 4294967296 bytes"


@pytest.mark.parametrize(
    ("option", "kind", "expected"),
    [
        ({"timeout": 0}, ValueError, SECONDS),
        ({"timeout": -1.5}, ValueError, SECONDS),
        ({"timeout": float("nan")}, ValueError, SECONDS),
        ({"timeout": float("inf")}, ValueError, SECONDS),
        ({"timeout": "10s"}, TypeError, SECONDS),
        ({"timeout": True}, TypeError, SECONDS),
        ({"max_memory": 0}, ValueError, BYTES),
        ({"max_memory": -1}, ValueError, BYTES),
        ({"max_memory": (4 << 30) + 1}, ValueError, BYTES),
        ({"max_memory": "64MiB"}, TypeError, BYTES),
        ({"max_memory": 64e6}, TypeError, BYTES),
        ({"max_memory": True}, TypeError, BYTES),
        ({"max_memory": None}, TypeError, BYTES),
        ({"imports": print}, TypeError, "a mapping from names of interfaces"),
        ({"imports": {5: print}}, TypeError, "a mapping from names of interfaces"),
        ({"component": 5}, TypeError, "str"),
        ({"component": b"a.wasm"}, TypeError, "str"),
        ({"component": "a\0b"}, ValueError, "a path, which has no NUL"),
        ({"aot": 5}, TypeError, "str"),
    ],
    ids=str,
)
def test_options_that_make_no_sense(option: dict[str, object], kind: type[Exception], expected: str) -> None:
    ((name, value),) = option.items()
    with pytest.raises(kind) as caught:
        Plugin(**{"component": FAULTY} | option)  # type: ignore[arg-type]
    assert re.fullmatch(f"{name}: expected {expected}.*, got {re.escape(shown(value))}", str(caught.value))


def test_option_that_does_not_exist() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'max_memry'"):
        Plugin(FAULTY, max_memry=1)  # type: ignore[call-arg]


def test_arguments_of_another_type() -> None:
    with Plugin(FAULTY) as plugin:
        with pytest.raises(TypeError, match=r"^name: expected string, got 5$"):
            greet(plugin, 5)
        with pytest.raises(TypeError, match=r"^up: expected bool, got 1$"):
            greet(plugin, "World", 1)
        assert greet(plugin, "World") == "Hello, World"


@pytest.mark.parametrize("name", ["\ud83d", "\udc00\ud83d", "a\ud800b", "x" * 99 + "\udfff"])
def test_name_with_a_lone_surrogate(name: str) -> None:
    index = next(i for i, char in enumerate(name) if "\ud800" <= char <= "\udfff")
    found = f"U+{ord(name[index]):04X} at index {index}"
    with Plugin(FAULTY) as plugin:
        with pytest.raises(ValueError) as caught:
            greet(plugin, name)
        problem = f"name: expected string, got a lone surrogate ({found})"
        assert str(caught.value) == problem
        assert greet(plugin, "World") == "Hello, World"


@pytest.mark.parametrize(
    ("values", "keywords", "problem"),
    [
        (("World",), {}, "no up"),
        (("World", True, 1), {}, "3"),
        (("World",), {"name": "x", "up": True}, "name twice"),
        (("World",), {"upper": True}, "an unknown upper"),
    ],
)
def test_number_and_names_of_arguments(values: tuple[object, ...], keywords: dict[str, object], problem: str) -> None:
    with Plugin(FAULTY) as plugin:
        with pytest.raises(TypeError) as caught:
            plugin.greeter.greet(*values, **keywords)
        assert str(caught.value) == f"greeter.greet: expected the arguments name, up; got {problem}"
        assert plugin.greeter.greet(up=True, name="World") == "HELLO, WORLD"


def test_closed() -> None:
    with Plugin(FAULTY) as plugin:
        pass
    plugin.close()
    with pytest.raises(PluginError, match="closed"):
        greet(plugin, "World")
