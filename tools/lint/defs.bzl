"""lint: what is asked of the sources of a guest, a host or a tool."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")
load(":clippy.bzl", "clippy_test")

# The programs and their settings, each with the variable in which sources.sh reads its path.
PROGRAMS = {
    Label(program): variable
    for program, variable in {
        "@build_root_go//:bin/gofmt": "GOFMT",
        "@build_root_lint//:bin/rubocop": "RUBOCOP",
        "@build_root_lint//:bin/rustfmt": "RUSTFMT",
        "@build_root_lint//:bin/shellcheck": "SHELLCHECK",
        "@npm_lint//:node_modules/@bazel/buildifier/buildifier-linux_amd64": "BUILDIFIER",
        "@npm_lint//:node_modules/@biomejs/cli-linux-x64/biome": "BIOME",
        "@pip_lint//:site-packages/bin/ruff": "RUFF",
        "//tools/lint:web.json": "BIOME_CONFIG",
        "//tools/lint:rubocop.yml": "RUBOCOP_CONFIG",
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

_CRATES = ["rust_binary", "rust_library", "rust_shared_library", "rust_test"]

def clippy():
    """Declares `:clippy_test`: Clippy's opinion of the crates before it in its file, and of what components there are made of.

    Returns:
        The names of the tests: one, or none if there is no crate.
    """
    rules = native.existing_rules()
    own = {name: rule["kind"] for name, rule in rules.items()}
    modules = [name + "_module" for name, kind in own.items() if kind == "wasm_component_new"]
    crates = [name for name, kind in own.items() if kind in _CRATES and name not in modules]
    crates += [module.removesuffix("_module") for module in modules if own.get(module) == "rust_shared_library"]
    if not crates:
        return []

    # A program that only a build asks for is built for that.
    tools = [name for name in crates if own[name] == "rust_binary" and "manual" in rules[name]["tags"]]
    clippy_test(
        name = "clippy_test",
        size = "small",
        targets = [name for name in crates if name not in tools],
        tools = tools,
        visibility = ["//visibility:public"],
    )
    return ["clippy_test"]

def lint(folders = []):
    """Declares `:lint`, the tests of the form of everything in this folder. It comes last in its file, as `clippy` does.

    Args:
        folders: the folders in this one, seen from here, that call `clippy` themselves.

    Returns:
        The names of the tests.
    """
    sources_test(
        name = "sources_test",
        folder = native.package_name(),
    )
    tests = ["sources_test"] + clippy()
    tests += ["//{}/{}:clippy_test".format(native.package_name(), folder) for folder in folders]
    native.test_suite(
        name = "lint",
        tests = tests,
        visibility = ["//visibility:public"],
    )
    return tests
