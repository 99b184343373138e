"""The stack of the thread that a component runs on, and the threads of the interpreter itself."""

import ctypes
import importlib.util
import sys
from importlib.machinery import BuiltinImporter
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import _thread as threads
else:
    # A copy of its own: gevent and its like put their own threads, which wait for each
    # other, into the module that everybody shares.
    threads = importlib.util.module_from_spec(BuiltinImporter.find_spec("_thread"))
    BuiltinImporter.exec_module(threads)

__all__ = ["LEAST_STACK", "WASM_STACK", "stack", "threads"]

# What a component's calls within itself may take of a thread's stack.
WASM_STACK = 128 << 10
# A thread's least stack: as much is for Python and for the engine.
LEAST_STACK = 2 * WASM_STACK


class _Stack(threads._local):
    """The stack of a thread, which has room for the calls that it is in."""

    def __init__(self) -> None:
        # Whether a call fits that is in no other call; not known yet.
        self.fits = False
        self._size = 0
        # The host functions that have not returned, outermost first.
        self._inside: list[FrameType] = []

    def check(self) -> str | None:
        """What is against a call, in words."""
        if self._inside and not _called_by(self._inside[-1]):
            return "another greenlet of this thread is in a function of the host that has not returned"
        self._size = self._size or _stack_size()
        needs = LEAST_STACK + len(self._inside) * WASM_STACK
        if self._size < needs:
            return f"the thread has a stack of {self._size >> 10} KiB, expected {needs >> 10} KiB"
        self.fits = not self._inside
        return None

    def enter(self, host_function: FrameType) -> None:
        """Begins a call of the host by a component."""
        self._inside.append(host_function)
        self.fits = False

    def leave(self) -> None:
        """Ends what `enter` began."""
        self._inside.pop()
        self.fits = not self._inside


stack = _Stack()


def _called_by(frame: FrameType) -> bool:
    """Whether `frame` is on the way to here; that of another greenlet is not."""
    here: FrameType | None = sys._getframe()
    while here is not None and here is not frame:
        here = here.f_back
    return here is not None


def _stack_size() -> int:
    """The size of this thread's stack."""
    libc = ctypes.CDLL(None)
    attributes = ctypes.create_string_buffer(256)
    thread = ctypes.c_ulong(threads.get_ident())
    if libc.pthread_getattr_np(thread, attributes):
        return LEAST_STACK
    size = ctypes.c_size_t()
    libc.pthread_attr_getstacksize(attributes, ctypes.byref(size))
    libc.pthread_attr_destroy(attributes)
    return size.value
