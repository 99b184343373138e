"""Runs greeters: WebAssembly components that export anyhost:hello/greeter@1.0.0.

with Greeter("hello_world_rust.wasm") as greeter:
    print(greeter.greet("World", up=True))
"""

from ._errors import ComponentError, GreeterError, TimeLimitError, TrapError
from ._greeter import Greeter

__all__ = ["ComponentError", "Greeter", "GreeterError", "TimeLimitError", "TrapError"]
