"""The matrix: every guest in every host. A new host is a line here, a new guest one in guests/guests.bzl."""

load("//guests:components.bzl", "COMPONENTS")
load("//guests:guests.bzl", _GUESTS = "GUESTS")
load("//tools/make:matrix.bzl", "cells")

def _short(name):
    """An interface of WASI as hosts give it, by its package; one of ours by its name; both without the version."""
    name = name.partition("@")[0]
    return name.partition("/")[0] if name.startswith("wasi:") else name.partition("/")[2]

# What each guest exports that hosts call, what it imports, and the key of its greetings in lib/host/testing/cases.json.
GUESTS = {
    guest: struct(
        exports = [
            name.partition("@")[0] if name.startswith("wasi:") else _short(name)
            for name in COMPONENTS[guest].exports
        ],
        greetings = greetings,
        imports = {_short(name): None for name in COMPONENTS[guest].imports}.keys(),
    )
    for guest, greetings in _GUESTS.items()
    if guest in COMPONENTS
}

_WASI = ["wasi:cli", "wasi:clocks", "wasi:filesystem", "wasi:http", "wasi:io", "wasi:random", "wasi:sockets"]

# What each host calls, what it gives to guests, and whether only root can run it.
HOSTS = {
    "browsers_jco": struct(calls = "greeter", gives = ["formatter"]),
    "cli": struct(calls = "wasi:cli/run", gives = _WASI),
    "docker_cli": struct(calls = "wasi:cli/run", gives = _WASI, needs_root = True),
    "docker_http": struct(calls = "wasi:http/incoming-handler", gives = _WASI, needs_root = True),
    "http": struct(calls = "wasi:http/incoming-handler", gives = _WASI),
    "plugin_nodejs": struct(calls = "greeter", gives = ["formatter"]),
    "plugin_python": struct(calls = "greeter", gives = ["formatter"]),
    "plugin_ruby": struct(calls = "greeter", gives = ["formatter"]),
}

def guests_of(host):
    """The guests that run in `host`: a dict from each to the key of its greetings in lib/host/testing/cases.json."""
    return {
        cell.guest: GUESTS[cell.guest].greetings
        for cell in cells(GUESTS, HOSTS)
        if cell.host == host and cell.test
    }
