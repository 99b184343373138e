"""What this host does with files that are no greeters, and with greeters that misbehave."""

import json
import os
import re
import time
from pathlib import Path

import pytest
from greeter import ComponentError, Greeter, GreeterError, TimeLimitError, TrapError
from wasmtime import wat2wasm

CASES = json.loads(Path(os.environ["CASES"]).read_text())["faults"]
COMPONENTS = {Path(name).stem: name for name in os.environ["COMPONENTS"].split()}
FAULTY = COMPONENTS["faulty_greeter"]
MIB = 1 << 20

# A greeter that traps at each call, around what a test is about.
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
        with pytest.raises(ComponentError) as caught:
            Greeter(file)
        assert case["error"] in one_line(caught.value, file)
        return
    with Greeter(file) as greeter:
        with pytest.raises(TrapError) as caught_trap:
            greeter.greet(case["name"])
        assert case["error"] in one_line(caught_trap.value, file)
        assert greeter.greet("World") == "Hello, World", "the next call has a fresh instance"


def test_says_what_is_exported_instead() -> None:
    with pytest.raises(ComponentError, match=r"it exports anyhost:hello/greeter@2\.0\.0$"):
        Greeter(COMPONENTS["greeter_v2"])
    with pytest.raises(ComponentError, match=r"it exports nothing$"):
        Greeter(COMPONENTS["no_greeter"])


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(ComponentError) as caught:
        Greeter(tmp_path)
    assert "is a directory" in one_line(caught.value, str(tmp_path))


def test_broken_component(tmp_path: Path) -> None:
    file = component(tmp_path)
    Path(file).write_bytes(Path(file).read_bytes()[:-9])
    with pytest.raises(ComponentError) as caught:
        Greeter(file)
    assert "not a valid component: " in one_line(caught.value, file)


@pytest.mark.parametrize(
    "changes",
    [
        {"function": "grete"},
        {"signature": '(param "name" string) (param "up" u32) (result string)'},
        {"signature": '(param "name" string) (param "up" bool) (result u32)'},
        {"signature": '(param "up" string) (param "name" bool) (result string)'},
    ],
    ids=["name", "type", "result", "order"],
)
def test_greeter_of_another_shape(tmp_path: Path, changes: dict[str, str]) -> None:
    file = component(tmp_path, **changes)  # type: ignore[arg-type]
    with pytest.raises(ComponentError) as caught:
        Greeter(file)
    wanted = "has no `greet: func(name: string, up: bool) -> string`"
    assert wanted in one_line(caught.value, file)


def test_later_version_of_the_interface(tmp_path: Path) -> None:
    file = component(tmp_path, interface="anyhost:hello/greeter@1.0.1")
    with pytest.raises(ComponentError, match=r"does not export anyhost:hello/greeter@1\.0\.0;"):
        Greeter(file)


def test_import_that_the_host_does_not_have(tmp_path: Path) -> None:
    file = component(tmp_path, extra='(import "wasi:random/random@0.2.12" (instance))')
    with pytest.raises(ComponentError) as caught:
        Greeter(file)
    message = one_line(caught.value, file)
    assert "imports wasi:random/random@0.2.12, which this host does not provide" in message
    assert "it provides anyhost:hello/formatter@1.0.0" in message


def test_formatter_of_another_shape(tmp_path: Path) -> None:
    function = '(export "reverse" (func (param "text" u32) (result string)))'
    extra = f'(import "anyhost:hello/formatter@1.0.0" (instance {function}))'
    with pytest.raises(ComponentError, match=r"no `reverse: func\(text: string\) -> string`"):
        Greeter(component(tmp_path, extra=extra))


def test_trap_while_starting(tmp_path: Path) -> None:
    file = component(tmp_path, start="(func $start unreachable) (start $start)")
    with pytest.raises(TrapError) as caught:
        Greeter(file)
    assert "trap: " in one_line(caught.value, file)


def test_endless_start(tmp_path: Path) -> None:
    file = component(tmp_path, start="(func $start (loop (br 0))) (start $start)")
    before = set(os.listdir("/proc/self/task"))
    with pytest.raises(TimeLimitError) as caught:
        Greeter(file, timeout=0.2)
    # Whoever keeps the exception keeps the greeter that was not made.
    assert caught.value.__traceback__ is not None
    while set(os.listdir("/proc/self/task")) - before:  # its clock
        time.sleep(0.01)


def test_starts_with_too_much_memory(tmp_path: Path) -> None:
    file = component(tmp_path, pages=33)
    with pytest.raises(ComponentError) as caught:
        Greeter(file, max_memory=2 * MIB)
    message = one_line(caught.value, file)
    assert message.endswith("starts with 2112 KiB of memory, the limit is 2048 KiB")
    Greeter(file, max_memory=3 * MIB).close()


def test_memory_limit() -> None:
    name = "x" * (3 * MIB)
    with Greeter(FAULTY, max_memory=8 * MIB) as greeter:
        assert greeter.greet(name) == "Hello, " + name
    with Greeter(FAULTY, max_memory=2 * MIB) as greeter, pytest.raises(TrapError):
        greeter.greet(name)


def test_memory_is_bounded_by_default() -> None:
    with Greeter(FAULTY) as greeter, pytest.raises(TrapError):
        greeter.greet("x" * (65 * MIB))


def test_memory_of_a_guest_that_allocated_is_given_back() -> None:
    def mapped() -> int:
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmSize:")[1].split()[0])

    with Greeter(FAULTY) as greeter:
        greeter.greet("World")
        before = mapped()
        for _ in range(20):
            with pytest.raises(TrapError):
                greeter.greet("allocate")
        # In KiB; the engine reserves 4 GiB of addresses for an instance's memory.
        assert mapped() - before < 4 << 20


def test_time_limit() -> None:
    with Greeter(FAULTY, timeout=0.5) as greeter:
        start = time.monotonic()
        with pytest.raises(TimeLimitError) as caught:
            greeter.greet("loop")
        assert time.monotonic() - start >= 0.5, "stopped before its time"
        assert "did not return within 0.5 s" in one_line(caught.value, FAULTY)
        assert greeter.greet("World") == "Hello, World"


def test_time_limit_is_a_calls_not_the_greeters() -> None:
    with Greeter(FAULTY, timeout=1) as greeter:
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            assert greeter.greet("World") == "Hello, World"


@pytest.mark.parametrize(
    ("option", "kind", "expected"),
    [
        ({"timeout": 0}, ValueError, "more than 0 to .* seconds, or None"),
        ({"timeout": -1.5}, ValueError, "more than 0 to .* seconds, or None"),
        ({"timeout": float("nan")}, ValueError, "more than 0 to .* seconds, or None"),
        ({"timeout": float("inf")}, ValueError, "more than 0 to .* seconds, or None"),
        ({"timeout": "10s"}, TypeError, "a number of seconds"),
        ({"timeout": True}, TypeError, "a number of seconds"),
        ({"max_memory": 0}, ValueError, "1 to [0-9]+ bytes"),
        ({"max_memory": -1}, ValueError, "1 to [0-9]+ bytes"),
        ({"max_memory": 1 << 63}, ValueError, "1 to [0-9]+ bytes"),
        ({"max_memory": "64MiB"}, TypeError, "a number of bytes"),
        ({"max_memory": 64e6}, TypeError, "a number of bytes"),
        ({"max_memory": True}, TypeError, "a number of bytes"),
        ({"max_memory": None}, TypeError, "a number of bytes"),
        ({"formatter": "reverse"}, TypeError, "a function"),
        ({"component": 5}, TypeError, "str"),
        ({"component": b"a.wasm"}, TypeError, "str"),
        ({"component": "a\0b"}, ValueError, "a path"),
    ],
    ids=str,
)
def test_options_that_make_no_sense(option: dict[str, object], kind: type[Exception], expected: str) -> None:
    ((name, value),) = option.items()
    with pytest.raises(kind) as caught:
        Greeter(**{"component": FAULTY} | option)  # type: ignore[arg-type]
    problem = re.escape(f"{name} is {value!r}")
    assert re.match(f"{problem}, expected {expected}", str(caught.value))


def test_option_that_does_not_exist() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'max_memry'"):
        Greeter(FAULTY, max_memry=1)  # type: ignore[call-arg]


def test_arguments_of_another_type() -> None:
    with Greeter(FAULTY) as greeter:
        with pytest.raises(TypeError, match=r"^name is 5, expected str$"):
            greeter.greet(5)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"^up is 1, expected bool$"):
            greeter.greet("World", 1)  # type: ignore[arg-type]
        assert greeter.greet("World") == "Hello, World"


@pytest.mark.parametrize("name", ["\ud83d", "\udc00\ud83d", "a\ud800b", "x" * 99 + "\udfff"])
def test_name_with_a_lone_surrogate(name: str) -> None:
    index = next(i for i, char in enumerate(name) if "\ud800" <= char <= "\udfff")
    found = f"U+{ord(name[index]):04X} at index {index}"
    with Greeter(FAULTY) as greeter:
        with pytest.raises(ValueError) as caught:
            greeter.greet(name)
        problem = f"name has a lone surrogate ({found}), expected Unicode text"
        assert str(caught.value) == problem
        assert greeter.greet("World") == "Hello, World"


def test_closed() -> None:
    with Greeter(FAULTY) as greeter:
        pass
    greeter.close()
    with pytest.raises(GreeterError, match="closed"):
        greeter.greet("World")
