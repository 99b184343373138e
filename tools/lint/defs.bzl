"""lint: what is asked of the sources of a guest, a host or a tool."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")
load(":clippy.bzl", "clippy_test")

# The programs and their settings, each with the variable in which sources.sh reads its path.
PROGRAMS = {
    Label(program): variable
    for program, variable in {
        "@build_root_lint//:bin/rustfmt": "RUSTFMT",
        "@build_root_lint//:bin/shellcheck": "SHELLCHECK",
        "@npm_lint//:node_modules/@bazel/buildifier/buildifier-linux_amd64": "BUILDIFIER",
        "@npm_lint//:node_modules/@biomejs/cli-linux-x64/biome": "BIOME",
        "@pip_lint//:site-packages/bin/ruff": "RUFF",
        "//tools/lint:web.json": "BIOME_CONFIG",
        "//tools/lint:ruff.toml": "RUFF_CONFIG",
    }.items()
}

def sources_test(name, folder):
    """Fails if a source file below a folder is not formatted, or if the linter of its language warns of it.

    Args:
        name: the test.
        folder: the folder, seen from the repository's root.
    """
    sh_test(
        name = name,
        size = "small",
        srcs = [Label(":sources.sh")],
        args = [
            "check",
            folder,
        ],
        data = ["//:MODULE.bazel"] + PROGRAMS.keys(),
        env = {variable: "$(rootpath {})".format(program) for program, variable in PROGRAMS.items()},
        # It reads the folder itself, whatever is in it: Bazel does not know when its result changes.
        tags = ["external"],
    )

def lint(clippy = []):
    """Declares `:lint`, the tests of the form of everything in this folder.

    Args:
        clippy: the Rust targets and the components whose crates Clippy looks at; its warnings are errors.

    Returns:
        The names of the tests.
    """
    tests = ["sources_test"]
    sources_test(
        name = "sources_test",
        folder = native.package_name(),
    )
    if clippy:
        tests.append("clippy_test")
        clippy_test(
            name = "clippy_test",
            size = "small",
            targets = clippy,
        )
    native.test_suite(
        name = "lint",
        tests = tests,
        visibility = ["//visibility:public"],
    )
    return tests
