"""An instance of a component in the package `wasmtime`, with its bounds."""

import re
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

from wasmtime import Store, WasmtimeError
from wasmtime.component import Func, Linker, ResourceAny, ResourceType
from wasmtime.component import Instance as Instantiated

from .. import _handle, _instance
from .._errors import ComponentError, PluginError, TimeLimitError, TrapError
from .._imports import Given, of_interface
from .._instance import place
from .._types import Signature
from .._wasi import Grants, is_wasi
from . import calls, wire
from .code import seal
from .component import compile_component, load, one_line, read
from .engine import TICKS, Clock, new_engine
from .reflect import reflect
from .resources import Handle
from .wasi import Wasi

# More ticks than there will be.
_NEVER = 1 << 62
# What the engine says before the reason: where in the component it was, of which the names are stripped.
_BACKTRACE = re.compile("^error while executing at wasm backtrace: .* Caused by: ")


class Instance(_instance.Instance):
    """A component in an engine of its own."""

    clock: Clock
    linker: Linker
    store: Store

    def __init__(self, file: str, code: str | None) -> None:
        super().__init__(file)
        wasm = read(file)
        self._engine = new_engine(wasm)
        self._component, self.note = load(self._engine, file, wasm, code)
        self.types = reflect(self._engine, self._component)
        self.adopt()
        # What a call needs; None in a failed instance, a closed one and one that is in a host's function.
        self.functions: list[Any] | None = None
        # The clock's time when the deadline was set.
        self.renewed = -1
        self.context: Any = None
        self._generation = 0
        # Handles that Python has forgotten, that a call gives away, uses and lends.
        self.dropped: list[tuple[ResourceAny, int]] = []
        self.given: list[Any] = []
        self.used: list[Any] = []
        self.lent: list[tuple[int, ResourceAny, bool]] = []
        self._max_memory = 0
        self.timeout: float | None = None
        self._wasi: Wasi | None = None
        self._exports: list[Any] = []
        self._structs: list[Any] = []
        self._raised: BaseException | None = None
        self._closed = False
        # The engine calls these for as long as the linker lives.
        self._callbacks: list[Any] = []

    def link(self, given: Mapping[str, Given], max_memory: int, timeout: float | None, wasi: Grants | None) -> None:
        self._max_memory, self.timeout = max_memory, timeout
        if wasi:
            given = dict(given) | self._of_wasi(given, wasi)
        self.clock = Clock(self._engine, timeout)
        self.stop_clock = weakref.finalize(self, self.clock.stop)
        self.linker = Linker(self._engine)
        with self.linker.root() as root:
            for name, interface in given.items():
                if not name:
                    self._define(root, name, interface)
                    continue
                with root.add_instance(name) as inner:
                    self._define(inner, name, interface)

    def _of_wasi(self, given: Mapping[str, Given], grants: Grants) -> dict[str, Given]:
        """What the component has of WASI."""
        imports = self.types.imports.items()
        wanted = {name: kind for name, kind in imports if is_wasi(name) and name not in given}
        if not wanted:
            return {}
        self.output = grants.output or self.output
        self._wasi = wasi = Wasi(self, grants)
        return {name: of_interface(self.file, kind, wasi.face(kind)) for name, kind in wanted.items()}

    def _define(self, linker: Any, name: str, given: Given) -> None:
        for own, resource, has_close in given.resources:
            drop = calls.destructor(self, self.destructor(has_close))
            linker.add_resource(own, ResourceType.host(resource.number), drop)
        for signature, target in given.functions:
            callback = calls.imported(self, place(name, signature.name), signature, target)
            self._callbacks.append(callback)
            wire.add_function(linker, signature.name, callback)

    def function(self, interface: str, signature: Signature) -> Callable[..., Any]:
        outer = self._component.get_export_index(interface) if interface else None
        index = self._component.get_export_index(signature.name, outer)
        assert index is not None, "the component's type has it"
        self._exports.append(index)
        call = calls.exported(self, place(interface, signature.name), len(self._exports) - 1, signature)
        return call if self._wasi is None else calls.then(call, self._wasi.end)

    @property
    def generation(self) -> int:
        return self._generation

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
        self.store = Store(self._engine)
        self._generation += 1
        self.kept.clear()
        self.dropped.clear()
        if self._wasi:
            self._wasi.begin()
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
            if self._wasi:
                self._wasi.end()
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
                reason = f"did not return within {self.timeout:g} s"
                return TimeLimitError(self.file, reason)
            return TrapError(self.file, found[1])
        return other(self.file, message)

    def discard(self) -> None:
        self.functions = None
        self.store.close()

    def settle(self, entered: bool) -> None:
        """Ends what a call did with handles: what it gave away is gone, if it began, and what it lent comes back."""
        given, self.given, self.used = self.given, [], []
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

    def drop(self, handle: _handle.Handle) -> None:
        assert isinstance(handle, Handle), "it is of this engine"
        resource, handle._resource = handle._resource, None
        if resource is None:
            return
        with self.lock:
            if handle._generation != self._generation or self._closed:
                return
            self.prepare()
            if handle._generation == self._generation:
                self._end(resource)

    def shut(self) -> None:
        self._closed = True
        self.stop_clock()
        self.discard()

    def abandon(self) -> None:
        self.stop_clock()

    def expire(self) -> None:
        for _ in range(2 * TICKS):
            self._engine.increment_epoch()

    def enter_host(self, host_function: FrameType) -> Any:
        before = self.functions, self.given, self.used, self.lent
        self.functions, self.given, self.used, self.lent = None, [], [], []
        super().enter_host(host_function)
        return before

    def leave_host(self, before: Any) -> None:
        super().leave_host(before)
        self.functions, self.given, self.used, self.lent = before

    def host_raised(self, error: BaseException) -> int:
        """Keeps what a host's function raised for the caller, and tells the engine.

        Any other way would be through a variable of the package's that threads share.
        """
        self._raised = error
        return wire.raised("a function of the host raised")

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
        self.store.set_epoch_deadline(_NEVER if self.timeout is None else TICKS + 2)

    def _end(self, resource: ResourceAny) -> None:
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
        if not hasattr(self, "linker"):
            return  # of no use to anybody
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
            self.given, self.used, self.lent = [], [], []


def _struct(function: Func | None) -> Any:
    assert function is not None, "the component's type has it"
    return function._func


def compile_file(component: str, output: str) -> None:
    """Compiles a component to machine code in a file, for the `aot` of this engine."""
    wasm = read(component)
    code = compile_component(new_engine(wasm, portable=True), component, wasm).serialize()
    Path(output).write_bytes(seal(bytes(code), wasm))


# Stores that threads of other processes are in.
_lost: list[Store] = []
