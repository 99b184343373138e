"""The engine in the package `wasmtime`, which is called through its C API."""

from .instance import Instance, compile_file

__all__ = ["Instance", "compile_file"]
