"""An open greeter: an instance of a component, with its bounds."""

import os
import re
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Self

from wasmtime import Config, Engine, Store, StoreContext, WasmtimeError
from wasmtime.component import Func, Instance, Linker

from ._component import FORMATTER, GREETER, check, load, one_line
from ._errors import ComponentError, GreeterError, TimeLimitError, TrapError

# How many times in a time limit the engine's clock moves.
_TICKS = 20
# The least time between two moves, in seconds: the clock must not keep a CPU busy.
_LEAST_PERIOD = 0.001
# The engine counts in 64 bits, with a sign.
_MAX_SIZE = (1 << 63) - 1


def reverse(text: str) -> str:
    """The formatter of the contract: the characters from last to first."""
    return text[::-1]


class Greeter:
    """A greeter in a WebAssembly component.

    The component is given nothing but `formatter`, which is called when it asks
    for text to be reversed. Each of its memories grows to `max_memory` bytes at
    most, and each call is stopped after `timeout` seconds (and at most a tenth of
    that later; less than 20 ms count as 20 ms); None sets no limit. What `formatter`
    takes is not bounded.

    A call that fails with TrapError, or because `formatter` raised, leaves the
    instance unusable. The next call runs in a fresh one.

    Threads may share a greeter: its calls happen one after the other. Greeters of
    their own run at the same time, as Python waits for none of them.

    Raises ComponentError if the file cannot be used.
    """

    def __init__(
        self,
        component: str | os.PathLike[str],
        *,
        formatter: Callable[[str], str] = reverse,
        max_memory: int = 64 << 20,
        timeout: float | None = 10.0,
    ) -> None:
        if not 0 < max_memory <= _MAX_SIZE:
            raise ValueError(f"max_memory is {max_memory}, expected 1 to {_MAX_SIZE}")
        if timeout is not None and not 0 < timeout <= threading.TIMEOUT_MAX:
            limit = f"more than 0 to {threading.TIMEOUT_MAX:.0f} seconds"
            raise ValueError(f"timeout is {timeout}, expected {limit}, or None")
        self._file = os.fspath(component)
        self._formatter = formatter
        self._raised: BaseException | None = None
        self._formatting = False
        self._closed = False
        self._lock = threading.RLock()
        self._max_memory = max_memory
        self._timeout = timeout

        config = Config()
        config.epoch_interruption = timeout is not None
        self._engine = Engine(config)
        self._component = load(self._engine, self._file)
        check(self._engine, self._component, self._file)
        self._linker = self._link()
        self._clock = _Clock(self._engine, timeout)
        self._stop_clock = weakref.finalize(self, self._clock.stop)
        self._greet: Func | None = None
        try:
            self._instantiate()
        except BaseException:
            self._stop_clock()
            raise

    def greet(self, name: str, up: bool = False) -> str:
        """Greets `name`, in upper case with `up`.

        Raises TrapError if the component traps, TimeLimitError if it does not
        return in time, and whatever the formatter raises.
        """
        with self._lock:
            greet = self._greet
            if greet is None or self._renewed != self._clock.ticks:
                greet = self._prepare()
            try:
                greeting: str = greet(self._store, name, up)
                return greeting
            except WasmtimeError as error:
                failure = self._failure(error, TrapError)
            # Not `from` anything: it may be the formatter's own, with its own cause.
            raise failure

    def close(self) -> None:
        """Frees the instance and all its memory; `with` does so at its end."""
        with self._lock:
            self._not_from_formatter()
            self._closed = True
            self._greet = None
            self._stop_clock()
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _link(self) -> Linker:
        """A linker with all that a component is given."""
        linker = Linker(self._engine)

        # The engine keeps the function for as long as the linker lives: were it a
        # bound method, neither would ever be freed.
        this = weakref.ref(self)

        def call_formatter(_store: StoreContext, text: str) -> str:
            greeter = this()
            assert greeter is not None, "a call holds its greeter"
            return greeter._format(text)

        with linker.root() as root, root.add_instance(FORMATTER) as formatter:
            formatter.add_func("reverse", call_formatter)
        return linker

    def _prepare(self) -> Func:
        """Makes the instance ready for a call that may take the whole time limit."""
        self._not_from_formatter()
        if self._closed:
            raise GreeterError(f"{self._file}: the greeter is closed")
        if self._greet is None:
            return self._instantiate()
        self._renew()
        return self._greet

    def _renew(self) -> None:
        """Moves the deadline: once for all the calls between two ticks of the clock.

        The clock may be one tick ahead of what it says, and moves again as soon as
        a call has started: two ticks more make the time limit whole.
        """
        self._renewed = self._clock.ticks
        if self._timeout is not None:
            self._store.set_epoch_deadline(_TICKS + 2)

    def _instantiate(self) -> Func:
        self._store = Store(self._engine)
        # Many small objects must not add up to a big one either.
        self._store.set_limits(
            memory_size=self._max_memory,
            memories=8,
            table_elements=1 << 17,
            tables=64,
            instances=256,
        )
        self._renew()
        try:
            instance = self._linker.instantiate(self._store, self._component)
        except WasmtimeError as error:
            failure = self._failure(error, ComponentError)
        else:
            return self._find_greet(instance)
        raise failure

    def _find_greet(self, instance: Instance) -> Func:
        interface = self._component.get_export_index(GREETER)
        index = self._component.get_export_index("greet", interface)
        assert index is not None, "the component's type was checked"
        self._greet = instance.get_func(self._store, index)
        assert self._greet is not None, "the component's type was checked"
        return self._greet

    def _format(self, text: str) -> str:
        self._formatting = True
        greet, self._greet = self._greet, None
        try:
            result = self._formatter(text)
            if not isinstance(result, str):
                raise TypeError(
                    f"the formatter returned {type(result).__name__}, expected str"
                )
            result.encode()  # raises where it is known whose text it is
            return result
        except BaseException as error:
            # Any other exception would go through a variable that threads share.
            self._raised = error
            raise WasmtimeError("the formatter raised") from None
        finally:
            self._greet = greet
            self._formatting = False

    def _failure(
        self, error: WasmtimeError, other: type[ComponentError | TrapError]
    ) -> BaseException:
        """What to raise for an error of the engine, after which the instance is lost.

        It is `other` if the message does not tell.
        """
        self._greet = None
        self._store.close()
        if self._raised is not None:
            raised, self._raised = self._raised, None
            return raised
        message = one_line(error)
        if found := re.search("memory minimum size of ([0-9]+) pages", message):
            needs, limit = int(found[1]) * 64, self._max_memory // 1024
            reason = f"starts with {needs} KiB of memory, the limit is {limit} KiB"
            return ComponentError(self._file, reason)
        if found := re.search("wasm trap: (.*)", message):
            if found[1] == "interrupt":
                reason = f"did not return within {self._timeout:g} s"
                return TimeLimitError(self._file, reason)
            return TrapError(self._file, found[1])
        return other(self._file, message)

    def _not_from_formatter(self) -> None:
        if self._formatting:
            raise GreeterError(
                f"{self._file}: the greeter is used by its own formatter"
            )


class _Clock:
    """Moves an engine's clock, by which code that does not return is stopped."""

    def __init__(self, engine: Engine, timeout: float | None) -> None:
        self.ticks = 0
        self._engine = engine
        self._stopped = threading.Event()
        if timeout is not None:
            run = threading.Thread(
                target=self._run,
                args=(max(timeout / _TICKS, _LEAST_PERIOD),),
                name="greeter clock",
                daemon=True,
            )
            run.start()

    def _run(self, period: float) -> None:
        while not self._stopped.wait(period):
            self._engine.increment_epoch()
            self.ticks += 1

    def stop(self) -> None:
        self._stopped.set()
