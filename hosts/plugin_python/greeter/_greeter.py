"""An open greeter: an instance of a component, with its bounds."""

import os
import re
import sys
import threading
import weakref
from collections.abc import Callable
from types import TracebackType
from typing import Self

from wasmtime import Store, StoreContext, WasmtimeError
from wasmtime.component import Func, Instance, Linker

from . import _options
from ._component import FORMATTER, GREETER, check, load, one_line
from ._engine import TICKS, Clock, new_engine, stack
from ._errors import ComponentError, GreeterError, TimeLimitError, TrapError


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
        self._file = _options.file(component)
        self._formatter = _options.function("formatter", formatter)
        self._max_memory = _options.max_memory(max_memory)
        self._timeout = _options.timeout(timeout)
        self._raised: BaseException | None = None
        self._formatting = False
        self._closed = False
        self._lock = threading.RLock()

        self._check_stack()
        self._engine = new_engine(interruptible=timeout is not None)
        self._component = load(self._engine, self._file)
        check(self._engine, self._component, self._file)
        self._linker = self._link()
        self._clock = Clock(self._engine, timeout)
        self._stop_clock = weakref.finalize(self, self._clock.stop)
        self._greet: Func | None = None
        _all.add(self)
        try:
            self._instantiate()
        except BaseException:
            self._stop_clock()
            raise

    def greet(self, name: str, up: bool = False) -> str:
        """Greets `name`, in upper case with `up`.

        Raises TrapError if the component traps, TimeLimitError if it does not
        return in time, whatever the formatter raises, and TypeError or ValueError
        for a name that is no Unicode text.
        """
        with self._lock:
            greet = self._greet
            if greet is None or self._renewed != self._clock.ticks:
                greet = self._prepare()
            if not stack.fits:
                self._check_stack()
            try:
                greeting: str = greet(self._store, name, up)
                return greeting
            except WasmtimeError as error:
                failure = self._failure(error, TrapError)
            except (TypeError, UnicodeEncodeError):
                # The engine did not take the arguments, and does not say which.
                _options.text("name", name)
                _options.boolean("up", up)
                raise
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
        self._clock.start()
        self._renewed = self._clock.ticks
        if self._timeout is not None:
            self._store.set_epoch_deadline(TICKS + 2)

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
        stack.enter(sys._getframe())
        try:
            result = self._formatter(text)
            # Here it is known whose text it is.
            return _options.text("what the formatter returned", result)
        except BaseException as error:  # noqa: BLE001 what was raised comes out as it is
            # Any other exception would go through a variable that threads share.
            self._raised = error
            raise WasmtimeError("the formatter raised") from None
        finally:
            stack.leave()
            self._greet = greet
            self._formatting = False

    def _failure(self, error: WasmtimeError, other: type[ComponentError | TrapError]) -> BaseException:
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
            raise GreeterError(f"{self._file}: the greeter is used by its own formatter")

    def _check_stack(self) -> None:
        if problem := stack.check():
            raise GreeterError(f"{self._file}: {problem}")

    def _forked(self) -> None:
        """Makes a greeter of a process that has forked ready for the new process."""
        self._clock.forked()
        if self._lock.acquire(blocking=False):
            self._lock.release()
            if self._formatting:
                self._clock.start()
        else:
            # The thread that is in a call is not in this process: nobody can end it.
            _lost.append(self._store)
            self._lock = threading.RLock()
            self._greet, self._raised, self._formatting = None, None, False


# All greeters, for processes that fork.
_all: weakref.WeakSet[Greeter] = weakref.WeakSet()
_lost: list[Store] = []


def _forked() -> None:
    for greeter in _all:
        greeter._forked()


os.register_at_fork(after_in_child=_forked)
