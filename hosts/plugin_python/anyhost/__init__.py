"""Runs plugins: WebAssembly components, whatever they export.

with Plugin("hello_world_rust.wasm") as plugin:
    print(plugin.greeter.greet("World", up=True))
"""

from ._errors import ComponentError, MissingError, PluginError, ResultError, TimeLimitError, TrapError
from ._plugin import Interface, Plugin
from ._types import Err, Ok, Some
from ._wasi import Wasi

__all__ = [
    "ComponentError",
    "Err",
    "Interface",
    "MissingError",
    "Ok",
    "Plugin",
    "PluginError",
    "ResultError",
    "Some",
    "TimeLimitError",
    "TrapError",
    "Wasi",
]
