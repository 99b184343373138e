"""Calls of a component's functions, and those of Python's functions by a component."""

import sys
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wasmtime import StoreContext, WasmtimeError

from .._errors import PluginError, ResultError
from .._types import Signature
from . import wire
from .compound import Result
from .values import Type, WrongValue

if TYPE_CHECKING:
    from .instance import Instance


def exported(instance: "Instance", where: str, number: int, signature: Signature) -> Callable[..., Any]:
    """What calls the function of that number. All that can be known before is prepared."""
    names = [name for name, _ in signature.params]
    types: list[Any] = [item for _, item in signature.params]
    lowers = [item.lower for item in types]
    count = len(lowers)
    indices = range(count)
    freed = [index for index, item in enumerate(types) if item.heap]
    result: Any = signature.result
    fallible = result if isinstance(result, Result) else None
    lift = result.lift if result else None
    results = 1 if result else 0
    frees_result = bool(result and result.heap)
    gives_handles = any(item.handles for item in types)
    new_arguments, slot = wire.Slot * count, wire.Slot
    enter, delete, byref, clock = wire.call, wire.delete, wire.byref, instance.clock

    def call(*arguments: Any) -> Any:
        functions = instance.functions
        if functions is None or instance.renewed != clock.ticks or instance.dropped:
            functions = instance.prepare()
        slots, out = new_arguments(), slot()
        index, entered, error = 0, False, None
        try:
            for index in indices:
                lowers[index](arguments[index], slots[index])
            if instance.functions is not functions:
                # An attribute of an argument may be code, which may do anything.
                raise PluginError(f"{instance.file}: {where}: the instance was lost while the arguments were read")
            entered = True
            error = enter(functions[number], instance.context, slots, count, byref(out), results)
            if error:
                # Not `from` anything: it may be a host function's own, with its own cause.
                raise instance.failure(WasmtimeError._from_ptr(error))
            if fallible:
                is_ok, value = fallible.get(out)
                if is_ok:
                    return value
                raise ResultError(value, f"{instance.file}: {where}")
            return lift(out) if lift else None
        except WrongValue as wrong:
            problem = wrong.error(names[index])
        finally:
            for index in freed:
                delete(byref(slots[index]))
            if frees_result and entered and not error:
                delete(byref(out))
            if gives_handles:
                instance.settle(entered)
        raise problem

    return call


def then(call: Callable[..., Any], end: Callable[[], None]) -> Callable[..., Any]:
    """A call with something to do at its end."""

    def both(*arguments: Any) -> Any:
        try:
            return call(*arguments)
        finally:
            end()

    return both


def imported(instance: "Instance", where: str, signature: Signature, target: Callable[..., Any]) -> Any:
    """What the engine calls when the component calls `signature`, which `target` is."""
    lifts = [item.lift for _, item in signature.params if isinstance(item, Type)]
    result: Any = signature.result
    fallible = result if isinstance(result, Result) else None
    # Were the instance held by its own linker, neither would ever be freed.
    this = weakref.ref(instance)

    def callback(_data: Any, _context: Any, _kind: Any, slots: Any, _count: int, results: Any, _results: int) -> int:
        instance = this()
        assert instance is not None, "a call holds its instance"
        before = instance.enter_host(sys._getframe())
        try:
            values = [lift(slots[index]) for index, lift in enumerate(lifts)]
            try:
                value = target(*values)
            except ResultError as error:
                if fallible is None:
                    raise
                fallible.put(False, error.value, results[0])
            else:
                if fallible:
                    fallible.put(True, value, results[0])
                elif result:
                    result.lower(value, results[0])
        except WrongValue as wrong:
            return instance.host_raised(wrong.error(f"{where}(…)"))
        except BaseException as error:  # noqa: BLE001 what was raised comes out as it is
            return instance.host_raised(error)
        finally:
            instance.leave_host(before)
        return 0

    return wire.Callback(callback)


def destructor(instance: "Instance", drop: Callable[[int], None]) -> Callable[[StoreContext, int], None]:
    """What the engine calls when the component drops a handle of the host's."""
    this = weakref.ref(instance)

    def dropped(_store: StoreContext, number: int) -> None:
        try:
            drop(number)
        except BaseException as error:  # noqa: BLE001 what was raised comes out as it is
            instance = this()
            assert instance is not None, "a call holds its instance"
            instance.host_raised(error)
            raise WasmtimeError("a destructor of the host raised") from None

    return dropped
