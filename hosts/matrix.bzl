"""The matrix: every guest in every host. A new guest or host is a line here."""

load("//tools/make:matrix.bzl", "cells")

# What each guest exports that hosts call, what it imports, and the key of its greetings in lib/host/testing/cases.json.
GUESTS = {
    "hello_world_c": struct(exports = ["greeter"], imports = [], greetings = "greeting"),
    "hello_world_imports_rust": struct(exports = ["greeter"], imports = ["formatter"], greetings = "reversed"),
    "hello_world_rust": struct(exports = ["greeter"], imports = [], greetings = "greeting"),
    "wasi_cli_rust": struct(exports = ["wasi:cli/run"], imports = ["wasi:cli", "wasi:io"], greetings = "greeting"),
    "wasi_dual_rust": struct(exports = ["greeter", "wasi:cli/run", "wasi:http/incoming-handler"], imports = ["wasi:cli", "wasi:http", "wasi:io"], greetings = "greeting"),
    "wasi_http_rust": struct(exports = ["greeter", "wasi:http/incoming-handler"], imports = ["wasi:http", "wasi:io"], greetings = "greeting"),
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
