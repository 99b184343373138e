"""The targets that every guest and every host has, here and in workspaces that depend on anyhost."""

load("@rules_anyhost//component:defs.bzl", "cc_component", "component_test", "go_component", "js_component", "python_component", "rust_component")
load("@rules_rust//rust:defs.bzl", "rust_library", "rust_test")
load("//tools/lint:defs.bzl", "clippy", "lint")
load("//tools/toolchains/python:defs.bzl", "mypy_test")
load(":command.bzl", "command")
load(":run.bzl", "host_run")
load(":versions.bzl", "versions")

_PUBLIC = ["//visibility:public"]

_WASM_TOOLS = Label("//tools/toolchains/wasm:wasm-tools")

# What guests in Rust are made with: bindings, and an allocator and a panic handler for no_std.
_RUST_GUEST_DEPS = [Label("@crates//:wit-bindgen")]

_NO_STD_DEPS = [Label("//lib/guest/guest_rt")]

# A guest's targets, and a host's.
GUEST_TARGETS = ["build", "check", "clean", "install", "lint", "test", "versions"]
HOST_TARGETS = ["install", "lint", "run", "test", "versions"]

def rust_part(
        *,
        name,
        wit,
        imports,
        max_bytes = None,
        srcs = None,
        deps = [],
        unit_tests = False,
        std = False,
        platform = Label("//platforms:wasm32-unknown-unknown"),
        stack_size = 32768,
        **kwargs):
    """A component in Rust with the tests of its form: a guest's own, or one that it is made of or compared with.

    Args:
        name: the component; its tests are `<name>_validate_test` and so on, see `component_test`.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have; None for no budget.
        srcs: the source files; by default all below `src/`.
        deps: the crates it depends on, besides `guest_rt` and `wit-bindgen`.
        std: whether it, or a crate that it depends on, has Rust's `std`, and so is without `guest_rt`.
        unit_tests: whether the sources have unit tests; `unit_test` runs them.
        platform: the platform it is built for.
        stack_size: bytes of its stack; a page holds this, and some of its data.
        **kwargs: as for `rust_component`.
    """
    srcs = srcs or native.glob(["src/**/*.rs"])
    deps = _rust_guest_deps(deps, std)
    rust_component(
        name = name,
        srcs = srcs,
        deps = deps,
        platform = platform,
        stack_size = stack_size,
        visibility = _PUBLIC,
        wit = wit,
        **kwargs
    )
    if unit_tests:
        rust_test(
            name = "unit_test",
            size = "small",
            srcs = srcs,
            compile_data = [name + "_wit_files"],
            deps = deps,
        )
    component_test(
        name = name + "_form",
        component = name,
        imports = imports,
        max_bytes = max_bytes,
        wit = wit,
    )

def _rust_guest_deps(deps, std):
    all = _RUST_GUEST_DEPS + ([] if std else _NO_STD_DEPS) + deps
    return {native.package_relative_label(dep): None for dep in all}.keys()

def rust_guest_library(*, name, crate_features = [], deps = [], std = False, **kwargs):
    """A guest's crate, for components that are more than this guest, with its unit tests as `unit_test`.

    Args:
        name: the library; the crate's name is the folder's.
        crate_features: the features to compile with.
        deps: the crates it depends on, besides `guest_rt` and `wit-bindgen`.
        std: as for `rust_part`.
        **kwargs: more attributes of the `rust_library`.
    """
    visibility = ["//guests:__subpackages__"]
    rust_library(
        name = name,
        srcs = native.glob(["src/**/*.rs"]),
        crate_features = crate_features,
        crate_name = native.package_name().split("/")[-1],
        visibility = visibility,
        deps = _rust_guest_deps(deps, std),
        **kwargs
    )
    rust_test(
        name = "unit_test",
        size = "small",
        crate = name,
        crate_features = crate_features,
        visibility = visibility,
    )

def rust_guest(*, name, wit, imports, max_bytes, tests = [], **kwargs):
    """A guest that is one crate: `rust_part` and `guest` in one. It comes last in its file, as `guest` does.

    Args:
        name: the guest's name, which is its folder's.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        tests: tests of other folders that are tests of the guest, too.
        **kwargs: as for `rust_part`, such as `deps` and `unit_tests`.
    """
    rust_part(
        name = name,
        imports = imports,
        max_bytes = max_bytes,
        wit = wit,
        **kwargs
    )
    _guest(name, tests)

def cc_guest(
        *,
        name,
        wit,
        imports,
        max_bytes,
        srcs = None,
        deps = [],
        platform = Label("//platforms:wasm32-wasip2"),
        tests = [],
        **kwargs):
    """A guest in C or C++: `cc_component` and `guest` in one. It comes last in its file, as `guest` does.

    Args:
        name: the guest's name, which is its folder's.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        srcs: the source files; by default all in C and C++ below `src/`.
        deps: the libraries that it is linked with, besides the small `malloc` of `guest_rt`.
        platform: the platform it is built for.
        tests: tests of other folders that are tests of the guest, too.
        **kwargs: as for `cc_component`, such as `hdrs`.
    """
    cc_component(
        name = name,
        srcs = srcs or native.glob([
            "src/**/*.c",
            "src/**/*.cpp",
        ]),
        platform = platform,
        visibility = _PUBLIC,
        wit = wit,
        deps = [Label("//lib/guest/guest_rt:malloc")] + deps,
        **kwargs
    )
    guest(
        component = name,
        imports = imports,
        max_bytes = max_bytes,
        tests = tests,
        wit = wit,
    )

def _with_debug(rule, *, name, **kwargs):
    """A component, and `<name>_debug`, the same one that tells of exceptions."""
    rule(
        name = name,
        visibility = _PUBLIC,
        **kwargs
    )
    rule(
        name = name + "_debug",
        debug = True,
        tags = ["manual"],
        visibility = _PUBLIC,
        **kwargs
    )

def go_guest(*, name, wit, imports, max_bytes, srcs = None, tests = [], **kwargs):
    """A guest in Go: `go_component` and `guest` in one. It comes last in its file, as `guest` does.

    Args:
        name: the guest's name, which is its folder's.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        srcs: the sources; by default all below `src/`.
        tests: tests of other folders that are tests of the guest, too.
        **kwargs: more attributes of `go_component`.
    """
    _with_debug(
        go_component,
        name = name,
        srcs = srcs or native.glob(["src/**/*.go"]),
        wit = wit,
        **kwargs
    )
    guest(
        component = name,
        imports = imports,
        max_bytes = max_bytes,
        tests = tests,
        wit = wit,
    )

def js_guest(*, name, wit, imports, max_bytes, srcs = None, engine = "quickjs", tests = [], **kwargs):
    """A guest in JavaScript or TypeScript: `js_component` and `guest` in one. It comes last in its file, as `guest` does.

    Args:
        name: the guest's name, which is its folder's.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        srcs: the modules; by default all below `src/`.
        engine: as for `js_component`.
        tests: tests of other folders that are tests of the guest, too.
        **kwargs: as for `js_component`, such as `entry_point`.
    """
    _with_debug(
        js_component,
        name = name,
        srcs = srcs or native.glob(
            [
                "src/**/*.js",
                "src/**/*.mjs",
                "src/**/*.mts",
                "src/**/*.ts",
            ],
            allow_empty = True,
        ),
        engine = engine,
        wit = wit,
        **kwargs
    )
    guest(
        component = name,
        imports = imports,
        max_bytes = max_bytes,
        packages = [Label("//tools/toolchains/node/{}:package.json".format(engine))],
        tests = tests,
        wit = wit,
    )

def python_guest(*, name, wit, imports, max_bytes, srcs = None, tests = [], **kwargs):
    """A guest in Python: `python_component` and `guest` in one, and `types_test`. It comes last in its file, as `guest` does.

    Args:
        name: the guest's name, which is its folder's.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        srcs: the modules; by default all below `src/`.
        tests: tests of other folders that are tests of the guest, too.
        **kwargs: as for `python_component`, such as `entry_point`.
    """
    srcs = srcs or native.glob(["src/**/*.py"])
    _with_debug(
        python_component,
        name = name,
        srcs = srcs,
        wit = wit,
        **kwargs
    )
    mypy_test(
        name = "types_test",
        size = "small",
        srcs = srcs,
        folders = [name + "_types"],
    )
    guest(
        component = name,
        imports = imports,
        max_bytes = max_bytes,
        packages = [Label("//tools/toolchains/python/componentize_py:requirements.txt")],
        tests = tests,
        wit = wit,
    )

def guest(*, component, wit, imports, max_bytes, tests = [], packages = []):
    """Declares a guest: install, clean, build, check, versions, test and lint for the one component that it is.

    It comes last in its file: the tests before it are the guest's, and Clippy looks at all crates before it.

    Args:
        component: the component, a target of this file.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        tests: tests of other folders that are tests of the guest, too.
        packages: the files that name packages from npm or PyPI that it is made with, for `versions`.
    """
    name = component.removeprefix(":")
    component_test(
        name = name + "_form",
        component = component,
        imports = imports,
        max_bytes = max_bytes,
        wit = wit,
    )
    _guest(name, tests, packages)

def _guest(name, other_tests, packages = []):
    # What it owes as a command or a server.
    native.exports_files(
        native.glob(
            [
                "cli.json",
                "http.json",
            ],
            allow_empty = True,
        ),
        visibility = _PUBLIC,
    )
    tests = _tests() + other_tests
    form = [test for test in tests if test.startswith(name + "_form_")]
    native.test_suite(
        name = "test",
        tests = tests,
        visibility = _PUBLIC,
    )
    native.alias(
        name = "build",
        actual = name,
        visibility = _PUBLIC,
    )
    command(
        name = "check",
        testonly = True,
        script = Label(":check.sh"),
        arguments = [
            "$(rootpath {})".format(_WASM_TOOLS),
            "$(rootpath {})".format(name),
        ] + ["$(rootpath {})".format(test) for test in form],
        data = form + [
            name,
            _WASM_TOOLS,
        ],
        visibility = _PUBLIC,
    )
    command(
        name = "clean",
        script = Label(":clean.sh"),
        arguments = [native.package_name()],
        visibility = _PUBLIC,
    )
    _install_and_versions([name], tests + lint() + [":check"], packages)

def _tests():
    """The tests before this in its file."""
    rules = native.existing_rules().items()
    return [rule for rule, attributes in rules if attributes["kind"].endswith("_test") and "manual" not in attributes["tags"]]

def host(
        *,
        program,
        component = None,
        precompiled = None,
        transpiled = None,
        image = None,
        tools = {},
        switches = [],
        packages = [],
        parts = []):
    """Declares a host: install, run, versions, test and lint.

    It comes last in its file: the tests before it are the host's, and Clippy looks at all crates before it. `./bazel run`
    starts the program with the files that are given here, unless the user gives a component, or an image, of their own.

    Args:
        program: the host's program.
        component: the component that it runs, behind `--component`.
        precompiled: the same, precompiled for it, behind `--aot`.
        transpiled: the same, transpiled for it, behind `--transpiled`.
        image: the image that it runs in place of a component, behind `--image`.
        tools: the files that it is always started with, each with its flag.
        switches: its flags without a value, if it passes arguments on to a guest.
        packages: the files that name its packages from npm or PyPI, for `versions`.
        parts: the folders in this one that are parts of the host and call `host_part`, seen from here.
    """
    files = {
        file: flag
        for flag, file in {
            "--component": component,
            "--image": image,
            "--aot": precompiled,
            "--transpiled": transpiled,
        }.items()
        if file
    }
    host_run(
        name = "run",
        files = files,
        program = program,
        switches = switches,
        tools = tools,
        visibility = _PUBLIC,
    )
    of_parts = ["//{}/{}".format(native.package_name(), part) for part in parts]
    tests = _tests()
    native.test_suite(
        name = "test",
        tests = tests + [part + ":test" for part in of_parts],
        visibility = _PUBLIC,
    )
    users = tests + [part + ":tests" for part in of_parts] + lint(folders = parts) + [":run"]
    _install_and_versions([program] + files.keys() + tools.keys(), users, packages)

def host_part():
    """Declares a part of a host, in a folder of its own: its tests, and what Clippy says of its crates. It comes last in its file."""
    tests = _tests()
    native.test_suite(
        name = "test",
        tests = tests + clippy(),
        visibility = _PUBLIC,
    )
    native.filegroup(
        name = "tests",
        testonly = True,
        srcs = tests,
        visibility = _PUBLIC,
    )

def _install_and_versions(targets, users, packages = []):
    # Needs nothing, so that a query for what else is in this folder needs nothing either.
    native.filegroup(
        name = "folder",
        visibility = _PUBLIC,
    )
    command(
        name = "install",
        testonly = True,
        script = Label(":install.sh"),
        arguments = ["//" + native.package_name()] + ["$(rootpaths {})".format(target) for target in targets],
        data = targets + users + [":versions"],
        visibility = _PUBLIC,
    )
    versions(
        name = "versions",
        packages = packages,
        targets = targets,
        visibility = _PUBLIC,
    )
