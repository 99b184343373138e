"""An instance of a component, with its bounds; a fresh one takes its place when it has failed."""

import os
import re
import threading
import weakref
from types import FrameType
from typing import Any

from wasmtime import Store, WasmtimeError
from wasmtime.component import Component, Func, Linker, ResourceAny
from wasmtime.component import Instance as Instantiated

from . import _wire as wire
from ._component import one_line
from ._engine import TICKS, Clock, stack
from ._errors import ComponentError, PluginError, TimeLimitError, TrapError
from ._names import python_name, short_name
from ._reflect import Reflection

# More ticks than there will be.
_NEVER = 1 << 62
# What the engine says before the reason: where in the component it was, of which the names are stripped.
_BACKTRACE = re.compile("^error while executing at wasm backtrace: .* Caused by: ")


class Instance:
    """What all functions of a plugin share."""

    def __init__(
        self,
        file: str,
        component: Component,
        types: Reflection,
        max_memory: int,
        timeout: float | None,
        clock: Clock,
    ) -> None:
        self.file = file
        self.lock = threading.RLock()
        # What a call needs; None in a failed instance, a closed one and one that is in a host's function.
        self.functions: list[Any] | None = None
        # The clock's time when the deadline was set.
        self.renewed = -1
        self.clock = clock
        self.context: Any = None
        self.store: Store
        self.generation = 0
        # Handles that Python has forgotten, that a call gives away, and what it lends.
        self.dropped: list[tuple[ResourceAny, int]] = []
        self.given: list[Any] = []
        self.lent: list[tuple[int, ResourceAny, bool]] = []
        # The host's objects that the component has handles of.
        self.kept: dict[int, Any] = {}
        self._kept = 0

        self._component = component
        self._max_memory = max_memory
        self._timeout = timeout
        self._exports: list[Any] = []
        self._structs: list[Any] = []
        self._raised: BaseException | None = None
        self._in_host = False
        self._closed = False
        self.linker: Linker
        # The engine calls these for as long as the linker lives.
        self.callbacks: list[Any] = []
        self.stop_clock = weakref.finalize(self, clock.stop)
        for resource in [item for group in (types.imports, types.exports) for item in group.values()]:
            for kind in resource.resources.values():
                kind.owner = self
                kind.cls._owner = self
        _all.add(self)

    def export(self, interface: str, name: str) -> int:
        """The number of a function, which `functions` has an address for."""
        outer = self._component.get_export_index(interface) if interface else None
        index = self._component.get_export_index(name, outer)
        assert index is not None, "the component's type has it"
        self._exports.append(index)
        return len(self._exports) - 1

    def prepare(self) -> list[Any]:
        """Makes the instance ready for a call that may take the whole time limit."""
        self.not_from_host()
        if self._closed:
            raise PluginError(f"{self.file}: the plugin is closed")
        if self.functions is None:
            return self.instantiate()
        self._renew()
        self._drop_forgotten()
        return self.functions

    def instantiate(self) -> list[Any]:
        """Makes a fresh instance."""
        self.store = Store(self._component_engine)
        self.generation += 1
        self.kept.clear()
        self.dropped.clear()
        # Many small objects must not add up to a big one either.
        self.store.set_limits(
            memory_size=self._max_memory,
            memories=8,
            table_elements=1 << 17,
            tables=64,
            instances=256,
        )
        self.context = self.store._context()
        self._renew()
        try:
            instance = self.linker.instantiate(self.store, self._component)
        except WasmtimeError as error:
            failure = self.failure(error, ComponentError)
        else:
            return self._find_functions(instance)
        raise failure

    def failure(self, error: WasmtimeError, other: type[ComponentError | TrapError] = TrapError) -> BaseException:
        """What to raise for an error of the engine, after which the instance is lost.

        It is `other` if the message does not tell.
        """
        self.discard()
        if self._raised is not None:
            raised, self._raised = self._raised, None
            return raised
        message = _BACKTRACE.sub("", one_line(error))
        if found := re.search("memory minimum size of ([0-9]+) pages", message):
            needs, limit = int(found[1]) * 64, self._max_memory // 1024
            reason = f"starts with {needs} KiB of memory, the limit is {limit} KiB"
            return ComponentError(self.file, reason)
        if found := re.search("wasm trap: (.*)", message):
            if found[1] == "interrupt":
                reason = f"did not return within {self._timeout:g} s"
                return TimeLimitError(self.file, reason)
            return TrapError(self.file, found[1])
        return other(self.file, message)

    def discard(self) -> None:
        """Frees the instance; the next call makes a fresh one."""
        self.functions = None
        self.store.close()

    def settle(self, entered: bool) -> None:
        """Ends what a call did with handles: what it gave away is gone, if it began, and what it lent comes back."""
        given, self.given = self.given, []
        lent, self.lent = self.lent, []
        if entered:
            for handle in given:
                handle._resource = None
        for number, resource, own in lent:
            if own and entered:
                continue
            self.kept.pop(number, None)
            if self.functions is not None:
                resource.drop(self.store)

    def keep(self, value: object) -> int:
        """Keeps an object of the host's that the component gets a handle of."""
        self._kept += 1
        self.kept[self._kept] = value
        return self._kept

    def take(self, number: int) -> Any:
        """Takes back what `keep` kept."""
        return self.kept.pop(number)

    def drop(self, resource: ResourceAny, generation: int) -> None:
        """Ends an object of the component's, which may run code of it."""
        with self.lock:
            if generation != self.generation or self._closed:
                return
            self.prepare()
            if generation == self.generation:
                self._end(resource)

    def close(self) -> None:
        """Frees the instance and all its memory."""
        with self.lock:
            self.not_from_host()
            self._closed = True
            self.stop_clock()
            self.discard()

    def enter_host(self, host_function: FrameType) -> tuple[Any, ...]:
        """Begins a host's function, while which nothing else may use the instance."""
        before = self.functions, self.given, self.lent
        self._in_host = True
        self.functions, self.given, self.lent = None, [], []
        stack.enter(host_function)
        return before

    def leave_host(self, before: tuple[Any, ...]) -> None:
        """Ends what `enter_host` began."""
        stack.leave()
        self.functions, self.given, self.lent = before
        self._in_host = False

    def host_raised(self, error: BaseException) -> int:
        """Keeps what a host's function raised for the caller, and tells the engine.

        Any other way would be through a variable of the package's that threads share.
        """
        self._raised = error
        return wire.raised("a function of the host raised")

    def not_from_host(self) -> None:
        """Refuses what a host's function must not do."""
        if self._in_host:
            raise PluginError(f"{self.file}: the plugin is used by a function that it called")

    def check_stack(self) -> None:
        """Refuses a thread that has not enough of a stack."""
        if problem := stack.check():
            raise PluginError(f"{self.file}: {problem}")

    @property
    def _component_engine(self) -> Any:
        return self.linker.engine

    def _find_functions(self, instance: Instantiated) -> list[Any]:
        found = [instance.get_func(self.store, index) for index in self._exports]
        self._structs = [_struct(function) for function in found]
        self.functions = [wire.byref(struct) for struct in self._structs]
        return self.functions

    def _renew(self) -> None:
        """Moves the deadline: once for all the calls between two ticks of the clock.

        The clock may be one tick ahead of what it says, and moves again as soon as
        a call has started: two ticks more make the time limit whole.
        """
        self.clock.start()
        self.renewed = self.clock.ticks
        self.store.set_epoch_deadline(_NEVER if self._timeout is None else TICKS + 2)

    def _end(self, resource: ResourceAny) -> None:
        if not stack.fits:
            self.check_stack()
        try:
            resource.drop(self.store)
        except WasmtimeError as error:
            failure = self.failure(error)
        else:
            return
        raise failure

    def _drop_forgotten(self) -> None:
        while self.dropped:
            resource, generation = self.dropped.pop()
            if generation == self.generation:
                self._end(resource)

    def forked(self) -> None:
        """Makes an instance of a process that has forked ready for the new process."""
        self.clock.forked()
        if self.lock.acquire(blocking=False):
            self.lock.release()
            if self._in_host:
                self.clock.start()
        else:
            # The thread that is in a call is not in this process: nobody can end it.
            _lost.append(self.store)
            self.lock = threading.RLock()
            self.functions, self._raised, self._in_host = None, None, False
            self.given, self.lent = [], []


def _struct(function: Func | None) -> Any:
    assert function is not None, "the component's type has it"
    return function._func


def place(interface: str, name: str) -> str:
    """A function as messages name it: `formatter.reverse`."""
    plain = python_name(name.rpartition("]")[2])
    return f"{short_name(interface)}.{plain}" if interface else plain


# All instances, for processes that fork.
_all: weakref.WeakSet[Instance] = weakref.WeakSet()
_lost: list[Store] = []


def _forked() -> None:
    for instance in _all:
        instance.forked()


os.register_at_fork(after_in_child=_forked)
