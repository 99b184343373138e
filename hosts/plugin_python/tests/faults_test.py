"""What this host does with files that are no components, and with components that misbehave."""

import json
import os
import time
from pathlib import Path

import pytest
from anyhost import ComponentError, MissingError, Plugin, TimeLimitError, TrapError
from wasmtime import wat2wasm

CASES = json.loads(Path(os.environ["CASES"]).read_text())["faults"]
COMPONENTS = {Path(name).stem: name for name in os.environ["COMPONENTS"].split()}
FAULTY = COMPONENTS["faulty_greeter"]
GREETER = "anyhost:hello/greeter@1.0.0"
MIB = 1 << 20

# A guest that traps at each call, around what a test is about.
COMPONENT = """(component
  {extra}
  (core module $m
    {start}
    (memory (export "memory") {pages})
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024)
    (func (export "greet") (param i32 i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (alias core export $i "realloc" (core func $realloc))
  (alias core export $i "greet" (core func $core_greet))
  (func $greet {signature} (canon lift (core func $core_greet) (memory $memory) (realloc $realloc)))
  (instance $greeter (export "{function}" (func $greet)))
  (export "{interface}" (instance $greeter)))"""


def component(
    folder: Path,
    *,
    extra: str = "",
    function: str = "greet",
    interface: str = "anyhost:hello/greeter@1.0.0",
    pages: int = 1,
    start: str = "",
    signature: str = '(param "name" string) (param "up" bool) (result string)',
) -> str:
    """Writes a component and returns its file."""
    file = folder / "made.wasm"
    text = COMPONENT.format(
        extra=extra,
        function=function,
        interface=interface,
        pages=pages,
        start=start,
        signature=signature,
    )
    file.write_bytes(wat2wasm(text))
    return str(file)


def greet(plugin: Plugin, name: object, up: object = False) -> object:
    """Greets."""
    return plugin.greeter.greet(name, up)


def one_line(error: BaseException, file: str) -> str:
    """The error's message, which names the file it is about."""
    message = str(error)
    assert message.startswith(f"{file}: ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_shared_case(case: dict[str, str]) -> None:
    file = COMPONENTS.get(case["component"], case["component"])
    assert (file in COMPONENTS.values()) != (case["component"] == "missing")
    if "name" not in case:
        with pytest.raises(ComponentError) as caught, Plugin(file) as plugin:
            plugin[GREETER].greet("World", False)
        assert case["error"] in one_line(caught.value, file)
        return
    with Plugin(file) as plugin:
        with pytest.raises(TrapError) as caught_trap:
            greet(plugin, case["name"])
        assert case["error"] in one_line(caught_trap.value, file)
        assert greet(plugin, "World") == "Hello, World", "the next call has a fresh instance"


@pytest.mark.parametrize("name", [GREETER, "anyhost:hello/greeter", "greeter"])
def test_names_of_an_interface(name: str) -> None:
    with Plugin(FAULTY) as plugin:
        assert plugin.interfaces == (GREETER,)
        assert plugin[name] is plugin.greeter


def test_says_what_is_exported_instead() -> None:
    with Plugin(COMPONENTS["greeter_v2"]) as plugin:
        with pytest.raises(MissingError) as caught:
            plugin[GREETER]
        message = one_line(caught.value, COMPONENTS["greeter_v2"])
        assert message.endswith("does not export anyhost:hello/greeter@1.0.0; it exports anyhost:hello/greeter@2.0.0")
        assert "World" in plugin.greeter.greet("World")
    with Plugin(COMPONENTS["no_greeter"]) as plugin:
        with pytest.raises(AttributeError, match=r"does not export greeter; it exports nothing$"):
            plugin.greeter  # noqa: B018
        assert not hasattr(plugin, "greeter")
    with Plugin(FAULTY) as plugin:
        with pytest.raises(MissingError, match=r"anyhost:hello/greeter@1\.0\.0 has no great; it has greet$"):
            plugin.greeter.great("World", False)
        assert not hasattr(plugin.greeter, "great")


def test_two_versions_of_an_interface(tmp_path: Path) -> None:
    file = component(tmp_path, extra='(instance $none) (export "other:hello/greeter" (instance $none))')
    with Plugin(file) as plugin:
        with pytest.raises(MissingError) as caught:
            plugin.greeter  # noqa: B018
        names = "other:hello/greeter, anyhost:hello/greeter@1.0.0"
        assert one_line(caught.value, file).endswith(f"exports {names}; greeter does not say which")
        assert dir(plugin[GREETER]) == ["greet"]


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(ComponentError) as caught:
        Plugin(tmp_path)
    assert "is a directory" in one_line(caught.value, str(tmp_path))


def test_broken_component(tmp_path: Path) -> None:
    file = component(tmp_path)
    Path(file).write_bytes(Path(file).read_bytes()[:-9])
    with pytest.raises(ComponentError) as caught:
        Plugin(file)
    assert "not a valid component: " in one_line(caught.value, file)


@pytest.mark.parametrize(
    ("imported", "given", "problem"),
    [
        (
            '"acme:random/random@0.2.12" (instance (export "get" (func)))',
            {},
            "imports acme:random/random@0.2.12, which this host does not provide; it provides nothing",
        ),
        (
            '"anyhost:hello/formatter@1.0.0" (instance (export "reverse" (func)))',
            {"formattr": {}},
            "imports anyhost:hello/formatter@1.0.0, which this host does not provide; it provides formattr",
        ),
        (
            '"anyhost:hello/formatter@1.0.0" (instance (export "reverse" (func)))',
            {"formatter": {"revers": print}},
            "imports reverse of anyhost:hello/formatter@1.0.0, which this host does not provide; it provides revers",
        ),
        (
            '"log" (func)',
            {"logs": print},
            "imports log of the world, which this host does not provide; it provides logs",
        ),
        ('"m" (core module)', {}, "imports m, which this host does not provide; it provides nothing"),
    ],
    ids=lambda value: value.split('"')[1] if isinstance(value, str) and '"' in value else "",
)
def test_imports_that_do_not_fit(tmp_path: Path, imported: str, given: dict[str, object], problem: str) -> None:
    file = component(tmp_path, extra=f"(import {imported})")
    with pytest.raises(ComponentError) as caught:
        Plugin(file, imports=given)
    assert one_line(caught.value, file) == f"{file}: {problem}"


STREAM = {
    "wasmtime": "its import a:b/c wait has a stream, which this host cannot pass",
    "native": "has async functions, as WASI 0.3 has them, which this host does not run",
}


def test_import_that_no_host_can_give(tmp_path: Path) -> None:
    wait = '(import "a:b/c" (instance (export "wait" (func (param "s" (stream u8))))))'
    file = component(tmp_path, extra=wait)
    with pytest.raises(ComponentError) as caught:
        Plugin(file, imports={"c": {"wait": print}})
    assert one_line(caught.value, file).startswith(f"{file}: {STREAM[os.environ['ANYHOST_ENGINE']]}")


def test_interface_without_functions_need_not_be_given(tmp_path: Path) -> None:
    types = '(instance (type $n (record (field "n" u8))) (export "n" (type (eq $n))))'
    Plugin(component(tmp_path, extra=f'(import "a:b/types" {types})')).close()


def test_trap_while_starting(tmp_path: Path) -> None:
    file = component(tmp_path, start="(func $start unreachable) (start $start)")
    with pytest.raises(TrapError) as caught:
        Plugin(file)
    assert "trap: " in one_line(caught.value, file)


def test_endless_start(tmp_path: Path) -> None:
    file = component(tmp_path, start="(func $start (loop (br 0))) (start $start)")
    with pytest.raises(TimeLimitError):
        Plugin(file, timeout=0.2)


def test_starts_with_too_much_memory(tmp_path: Path) -> None:
    file = component(tmp_path, pages=33)
    with pytest.raises(ComponentError) as caught:
        Plugin(file, max_memory=2 * MIB)
    message = one_line(caught.value, file)
    assert message.endswith("starts with 2112 KiB of memory, the limit is 2048 KiB")
    Plugin(file, max_memory=3 * MIB).close()


def test_memory_limit() -> None:
    name = "x" * (3 * MIB)
    with Plugin(FAULTY, max_memory=8 * MIB) as plugin:
        assert greet(plugin, name) == "Hello, " + name
    with Plugin(FAULTY, max_memory=2 * MIB) as plugin, pytest.raises(TrapError):
        greet(plugin, name)


def test_memory_is_bounded_by_default() -> None:
    with Plugin(FAULTY) as plugin, pytest.raises(TrapError):
        greet(plugin, "x" * (65 * MIB))


def test_memory_of_a_guest_that_allocated_is_given_back() -> None:
    def mapped() -> int:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmSize:")[1].split()[0])

    with Plugin(FAULTY) as plugin:
        greet(plugin, "World")
        before = mapped()
        for _ in range(20):
            with pytest.raises(TrapError):
                greet(plugin, "allocate")
        # In KiB; the engine reserves 4 GiB of addresses for an instance's memory.
        assert mapped() - before < 4 << 20


def test_time_limit() -> None:
    with Plugin(FAULTY, timeout=0.5) as plugin:
        start = time.monotonic()
        with pytest.raises(TimeLimitError) as caught:
            greet(plugin, "loop")
        assert time.monotonic() - start >= 0.5, "stopped before its time"
        assert "did not return within 0.5 s" in one_line(caught.value, FAULTY)
        assert greet(plugin, "World") == "Hello, World"


def test_time_limit_is_a_calls_not_the_plugins() -> None:
    with Plugin(FAULTY, timeout=1) as plugin:
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            assert greet(plugin, "World") == "Hello, World"
