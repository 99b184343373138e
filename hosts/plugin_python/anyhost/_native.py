"""The native engine, in the extension `anyhost_native`."""

import sys
import threading
import weakref
from collections.abc import Callable, Mapping
from typing import Any

import anyhost_native

from . import _instance
from ._handle import Handle
from ._imports import Given
from ._instance import place
from ._types import Signature
from ._wasi import Grants

compile_file = anyhost_native.compile


class Instance(_instance.Instance):
    """A component in the one engine of the process."""

    _native: anyhost_native.Instance

    def __init__(self, file: str, code: str | None) -> None:
        super().__init__(file)
        self._component = anyhost_native.Component(file, code)
        self.note = self._component.note
        self.types = self._component.types()
        self.adopt()
        # The functions that the component imports, in the order of its types; and what ends the host's objects.
        self.functions: list[Callable[..., Any]] = []
        self._destructors: dict[int, Callable[[int], None]] = {}

    def link(self, given: Mapping[str, Given], max_memory: int, timeout: float | None, wasi: Grants | None) -> None:
        for name, kind in self.types.imports.items():
            interface = given.get(name)
            if interface is None:
                self.functions += [_of_wasi] * len(kind.functions)
                continue
            self.functions += [self._imported(target) for _, target in interface.functions]
            for _, resource, has_close in interface.resources:
                self._destructors[resource.number] = self.destructor(has_close)
        if wasi and wasi.output:
            self.output = wasi.output
        self._native = self._component.link(self, list(given), max_memory, timeout, wasi)

    def _imported(self, target: Callable[..., Any]) -> Callable[..., Any]:
        # Were the instance held by what it holds, it would never be freed.
        this = weakref.ref(self)

        def call(*values: Any) -> Any:
            instance = this()
            assert instance is not None, "a call holds its instance"
            before = instance.enter_host(sys._getframe())
            try:
                return target(*values)
            finally:
                instance.leave_host(before)

        return call

    def dropped_by_component(self, resource: int, number: int) -> None:
        """Ends one of the host's objects."""
        self._destructors[resource](number)

    def instantiate(self) -> None:
        self._native.instantiate()

    def function(self, interface: str, signature: Signature) -> Callable[..., Any]:
        where = f"{self.file}: {place(interface, signature.name)}"
        return self._native.function(interface, signature.name, where)

    @property
    def generation(self) -> int:
        return self._native.generation

    def discard(self) -> None:
        self._native.discard()

    def expire(self) -> None:
        self._native.expire()

    def drop(self, handle: Handle) -> None:
        with self.lock:
            self.not_from_host()
            self.check_stack()
            self._native.end(handle._resource)

    def shut(self) -> None:
        self._native.close()

    def forked(self) -> None:
        if self.lock.acquire(blocking=False):
            self.lock.release()
            if self._in_host:
                self._native.tick()
        else:
            # The thread that is in a call is not in this process: nobody can end it.
            self.lock = threading.RLock()
            self._in_host = False
            self._native.lose()


def _of_wasi(*_values: Any) -> Any:
    """Stands for a function that the engine has itself."""
    raise AssertionError("the engine has it")
