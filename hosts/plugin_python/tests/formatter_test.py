"""The formatter that this host gives, and what threads and the garbage collector may do."""

import gc
import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from greeter import Greeter, GreeterError, TimeLimitError

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


@pytest.mark.parametrize("kind", [ValueError, KeyboardInterrupt])
def test_exception_of_the_formatter_reaches_the_caller(
    kind: type[BaseException],
) -> None:
    raised = kind("the formatter's own")
    cause = LookupError("its cause")

    def formatter(text: str) -> str:
        if text == "World":
            return text
        raise raised from cause

    with Greeter(IMPORTS, formatter=formatter) as greeter:
        with pytest.raises(kind) as caught:
            greeter.greet("x")
        assert caught.value is raised and caught.value.__cause__ is cause
        assert greeter.greet("World") == "Hello, World"


def test_formatter_returns_no_text() -> None:
    with Greeter(IMPORTS, formatter=lambda text: None) as greeter:  # type: ignore[arg-type,return-value]
        with pytest.raises(
            TypeError, match="the formatter returned NoneType, expected str"
        ):
            greeter.greet("World")
    with Greeter(IMPORTS, formatter=lambda text: "\ud800") as greeter:
        with pytest.raises(UnicodeEncodeError):
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
    raise UnicodeError(text)


@pytest.mark.parametrize("formatter", [raises, lambda text: f"{text}\ud800"])
def test_exceptions_stay_in_their_thread(formatter: Callable[[str], str]) -> None:
    def greet(name: str) -> str:
        with (
            Greeter(IMPORTS, formatter=formatter) as greeter,
            pytest.raises(UnicodeError) as caught,
        ):
            greeter.greet(name)
        if isinstance(caught.value, UnicodeEncodeError):
            return caught.value.object.removesuffix("\ud800")
        return str(caught.value)

    names = [str(number) for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(greet, names)) == names


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


def test_clock_of_a_closed_greeter_ends() -> None:
    before = set(threading.enumerate())
    with Greeter(IMPORTS) as greeter:
        (clock,) = set(threading.enumerate()) - before
    clock.join(60)
    assert not clock.is_alive()
    greeter.close()


def test_greeter_that_nobody_closed_is_freed() -> None:
    before = set(threading.enumerate())
    greeter = Greeter(IMPORTS)
    freed = weakref.ref(greeter)
    assert greeter.greet("World") == "Hello, dlroW"
    (clock,) = set(threading.enumerate()) - before
    del greeter
    gc.collect()
    assert freed() is None
    clock.join(60)
    assert not clock.is_alive()
