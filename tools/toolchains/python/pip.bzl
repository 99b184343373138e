"""PyPI packages as repositories: just the wheels that a requirements.lock pins, installed by pip itself."""

_BUILD = """
load("@rules_python//python:defs.bzl", "py_library")

package(default_visibility = ["//visibility:public"])

exports_files(["site-packages"] + glob(["site-packages/bin/*"], allow_empty = True))

# One folder, not its thousands of files: nothing in it ever changes.
py_library(
    name = "packages",
    data = ["site-packages"],
    imports = ["site-packages"],
)
"""

_PYTHON = "/usr/bin/python3"

def _pip(repository_ctx, arguments):
    return repository_ctx.execute(
        [_PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet"] + arguments +
        ["--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement=requirements.lock"],
        timeout = 900,
    )

def _pip_repository_impl(repository_ctx):
    lock = repository_ctx.attr.lock
    repository_ctx.file("requirements.lock", repository_ctx.read(lock))
    repository_ctx.report_progress("pip install, as {} says".format(lock))

    # Wheels are kept beside what pip itself keeps, which is of no use to it without a network.
    cache = repository_ctx.getenv("PIP_CACHE_DIR")
    wheels = cache + "/wheels-as-locked" if cache else "wheels"
    install = ["install", "--no-index", "--find-links=" + wheels, "--no-compile", "--root-user-action=ignore", "--target=site-packages"]
    if _pip(repository_ctx, install).return_code != 0:
        for arguments in [["download", "--dest=" + wheels], install]:
            result = _pip(repository_ctx, arguments)
            if result.return_code != 0:
                fail("pip {} for {} failed:\n{}".format(arguments[0], lock, result.stderr))
    if not cache:
        repository_ctx.delete(wheels)

    # Compiled where they are, without times, the same bytes come out in every folder.
    result = repository_ctx.execute(
        [_PYTHON, "-m", "compileall", "-q", "--invalidation-mode=unchecked-hash", "."],
        working_directory = "site-packages",
    )
    if result.return_code != 0:
        fail("compiling the packages of {} failed:\n{}{}".format(lock, result.stdout, result.stderr))
    repository_ctx.file("BUILD.bazel", _BUILD)

# ANYHOST_BUILD_ROOT names the content of the build root, and with it the versions of Python and pip.
_pip_repository = repository_rule(
    implementation = _pip_repository_impl,
    attrs = {"lock": attr.label(mandatory = True)},
    environ = ["ANYHOST_BUILD_ROOT"],
)

_install = tag_class(
    attrs = {
        "lock": attr.label(
            doc = "The requirements.lock that pins the packages, with hashes and without addresses; `//tools/toolchains/python:update_lock` writes it.",
            mandatory = True,
        ),
        "name": attr.string(
            doc = "The repository's name; its packages are `@<name>//:packages`, for the `deps` of Python's rules.",
            mandatory = True,
        ),
    },
)

def _pip_impl(module_ctx):
    for module in module_ctx.modules:
        for install in module.tags.install:
            _pip_repository(
                name = install.name,
                lock = install.lock,
            )
    return module_ctx.extension_metadata(reproducible = True)

pip = module_extension(
    implementation = _pip_impl,
    doc = "Makes a repository for each `pip.install`, with the packages that its lock file pins.",
    tag_classes = {"install": _install},
)
