"""A plugin in a process that forks, handles signals or has small stacks, or whose threads are gevent's.

Each program runs in a process of its own: what goes wrong here hangs or kills it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from wasmtime import wat2wasm

# A guest that does what the first letter of a name says, or greets with the name.
GUEST = """(component
  (import "anyhost:hello/formatter@1.0.0" (instance $formatter
    (export "reverse" (func (param "text" string) (result string)))))
  (core module $memory
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 1024))
  (core instance $memory (instantiate $memory))
  (alias core export $memory "memory" (core memory $mem))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $reverse (canon lower (func $formatter "reverse") (memory $mem) (realloc $realloc)))
  (core module $m
    (import "memory" "memory" (memory 1))
    (import "formatter" "reverse" (func $reverse (param i32 i32 i32)))
    (func $recurse (param i32) (result i32)
      (i32.add (call $recurse (local.get 0)) (i32.const 1)))
    (func (export "greet") (param $name i32) (param $length i32) (param $up i32) (result i32)
      (local $letter i32)
      (local.set $letter (i32.load8_u (local.get $name)))
      (if (i32.eq (local.get $letter) (i32.const 0x66)) ;; f: uses the formatter and loops
        (then (call $reverse (local.get $name) (local.get $length) (i32.const 0)) (loop (br 0))))
      (if (i32.eq (local.get $letter) (i32.const 0x6c)) (then (loop (br 0)))) ;; l: loops
      (if (i32.eq (local.get $letter) (i32.const 0x72)) ;; r: recurses
        (then (return (call $recurse (i32.const 0)))))
      (if (i32.eq (local.get $letter) (i32.const 0x6f)) ;; o: reads out of bounds
        (then (return (i32.load (i32.const -16)))))
      (if (i32.eq (local.get $letter) (i32.const 0x64)) ;; d: divides by zero
        (then (return (i32.div_u (local.get $name) (i32.const 0)))))
      (if (i32.eq (local.get $letter) (i32.const 0x75)) (then unreachable)) ;; u: unreachable
      (i32.store (i32.const 0) (local.get $name))
      (i32.store (i32.const 4) (local.get $length))
      (i32.const 0)))
  (core instance $i (instantiate $m
    (with "memory" (instance $memory))
    (with "formatter" (instance (export "reverse" (func $reverse))))))
  (func $greet (param "name" string) (param "up" bool) (result string)
    (canon lift (core func $i "greet") (memory $mem) (realloc $realloc)))
  (instance $greeter (export "greet" (func $greet)))
  (export "anyhost:hello/greeter@1.0.0" (instance $greeter)))"""

PROGRAM = """
import faulthandler, os, sys, threading, time, warnings
from concurrent.futures import ThreadPoolExecutor
# os.fork() warns of every thread that there is.
warnings.simplefilter("ignore", DeprecationWarning)
import anyhost
from anyhost import PluginError
def Plugin(file, imports={"formatter": {"reverse": str.swapcase}}, **bounds):
    return anyhost.Plugin(file, imports=imports, **bounds)
def greet(plugin, name):
    return plugin.greeter.greet(name, False)
def say(plugin, name):
    try:
        print(greet(plugin, name), flush=True)
    except PluginError as error:
        print(type(error).__name__, error, flush=True)
def forked(work):
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
def in_thread(stack, work):
    threading.stack_size(stack)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
"""


@pytest.fixture
def guest(tmp_path: Path) -> Path:
    """The folder with the guest."""
    (tmp_path / "guest.wasm").write_bytes(wat2wasm(GUEST))
    return tmp_path


def run(folder: Path, program: str, before: str = "") -> list[str]:
    """What `program` prints, which must end by itself."""
    path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
    result = subprocess.run(
        [sys.executable, "-c", before + PROGRAM + program],
        check=False,
        cwd=folder,
        env={"PYTHONPATH": path, "ANYHOST_ENGINE": os.environ["ANYHOST_ENGINE"]},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout.splitlines()


LATE = "TimeLimitError guest.wasm: trap: did not return within 0.5 s"


def test_opens_in_a_forked_child(guest: Path) -> None:
    program = """
Plugin("guest.wasm").close()
def work():
    with Plugin("guest.wasm", timeout=0.5) as plugin:
        say(plugin, "World")
        say(plugin, "loop")
forked(work)
"""
    assert run(guest, program) == ["World", LATE]


def test_multiprocessing_with_fork(guest: Path) -> None:
    program = """
import multiprocessing
def open_and_greet(name):
    with Plugin("guest.wasm") as plugin:
        return greet(plugin, name)
open_and_greet("World")
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(open_and_greet, ["World", "You"]))
"""
    assert run(guest, program) == ["['World', 'You']"]


def test_time_limit_holds_after_a_fork(guest: Path) -> None:
    program = """
plugin = Plugin("guest.wasm", timeout=0.5)
say(plugin, "World")
def grandchild():
    say(plugin, "loop")
def child():
    say(plugin, "loop")
    say(plugin, "World")
    forked(grandchild)
forked(child)
say(plugin, "loop")
"""
    assert run(guest, program) == ["World", LATE, "World", LATE, LATE]


def test_fork_while_another_thread_is_in_a_call(guest: Path) -> None:
    program = """
plugin = Plugin("guest.wasm", timeout=3600)
with ThreadPoolExecutor(1) as threads:
    busy = threads.submit(greet, plugin, "loop")
    while plugin._instance.lock.acquire(blocking=False):
        plugin._instance.lock.release()
    def child():
        say(plugin, "World")
        plugin.close()
    forked(child)
    assert not busy.done()
    while not busy.done():
        plugin._instance.expire()
    assert isinstance(busy.exception(), PluginError)
say(plugin, "World")
"""
    assert run(guest, program) == ["World", "World"]


def test_fork_in_a_function_of_the_host(guest: Path) -> None:
    program = """
def formatter(text):
    global child
    child = os.fork()
    return text
plugin = Plugin("guest.wasm", imports={"formatter": {"reverse": formatter}}, timeout=0.5)
try:
    greet(plugin, "formatter")
except PluginError as error:
    if child:
        assert os.waitpid(child, 0)[1] == 0
    print(type(error).__name__, error, flush=True)
"""
    assert run(guest, program) == [LATE, LATE]


def test_faulthandler(guest: Path) -> None:
    program = """
with Plugin("guest.wasm") as plugin:
    faulthandler.enable()
    for name in ["unreachable", "out", "divide", "recurse", "World"]:
        say(plugin, name)
"""
    trap = "TrapError guest.wasm: trap: "
    assert run(guest, program) == [
        trap + "wasm `unreachable` instruction executed",
        trap + "out of bounds memory access",
        trap + "integer divide by zero",
        trap + "call stack exhausted",
        "World",
    ]


def test_recursion_on_a_small_stack(guest: Path) -> None:
    program = """
def work():
    with Plugin("guest.wasm") as plugin:
        say(plugin, "recurse")
        say(plugin, "World")
in_thread(256 << 10, work)
"""
    exhausted = "TrapError guest.wasm: trap: call stack exhausted"
    assert run(guest, program) == [exhausted, "World"]


def test_stack_that_is_too_small(guest: Path) -> None:
    program = """
opened = Plugin("guest.wasm")
def work():
    say(opened, "recurse")
    try:
        Plugin("guest.wasm")
    except PluginError as error:
        print(error)
in_thread(64 << 10, work)
say(opened, "World")
"""
    problem = "guest.wasm: the thread has a stack of 64 KiB, expected 256 KiB"
    assert run(guest, program) == ["PluginError " + problem, problem, "World"]


def test_plugins_in_each_other_on_a_small_stack(guest: Path) -> None:
    program = """
inner = Plugin("guest.wasm")
def formatter(text):
    say(inner, "recurse")
    return text
outer = Plugin("guest.wasm", imports={"formatter": {"reverse": formatter}}, timeout=0.5)
in_thread(256 << 10, lambda: say(outer, "formatter"))
in_thread(384 << 10, lambda: say(outer, "formatter"))
"""
    problem = "guest.wasm: the thread has a stack of 256 KiB, expected 384 KiB"
    exhausted = "TrapError guest.wasm: trap: call stack exhausted"
    assert run(guest, program) == [f"PluginError {problem}", LATE, exhausted, LATE]


GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent
"""
EVENTLET = """
import contextlib, io, warnings
warnings.simplefilter("ignore")
with contextlib.redirect_stderr(io.StringIO()):
    import eventlet
    eventlet.monkey_patch()
"""


@pytest.mark.parametrize("patch", [GEVENT, EVENTLET], ids=["gevent", "eventlet"])
@pytest.mark.parametrize("patched", ["before", "after"])
def test_time_limit_with_patched_threads(guest: Path, patch: str, patched: str) -> None:
    program = """
with Plugin("guest.wasm", timeout=0.5) as plugin:
    say(plugin, "loop")
    forked(lambda: say(plugin, "loop"))
    say(plugin, "World")
"""
    before, after = (patch, "") if patched == "before" else ("", patch)
    assert run(guest, after + program, before) == [LATE, LATE, "World"]


def test_greenlets_share_a_plugin(guest: Path) -> None:
    program = """
def formatter(text):
    gevent.sleep(0.001)
    return text
with Plugin("guest.wasm", imports={"formatter": {"reverse": formatter}}, timeout=0.5) as plugin:
    first = gevent.spawn(say, plugin, "formatter")
    gevent.joinall([first, gevent.spawn(say, plugin, "World")], raise_error=True)
"""
    assert run(guest, program, GEVENT) == [LATE, "World"]


def test_greenlets_leave_components_in_the_order_in_which_they_entered(guest: Path) -> None:
    program = """
def formatter(text):
    gevent.sleep(0)
    return text
inner = Plugin("guest.wasm")
with Plugin("guest.wasm", imports={"formatter": {"reverse": formatter}}, timeout=0.5) as outer:
    first = gevent.spawn(say, outer, "formatter")
    gevent.joinall([first, gevent.spawn(say, inner, "World")], raise_error=True)
say(inner, "World")
"""
    other = "another greenlet of this thread is in a function of the host that has not returned"
    assert run(guest, program, GEVENT) == [f"PluginError guest.wasm: {other}", LATE, "World"]
