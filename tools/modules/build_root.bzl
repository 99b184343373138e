"""The compilers and tools of the build root, as a repository.

It and Rust's toolchains are in a module that is never the workspace itself, so that they have the same paths in every
workspace: what one has compiled, another takes from the disk cache.
"""

# Programs by the name that they have in //:bin/ of their repository: @build_root is the base, which is always there,
# @build_root_<add-on> is added to the root when a target first needs it. tools/buildroot/packages has the same parts.
_PROGRAMS = {
    "": {
        "cargo": "/usr/bin/cargo",
        "cargo-clippy": "/usr/bin/cargo-clippy",
        "clang": "/usr/bin/clang-22",
        "clippy-driver": "/usr/bin/clippy-driver",
        "openssl": "/usr/bin/openssl",
        "python3": "/usr/bin/python3",
        "rustc": "/usr/bin/rustc",
        "rustdoc": "/usr/bin/rustdoc",
        "wasm-opt": "/usr/bin/wasm-opt",
    },
    "bench": {
        "wrk": "/usr/bin/wrk",
    },
    "browser": {
        "chromium": "/usr/lib/chromium/chromium",
    },
    "containers": {
        "containerd": "/usr/bin/containerd",
        "docker": "/usr/bin/docker",
        "docker-registry": "/usr/bin/docker-registry",
        "skopeo": "/usr/bin/skopeo",
        "umoci": "/usr/bin/umoci",
    },
    "go": {
        "go": "/usr/bin/go",
        "gofmt": "/usr/bin/gofmt",
    },
    "lint": {
        "rubocop": "/usr/bin/rubocop",
        "rustfmt": "/usr/bin/rustfmt",
        "shellcheck": "/usr/bin/shellcheck",
    },
    "nodejs": {
        "node": "/usr/bin/node",
        "npm": "/usr/bin/npm",
    },
    "ruby": {
        "ruby": "/usr/bin/ruby",
    },
}

_RUST_TRIPLES = [
    "wasm32-unknown-unknown",
    "wasm32-wasip2",
    "x86_64-unknown-linux-gnu",
]

_BUILD = """
load("@rules_rust//rust:toolchain.bzl", "rust_stdlib_filegroup")

package(default_visibility = ["//visibility:public"])

exports_files(glob(["bin/*"]))

[
    rust_stdlib_filegroup(
        name = "rust_std-" + triple,
        srcs = glob(
            ["lib/rustlib/{}/lib/**".format(triple)],
            allow_empty = False,
        ),
    )
    for triple in %s
]
"""

def _build_root_repository_impl(repository_ctx):
    add_on = repository_ctx.attr.add_on
    if not repository_ctx.path("/etc/anyhost/root").exists:
        fail("this is not the build root: run Bazel with ./bazel, which runs it inside")
    if add_on:
        repository_ctx.report_progress("adding '{}' to the build root".format(add_on))
        result = repository_ctx.execute(["/usr/share/anyhost/add", add_on], quiet = False, timeout = 7200)
        if result.return_code != 0:
            fail("the add-on '{}' of the build root cannot be had: see above".format(add_on))
    for name, path in _PROGRAMS[add_on].items():
        repository_ctx.symlink(path, "bin/" + name)
    triples = [] if add_on else _RUST_TRIPLES
    for triple in triples:
        repository_ctx.symlink("/usr/lib/rustlib/" + triple, "lib/rustlib/" + triple)
    repository_ctx.file("BUILD.bazel", _BUILD % repr(triples))

# ANYHOST_BUILD_ROOT names the root's lock: another root is another repository. A local one is made anew with each
# server, so what is gone with an old root comes back.
_build_root_repository = repository_rule(
    implementation = _build_root_repository_impl,
    attrs = {"add_on": attr.string()},
    environ = ["ANYHOST_BUILD_ROOT"],
    local = True,
)

def _build_root_impl(module_ctx):
    for add_on in _PROGRAMS:
        _build_root_repository(
            name = "build_root_" + add_on if add_on else "build_root",
            add_on = add_on,
        )
    return module_ctx.extension_metadata(reproducible = True)

build_root = module_extension(
    implementation = _build_root_impl,
    doc = "Makes the repositories `build_root`, with programs below `//:bin/` and Rust's standard library for each triple, and `build_root_<add-on>`.",
)
