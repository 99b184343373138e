"""Tests that start daemons."""

load("@rules_rust//rust:defs.bzl", "rust_test")
load("@rules_shell//shell:sh_test.bzl", "sh_test")

# They make namespaces, which Bazel's sandbox does not let them, and mounts, which takes root: `./bazel` leaves these
# tests out for an ordinary user. They use the loopback.
DAEMONS = [
    "no-sandbox",
    "requires-network",
    "requires-root",
]

def daemons_test(*, name, srcs, files, env = {}, deps = []):
    """A test in Rust that starts daemons, or a host that does.

    Args:
        name: the test.
        srcs: its source file, and those of its modules.
        files: the files that it needs, by the environment variables that have their paths; `SHIM` is always there.
        env: other environment variables.
        deps: the crates that it needs beside those of all these tests.
    """
    files = files | {"SHIM": "//lib/host/runwasi_shim"}

    # The tags would let the compiler out of the sandbox, too: so there is a program, and a test that runs it.
    rust_test(
        name = name + "_program",
        srcs = srcs + ["//lib/host/containers/tests:common"],
        crate_root = srcs[0],
        tags = ["manual"],
        deps = deps + [
            "//lib/host/containers",
            "//lib/host/testing:host_testing",
        ],
    )
    sh_test(
        name = name,
        size = "medium",
        srcs = ["//lib/host/containers/tests:exec.sh"],
        args = ["$(rootpath :{}_program)".format(name)],
        data = [":{}_program".format(name)] + files.values(),
        env = env | {variable: "$(rootpath {})".format(file) for variable, file in files.items()},
        tags = DAEMONS,
    )
