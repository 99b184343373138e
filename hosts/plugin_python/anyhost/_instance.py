"""An instance of a component, whatever engine it is in."""

import os
import sys
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

from ._errors import PluginError
from ._handle import Handle
from ._imports import Given
from ._names import python_name, short_name
from ._stack import stack
from ._types import Signature, Types
from ._wasi import Grants, logged

# The most of the host's objects that a component has at once.
_MOST_KEPT = 1 << 16


class Instance(ABC):
    """What all functions of a plugin share. An engine's is made of a file, and linked, and then instantiated."""

    # What the component exports and imports.
    types: Types
    # Why machine code was not used, in words, if it was not.
    note: str | None = None

    def __init__(self, file: str) -> None:
        self.file = file
        self.lock = threading.RLock()
        # The host's objects that the component has handles of.
        self.kept: dict[int, Any] = {}
        self._kept = 0
        self._in_host = False
        # What takes the lines that the component prints.
        self.output = logged(file)
        _all.add(self)

    @abstractmethod
    def link(self, given: Mapping[str, Given], max_memory: int, timeout: float | None, wasi: Grants | None) -> None:
        """Connects what the component imports."""

    @abstractmethod
    def instantiate(self) -> object:
        """Makes a fresh instance."""

    @abstractmethod
    def function(self, interface: str, signature: Signature) -> Callable[..., Any]:
        """What calls a function of the component, with all arguments by position."""

    @property
    @abstractmethod
    def generation(self) -> int:
        """How many instances there have been."""

    @abstractmethod
    def discard(self) -> None:
        """Frees the instance; the next call makes a fresh one."""

    @abstractmethod
    def expire(self) -> None:
        """Makes the time of the call that runs be up."""

    @abstractmethod
    def drop(self, handle: Handle) -> None:
        """Ends an object of the component's, which may run code of it."""

    @abstractmethod
    def shut(self) -> None:
        """Frees everything."""

    def abandon(self) -> None:
        """Stops what an instance that cannot be used has running."""

    @abstractmethod
    def forked(self) -> None:
        """Makes an instance of a process that has forked ready for the new process."""

    def adopt(self) -> None:
        """Makes the resources in the types those of this instance."""
        for interface in [*self.types.imports.values(), *self.types.exports.values()]:
            for resource in interface.resources.values():
                resource.owner = self
                resource.cls._owner = self

    def close(self) -> None:
        """Frees the instance and all its memory."""
        with self.lock:
            self.not_from_host()
            self.shut()

    def keep(self, value: object) -> int:
        """Keeps an object of the host's that the component gets a handle of."""
        if len(self.kept) >= _MOST_KEPT:
            raise PluginError(f"{self.file}: the component has {_MOST_KEPT} of the host's objects, and wants another")
        self._kept += 1
        self.kept[self._kept] = value
        return self._kept

    def take(self, number: int) -> Any:
        """Takes back what `keep` kept."""
        return self.kept.pop(number)

    def enter_host(self, host_function: FrameType) -> Any:
        """Begins a host's function, while which nothing else may use the instance."""
        self._in_host = True
        stack.enter(host_function)

    def leave_host(self, _before: Any) -> None:
        """Ends what `enter_host` began."""
        stack.leave()
        self._in_host = False

    def printed(self, stream: str, line: str) -> None:
        """Takes a line that the component printed."""
        before = self.enter_host(sys._getframe())
        try:
            self.output(stream, line)
        finally:
            self.leave_host(before)

    def not_from_host(self) -> None:
        """Refuses what a host's function must not do."""
        if self._in_host:
            raise PluginError(f"{self.file}: the plugin is used by a function that it called")

    def check_stack(self) -> None:
        """Refuses a thread that has not enough of a stack."""
        if problem := stack.check():
            raise PluginError(f"{self.file}: {problem}")

    def destructor(self, has_close: bool) -> Callable[[int], None]:
        """What is called when the component drops its handle of one of the host's objects."""
        # Were the instance held by what it holds, it would never be freed.
        this = weakref.ref(self)

        def drop(number: int) -> None:
            instance = this()
            value = instance.kept.pop(number, None) if instance else None
            close = getattr(value, "close", None)
            if instance is None or not callable(close) or has_close:
                return
            before = instance.enter_host(sys._getframe())
            try:
                close()
            finally:
                instance.leave_host(before)

        return drop


def place(interface: str, name: str) -> str:
    """A function as messages name it: `formatter.reverse`."""
    plain = python_name(name.rpartition("]")[2])
    return f"{short_name(interface)}.{plain}" if interface else plain


# All instances, for processes that fork.
_all: weakref.WeakSet[Instance] = weakref.WeakSet()


def _forked() -> None:
    for instance in list(_all):
        instance.forked()


os.register_at_fork(after_in_child=_forked)
