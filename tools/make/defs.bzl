"""The targets that every guest and every host has."""

load("@rules_wasm_component//wasm:defs.bzl", "component_budget_test", "component_imports_test", "component_world_test", "wasm_validate_test")
load("//tools/lint:defs.bzl", "lint")
load(":command.bzl", "command")
load(":run.bzl", "host_run")
load(":versions.bzl", "versions")

_PUBLIC = ["//visibility:public"]
_FORM_TESTS = [
    "validate_test",
    "world_test",
    "imports_test",
    "budget_test",
]

# A guest's targets, and a host's.
GUEST_TARGETS = ["build", "check", "clean", "install", "lint", "test", "versions"]
HOST_TARGETS = ["install", "lint", "run", "versions"]

def guest(*, component, imports, max_bytes, wit = None, tests = [], crates = None):
    """Declares a guest: install, clean, build, check, versions, test and lint for the one component that it is.

    Args:
        component: the component.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        wit: the `wit_library` that names its world; the component's own if it was built from one.
        tests: the guest's own tests.
        crates: the Rust targets that Clippy looks at; by default the crate that the component is made of.
    """
    wasm_validate_test(
        name = "validate_test",
        size = "small",
        component = component,
    )
    component_world_test(
        name = "world_test",
        size = "small",
        component = component,
        wit = wit,
    )
    component_imports_test(
        name = "imports_test",
        size = "small",
        component = component,
        imports = imports,
    )
    component_budget_test(
        name = "budget_test",
        size = "small",
        component = component,
        max_bytes = max_bytes,
    )
    native.test_suite(
        name = "test",
        tests = _FORM_TESTS + tests,
        visibility = _PUBLIC,
    )
    native.alias(
        name = "build",
        actual = component,
        visibility = _PUBLIC,
    )
    command(
        name = "check",
        testonly = True,
        script = "//tools/make:check.sh",
        arguments = [
            "$(rootpath @build_root//:bin/wasm-tools)",
            "$(rootpath {})".format(component),
        ] + ["$(rootpath {})".format(test) for test in _FORM_TESTS],
        data = _FORM_TESTS + [
            component,
            "@build_root//:bin/wasm-tools",
        ],
        visibility = _PUBLIC,
    )
    command(
        name = "clean",
        script = "//tools/make:clean.sh",
        arguments = [native.package_name()],
        visibility = _PUBLIC,
    )
    lint_tests = lint(clippy = [component] if crates == None else crates)
    _install_and_versions([component], _FORM_TESTS + tests + lint_tests + [":check"])

def host(*, program, files = {}, tools = {}, switches = [], crates = [], packages = [], tests = []):
    """Declares a host: install, run, versions and lint.

    Args:
        program: the host's program.
        files: the files that it is started with, each with its flag; see `host_run`.
        tools: those that it is always started with, each with its flag.
        switches: its flags without a value, if it passes arguments on to a guest.
        crates: the Rust targets that Clippy looks at.
        packages: the files that name its packages from npm or PyPI, for `versions`.
        tests: the host's tests.
    """
    host_run(
        name = "run",
        files = files,
        program = program,
        switches = switches,
        tools = tools,
        visibility = _PUBLIC,
    )
    lint_tests = lint(clippy = crates)
    _install_and_versions([program] + files.keys() + tools.keys(), tests + lint_tests + [":run"], packages)

def _install_and_versions(targets, users, packages = []):
    # Needs nothing, so that a query for what else is in this folder needs nothing either.
    native.filegroup(
        name = "folder",
        visibility = _PUBLIC,
    )
    command(
        name = "install",
        testonly = True,
        script = "//tools/make:install.sh",
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
