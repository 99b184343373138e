"""Tests in Python, tests of Python's types, and wheels."""

load("@rules_python//python:defs.bzl", "py_test")

_MAIN = Label("//tools/toolchains/python:run_tests.py")

def _run(tool, *, name, srcs, args = [], deps = [], **kwargs):
    files = [native.package_relative_label(src) for src in srcs]
    py_test(
        name = name,
        srcs = [_MAIN] + [file for file in files if file != _MAIN],
        args = [tool] + ["$(rootpath {})".format(file) for file in files] + args,
        # No __init__.py that is not there in the sources.
        legacy_create_init = False,
        main = _MAIN,
        deps = deps + [Label("@pip_testing//:packages")],
        **kwargs
    )

def pytest_test(*, name, srcs, **kwargs):
    """Runs the tests in `srcs` with pytest.

    Args:
        name: the test's name.
        srcs: files with tests; all of them are collected.
        **kwargs: as for py_test.
    """
    _run("pytest", name = name, srcs = srcs, **kwargs)

def mypy_test(*, name, srcs, stubs = [], folders = [], **kwargs):
    """Checks the types of `srcs` with `mypy --strict`.

    Args:
        name: the test's name.
        srcs: the files that are checked.
        stubs: `.pyi` files that are checked, each a target of its own.
        folders: folders with modules that the files import, each a target of its own.
        **kwargs: as for py_test; `deps` have what else the files import.
    """
    _run(
        "mypy",
        name = name,
        srcs = srcs,
        args = ["$(rootpath {})".format(stub) for stub in stubs],
        data = stubs + folders,
        env = {"MYPYPATH": ":".join(["$(rootpath {})".format(folder) for folder in folders])},
        **kwargs
    )

def pyright_test(*, name, srcs, **kwargs):
    """Checks the types of `srcs` with pyright, which editors have; a `type: ignore` that it has no use for is an error.

    Args:
        name: the test's name.
        srcs: the files that are checked, each a target of its own: `.py` and `.pyi`.
        **kwargs: as for py_test; `deps` have what the files import.
    """
    node = Label("@build_root_nodejs//:bin/node")
    packages = Label("@npm_lint//:node_modules")
    _run(
        "pyright",
        name = name,
        srcs = [],
        args = ["$(rootpath {})".format(file) for file in [node, packages] + srcs],
        data = [node, packages] + srcs,
        **kwargs
    )

def pip_lock_test(*, name, lock, repository, requirements, **kwargs):
    """Checks a repository of pip.bzl against its lock, and the lock against its requirements.

    Args:
        name: the test's name.
        lock: the requirements.lock.
        repository: the repository's name, with its `@`.
        requirements: the requirements.txt.
        **kwargs: as for py_test.
    """
    packages = repository + "//:site-packages"
    pytest_test(
        name = name,
        srcs = [Label(":lock_test.py")],
        data = [
            lock,
            packages,
            requirements,
        ],
        env = {
            "LOCK": "$(rootpath {})".format(lock),
            "PACKAGES": "$(rootpath {})".format(packages),
            "REQUIREMENTS": "$(rootpath {})".format(requirements),
        },
        **kwargs
    )

def wheel(*, name, distribution, srcs, summary, requirements = None, tag = "py3-none-any", **kwargs):
    """Packs files as a wheel, which pip installs: `<distribution>-<version of this module>-<tag>.whl`.

    Args:
        name: the target.
        distribution: the package's name.
        srcs: the files; each has the place that it has below this package.
        summary: a line that says what it is.
        requirements: a requirements.txt with what it needs.
        tag: for which Pythons and platforms it is.
        **kwargs: more attributes, such as `visibility`.
    """
    tool = Label("//tools/toolchains/python:pack_wheel")
    native.genrule(
        name = name,
        srcs = srcs + ([requirements] if requirements else []),
        outs = ["{}-{}-{}.whl".format(distribution, native.module_version(), tag)],
        cmd = " ".join(
            ["$(execpath {}) $@ --root={} --summary='{}'".format(tool, native.package_name(), summary)] +
            (["--requirements=$(execpath {})".format(requirements)] if requirements else []) +
            ["$(execpaths {})".format(src) for src in srcs],
        ),
        tools = [tool],
        **kwargs
    )
