"""The engines that run components: one is chosen by its name."""

import importlib
import os
from typing import Literal, Protocol, TypeAlias, get_args

from ._errors import PluginError
from ._instance import Instance

Name: TypeAlias = Literal["wasmtime", "native"]

# The variable of the environment that chooses where the program does not.
VARIABLE = "ANYHOST_ENGINE"
_PACKAGES = {"wasmtime": "wasmtime", "native": "anyhost_native"}


class Engine(Protocol):
    """What is different from engine to engine."""

    def Instance(self, file: str, code: str | None, /) -> Instance:
        """A component that is not linked yet, compiled now or before."""

    def compile_file(self, component: str, output: str, /) -> None:
        """Compiles a component to machine code, which this engine alone takes."""


def find(name: object) -> Engine:
    """The engine of that name, or by the environment, or the one in the package `wasmtime`."""
    place = "engine" if name is not None else VARIABLE
    if name is None:
        name = os.environ.get(VARIABLE) or "wasmtime"
    if name not in get_args(Name):
        expected = " or ".join(get_args(Name))
        kind = ValueError if isinstance(name, str) else TypeError
        raise kind(f"{place}: expected {expected}, got {name!r}")
    try:
        module: Engine = importlib.import_module(f"anyhost._{name}")
    except ModuleNotFoundError as error:
        if error.name != _PACKAGES[str(name)]:
            raise
        raise PluginError(f"{place}: {name} needs the package {error.name}, which is not installed") from None
    return module
