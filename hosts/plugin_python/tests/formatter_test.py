"""The formatter that this host gives, and what threads and the garbage collector may do."""

import gc
import os
import signal
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from greeter import Greeter, GreeterError, TimeLimitError, TrapError
from wasmtime import Trap, WasmtimeError

IMPORTS = os.environ["IMPORTS_COMPONENT"]
FAULTY = os.environ["FAULTY_COMPONENT"]


def test_formatter_of_the_user() -> None:
    asked = []

    def formatter(text: str) -> str:
        asked.append(text)
        return f"<{text}>"

    with Greeter(IMPORTS, formatter=formatter) as greeter:
        assert greeter.greet("Zoë", up=True) == "HELLO, <ZOË>"
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

    with Greeter(IMPORTS, formatter=formatter) as greeter:
        with pytest.raises(type(raised)) as caught:
            greeter.greet("x")
        assert caught.value is raised and caught.value.__cause__ is cause
        assert greeter.greet("World") == "Hello, World"


def test_interrupt_in_the_formatter() -> None:
    def formatter(text: str) -> str:
        if text == "x":
            signal.raise_signal(signal.SIGINT)
        return text

    with Greeter(IMPORTS, formatter=formatter) as greeter:
        with pytest.raises(KeyboardInterrupt):
            greeter.greet("x")
        assert greeter.greet("World") == "Hello, World"


def test_formatter_returns_no_text() -> None:
    with Greeter(IMPORTS, formatter=lambda text: None) as greeter:  # type: ignore[arg-type,return-value]
        problem = "what the formatter returned is None, expected str"
        with pytest.raises(TypeError, match=problem):
            greeter.greet("World")
    with Greeter(IMPORTS, formatter=lambda text: "a\udc00") as greeter:
        problem = "what the formatter returned has a lone surrogate "
        found = r"\(U\+DC00 at index 1\), expected Unicode text"
        with pytest.raises(ValueError, match=problem + found):
            greeter.greet("World")


@pytest.mark.parametrize("use", [lambda greeter: greeter.greet("x"), Greeter.close])
def test_formatter_uses_its_greeter(use: object) -> None:
    def formatter(text: str) -> str:
        if text == "use":
            use(greeter)  # type: ignore[operator]
        return text

    with Greeter(IMPORTS, formatter=formatter) as greeter:
        with pytest.raises(GreeterError, match="used by its own formatter"):
            greeter.greet("use")
        assert greeter.greet("World") == "Hello, World"


def test_formatter_calls_another_greeter() -> None:
    with Greeter(IMPORTS) as inner, Greeter(IMPORTS, formatter=inner.greet) as outer:
        assert outer.greet("World") == "Hello, Hello, dlroW"


def test_threads_share_a_greeter() -> None:
    names = [f"{number} of many" for number in range(400)]
    with Greeter(IMPORTS) as greeter, ThreadPoolExecutor(8) as threads:
        greetings = list(threads.map(greeter.greet, names))
    assert greetings == [f"Hello, {name[::-1]}" for name in names]


def raises(text: str) -> str:
    raise ValueError(f"at index {len(text)})")


@pytest.mark.parametrize("formatter", [raises, lambda text: f"{text}\ud800"])
def test_exceptions_stay_in_their_thread(formatter: Callable[[str], str]) -> None:
    def greet(name: str) -> int:
        with (
            Greeter(IMPORTS, formatter=formatter) as greeter,
            pytest.raises(ValueError, match="at index") as caught,
        ):
            greeter.greet(name)
        return int(str(caught.value).split("at index ")[1].split(")")[0])

    names = ["x" * number for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(greet, names)) == list(range(200))


def test_greeters_run_at_the_same_time() -> None:
    with (
        ThreadPoolExecutor(1) as thread,
        Greeter(FAULTY, timeout=3600) as busy,
        Greeter(FAULTY) as greeter,
    ):
        loop = thread.submit(busy.greet, "loop")
        assert greeter.greet("World") == "Hello, World"
        assert not loop.done()
        for _ in range(30):  # an hour and a half
            busy._engine.increment_epoch()
        with pytest.raises(TimeLimitError):
            loop.result()


def clocks() -> set[str]:
    """The threads of this process, without those of pools that have just ended."""
    return set(os.listdir("/proc/self/task"))


def wait_for_end(clock: set[str]) -> None:
    """Waits until threads have ended."""
    while clock & clocks():
        time.sleep(0.01)


def test_clock_of_a_closed_greeter_ends() -> None:
    before = clocks()
    with Greeter(IMPORTS) as greeter:
        clock = clocks() - before
        assert len(clock) == 1
    wait_for_end(clock)
    greeter.close()


def test_greeter_that_nobody_closed_is_freed() -> None:
    before = clocks()
    greeter = Greeter(IMPORTS)
    freed = weakref.ref(greeter)
    assert greeter.greet("World") == "Hello, dlroW"
    clock = clocks() - before
    assert len(clock) == 1
    del greeter
    gc.collect()
    assert freed() is None
    wait_for_end(clock)
