"""Functions of a component as functions of Python."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from ._errors import PluginError
from ._instance import Instance, place
from ._names import python_name
from ._stack import stack
from ._types import Signature, names_of


def exported(instance: Instance, interface: str, signature: Signature) -> Callable[..., Any]:
    """A function that calls `signature` of the component. All that can be known before is prepared."""
    where = place(interface, signature.name)
    if signature.unsupported:
        return _unsupported(f"{instance.file}: {where} has {signature.unsupported}, which this host cannot pass")
    names = [python_name(name) for name, _ in signature.params]
    count = len(names)
    enter = instance.function(interface, signature)

    def call(*values: Any, **keywords: Any) -> Any:
        if keywords or len(values) != count:
            values = _bind(where, names, values, keywords)
        with instance.lock:
            if not stack.fits:
                instance.not_from_host()
                instance.check_stack()
            return enter(*values)

    _describe(call, interface, signature)
    return call


def _unsupported(problem: str) -> Callable[..., Any]:
    def call(*_values: Any, **_keywords: Any) -> Any:
        raise PluginError(problem)

    return call


def _bind(where: str, known: Sequence[str], values: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments in their order."""
    bound = dict(zip(known, values, strict=False))
    problem = f"{len(values)}" if len(values) > len(known) else ""
    for name, value in keywords.items():
        if name in bound or name not in known:
            problem = problem or (f"{name} twice" if name in bound else f"an unknown {name}")
        bound[name] = value
    problem = problem or next((f"no {name}" for name in known if name not in bound), "")
    if problem:
        raise TypeError(f"{where}: expected the arguments {names_of(known)}; got {problem}")
    return tuple(bound[name] for name in known)


def _describe(function: Callable[..., Any], interface: str, signature: Signature) -> None:
    """Lets `help()` and editors see the function as it is."""
    function.__name__ = function.__qualname__ = place(interface, signature.name).rpartition(".")[2]
    function.__doc__ = str(signature)
    parameters = [
        inspect.Parameter(python_name(name), inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=str(item))
        for name, item in signature.params
    ]
    result = str(signature.result) if signature.result else None
    function.__signature__ = inspect.Signature(parameters, return_annotation=result)  # type: ignore[attr-defined]
