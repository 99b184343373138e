"""The engine of a plugin, and the clock that interrupts what runs in it."""

import platform
import re

from wasmtime import Config, Engine
from wasmtime import _ffi as ffi

from .._stack import WASM_STACK, threads

# How many times in a time limit the engine's clock moves.
TICKS = 20
# The least time between two moves, in seconds: the clock must not keep a CPU busy.
_LEAST_PERIOD = 0.001
# What a component has in it that imports something of WASI 0.2, which has no async functions.
_WASI = re.compile(rb"wasi:[a-z]+/[a-z-]+@0\.2\.")
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


def new_engine(wasm: bytes, portable: bool = False) -> Engine:
    """An engine for a component that works in a Python process, whatever else that does.

    A `portable` one only compiles: for other machines than this one.
    """
    config = Config()
    config.epoch_interruption = True
    # The compiler's threads would be missing from a forked process, which would wait for them.
    config.parallel_compilation = False
    # Whoever calls faulthandler.enable(), as pytest does, takes the signals.
    config.signals_based_traps = False
    config.max_wasm_stack = WASM_STACK
    if _WASI.search(wasm):
        # With it a host's function that borrows two resources, as WASI has them, fails within the engine. A component
        # with async functions cannot do without.
        ffi.wasmtime_config_concurrency_support_set(config.ptr(), False)
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
