"""Functions of a component as functions of Python, and functions of Python as a component calls them."""

import sys
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from wasmtime import StoreContext, WasmtimeError

from . import _wire as wire
from ._compound import Result, names_of
from ._engine import stack
from ._errors import PluginError, ResultError
from ._instance import Instance, place
from ._names import python_name
from ._reflect import Signature
from ._resources import Resource
from ._values import WrongValue


def exported(instance: Instance, interface: str, signature: Signature) -> Callable[..., Any]:
    """A function that calls `signature` of the component. All that can be known before is prepared."""
    where = place(interface, signature.name)
    if signature.unsupported:
        return _unsupported(f"{instance.file}: {where} has {signature.unsupported}, which this host cannot pass")
    names = [name for name, _ in signature.params]
    lowers = [item.lower for _, item in signature.params]
    count = len(lowers)
    indices = range(count)
    freed = [index for index, (_, item) in enumerate(signature.params) if item.heap]
    result = signature.result
    fallible = result if isinstance(result, Result) else None
    lift = result.lift if result else None
    results = 1 if result else 0
    frees_result = bool(result and result.heap)
    gives_handles = any(item.handles for _, item in signature.params)
    number = instance.export(interface, signature.name)
    new_arguments, slot = wire.Slot * count, wire.Slot
    enter, delete, byref, clock = wire.call, wire.delete, wire.byref, instance.clock

    def call(*values: Any, **keywords: Any) -> Any:
        arguments = _bind(where, names, values, keywords) if keywords or len(values) != count else values
        with instance.lock:
            functions = instance.functions
            if functions is None or instance.renewed != clock.ticks or instance.dropped:
                functions = instance.prepare()
            if not stack.fits:
                instance.check_stack()
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


def imported(
    instance: Instance,
    interface: str,
    signature: Signature,
    target: Callable[..., Any],
) -> Any:
    """What the engine calls when the component calls `signature`, which `target` is."""
    where = place(interface, signature.name)
    lifts = [item.lift for _, item in signature.params]
    result = signature.result
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
            return instance.host_raised(wrong.error(f"{where}: result"))
        except BaseException as error:  # noqa: BLE001 what was raised comes out as it is
            return instance.host_raised(error)
        finally:
            instance.leave_host(before)
        return 0

    return wire.Callback(callback)


def destructor(instance: Instance, resource: Resource, has_close: bool) -> Callable[[StoreContext, int], None]:
    """What the engine calls when the component drops a handle of the host's `resource`."""
    this = weakref.ref(instance)

    def drop(_store: StoreContext, number: int) -> None:
        instance = this()
        value = instance.kept.pop(number, None) if instance else None
        close = getattr(value, "close", None)
        if instance is None or not callable(close) or has_close:
            return
        before = instance.enter_host(sys._getframe())
        try:
            close()
        except BaseException as error:  # noqa: BLE001 what was raised comes out as it is
            instance.host_raised(error)
            raise WasmtimeError("a destructor of the host raised") from None
        finally:
            instance.leave_host(before)

    return drop


def _unsupported(problem: str) -> Callable[..., Any]:
    def call(*_values: Any, **_keywords: Any) -> Any:
        raise PluginError(problem)

    return call


def _bind(where: str, names: Sequence[str], values: tuple[Any, ...], keywords: dict[str, Any]) -> list[Any]:
    """The arguments in their order."""
    known = [python_name(name) for name in names]
    bound = dict(zip(known, values, strict=False))
    problem = f"{len(values)}" if len(values) > len(known) else ""
    for name, value in keywords.items():
        if name in bound or name not in known:
            problem = problem or (f"{name} twice" if name in bound else f"an unknown {name}")
        bound[name] = value
    problem = problem or next((f"no {name}" for name in known if name not in bound), "")
    if problem:
        raise TypeError(f"{where}: expected the arguments {names_of(known)}; got {problem}")
    return [bound[name] for name in known]
