"""The matrix: every guest in every host. A new host is a line here, a new guest one in guests/guests.bzl."""

load("//guests:components.bzl", "COMPONENTS")
load("//guests:guests.bzl", _GUESTS = "GUESTS")
load("//lib/host/testing/values/random:defs.bzl", "random_values_tests")
load("//tools/make:matrix.bzl", "cells")

_WASI = ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:http", "wasi:io", "wasi:random", "wasi:sockets"]

def _package(name):
    return name.partition("@")[0].partition("/")[0]

def _unique(names):
    return {name: None for name in names}.keys()

# What each guest exports that hosts call (a contract, or an interface of WASI), and the packages of what it imports.
GUESTS = {
    guest: struct(
        exports = _unique([
            name.partition("@")[0] if name.startswith("wasi:") else _package(name)
            for name in COMPONENTS[guest].exports
        ]),
        imports = _unique([_package(name) for name in COMPONENTS[guest].imports]),
    )
    for guest in _GUESTS
    if guest in COMPONENTS
}

_CONTRACTS = _unique([name for guest in GUESTS.values() for name in guest.exports if not name.startswith("wasi:")])

# Of WASI 0.3 and 0.2.
_HANDLERS = ["wasi:http/handler", "wasi:http/incoming-handler"]

# What no plugin host runs; hosts/refused_test.py tells when one begins to.
_ASYNC = {"wasi_http_p3_rust": "WASI 0.3 has async functions, which `http` runs"}

# A plugin host calls what contracts have, and answers what their cases have a guest ask; it has WASI, too.
_PLUGINS = struct(calls = _CONTRACTS, gives = _CONTRACTS + _WASI, refuses = _ASYNC)

# What each host calls, what it gives to guests, whether only root can run it; and which guests it `refuses`, with reasons.
HOSTS = {
    "browsers_jco": _PLUGINS,
    "cli": struct(calls = ["wasi:cli/run"], gives = _WASI),
    "docker_cli": struct(calls = ["wasi:cli/run"], gives = _WASI, needs_root = True),
    "docker_http": struct(calls = _HANDLERS, gives = _WASI, needs_root = True),
    "http": struct(calls = _HANDLERS, gives = _WASI),
    "plugin_nodejs": _PLUGINS,
    "plugin_python": _PLUGINS,
    "plugin_python_native": _PLUGINS,
    "plugin_ruby": _PLUGINS,
    "plugin_rust": _PLUGINS,
}

PLUGIN_HOSTS = [host for host in HOSTS if HOSTS[host].calls == _CONTRACTS]

# Where the cases are of what WASI names: beside the guest, as each has its own arguments or paths.
_CASES = {
    "wasi:cli/run": "cli.json",
    "wasi:http/handler": "http.json",
    "wasi:http/incoming-handler": "http.json",
}

def guests_of(host):
    """The guests that run in a host, with the cases that tell what each of them owes.

    Args:
        host: the host's name.

    Returns:
        A dict from each guest to the label of its cases: those of the contract that it exports, or its own.
    """
    return {
        cell.guest: _cases(cell.guest, host)
        for cell in cells(GUESTS, HOSTS)
        if cell.host == host and cell.test
    }

def guest_tests(*, host, test, code = None):
    """Declares the tests of a host in the matrix: `<guest>_test` for each guest that runs in it.

    A plugin host has those of random values, too.

    Args:
        host: the host's name.
        test: the macro that makes one, called with its `name`, the `component`, and the `cases` that it owes.
        code: the label of the machine code that another host's test has, with `{}` for the test's name, if it fits.
    """

    def add(name, **kwargs):
        more = {"code": code.format(name)} if code else {}
        test(name = name, **(kwargs | more))

    # A loaded machine compiles a component with an engine of 12 MB for a minute; containers have a longer time anyway.
    timeout = {} if getattr(HOSTS[host], "needs_root", False) else {"timeout": "long"}
    for guest, cases in guests_of(host).items():
        add(
            name = guest + "_test",
            cases = cases,
            component = "//guests/" + guest,
            **timeout
        )
    if host in PLUGIN_HOSTS:
        random_values_tests(add)

def _cases(guest, host):
    called = [name for name in HOSTS[host].calls if name in GUESTS[guest].exports][0]
    if called in _CASES:
        return "//guests/{}:{}".format(guest, _CASES[called])
    return "//wit/{}:cases".format(called.partition(":")[2])
