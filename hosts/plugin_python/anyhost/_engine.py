"""The engine of a plugin, the clock that interrupts what runs in it, and the stack that it runs on."""

import ctypes
import importlib.util
import platform
import sys
from importlib.machinery import BuiltinImporter
from types import FrameType
from typing import TYPE_CHECKING

from wasmtime import Config, Engine

if TYPE_CHECKING:
    import _thread as threads
else:
    # A copy of its own: gevent and its like put their own threads, which wait for each
    # other, into the module that everybody shares.
    threads = importlib.util.module_from_spec(BuiltinImporter.find_spec("_thread"))
    BuiltinImporter.exec_module(threads)

# How many times in a time limit the engine's clock moves.
TICKS = 20
# The least time between two moves, in seconds: the clock must not keep a CPU busy.
_LEAST_PERIOD = 0.001
# What x86-64-v3, every server since 2015, has beyond the base set.
_FEATURES = {
    "x86_64": [
        "has_cmpxchg16b",
        "has_sse3",
        "has_ssse3",
        "has_sse41",
        "has_sse42",
        "has_popcnt",
        "has_avx",
        "has_avx2",
        "has_fma",
        "has_bmi1",
        "has_bmi2",
        "has_lzcnt",
    ]
}
# What a component's calls within itself may take of a thread's stack.
_WASM_STACK = 128 << 10
# A thread's least stack: as much is for Python and for the engine.
LEAST_STACK = 2 * _WASM_STACK


def new_engine(portable: bool = False) -> Engine:
    """An engine that works in a Python process, whatever else that does.

    A `portable` one only compiles: for other machines than this one.
    """
    config = Config()
    config.epoch_interruption = True
    # The compiler's threads would be missing from a forked process, which would wait for them.
    config.parallel_compilation = False
    # Whoever calls faulthandler.enable(), as pytest does, takes the signals.
    config.signals_based_traps = False
    config.max_wasm_stack = _WASM_STACK
    if portable:
        machine = platform.machine()
        config.target = f"{machine}-unknown-linux-gnu"
        for feature in _FEATURES.get(machine, ()):
            config.cranelift_flag_enable(feature)
    return Engine(config)


class Clock:
    """Moves an engine's clock, by which code that does not return is stopped."""

    def __init__(self, engine: Engine, timeout: float | None) -> None:
        self.ticks = 0
        self._engine = engine
        self._period = None if timeout is None else max(timeout / TICKS, _LEAST_PERIOD)
        # Held for as long as the clock's thread shall run.
        self._running: threads.LockType | None = None

    def start(self) -> None:
        """Lets the clock run if it does not."""
        if self._running is None and self._period is not None:
            running = threads.allocate_lock()
            running.acquire()
            threads.start_new_thread(self._run, (running, self._period))
            self._running = running

    def stop(self) -> None:
        """Ends the clock's thread."""
        running, self._running = self._running, None
        if running is not None:
            running.release()

    def forked(self) -> None:
        """Tells the clock that it is in a new process, which has no thread of its."""
        self._running = None
        self.ticks += 1

    def _run(self, running: "threads.LockType", period: float) -> None:
        while not running.acquire(timeout=period):
            self._engine.increment_epoch()
            self.ticks += 1


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
        needs = LEAST_STACK + len(self._inside) * _WASM_STACK
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
