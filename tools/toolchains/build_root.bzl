"""The compilers and tools of the build root, as a repository."""

# Programs by the name they have in @build_root//:bin/.
_PROGRAMS = {
    "cargo": "/usr/bin/cargo",
    "cargo-clippy": "/usr/bin/cargo-clippy",
    "chromium": "/usr/lib/chromium/chromium",
    "clang": "/usr/bin/clang-22",
    "clippy-driver": "/usr/bin/clippy-driver",
    "docker": "/usr/bin/docker",
    "docker-registry": "/usr/bin/docker-registry",
    "node": "/usr/bin/node",
    "openssl": "/usr/bin/openssl",
    "python3": "/usr/bin/python3",
    "ruby": "/usr/bin/ruby",
    "rustc": "/usr/bin/rustc",
    "rustdoc": "/usr/bin/rustdoc",
    "rustfmt": "/usr/bin/rustfmt",
    "shellcheck": "/usr/bin/shellcheck",
    "skopeo": "/usr/bin/skopeo",
    "umoci": "/usr/bin/umoci",
    "wasm-opt": "/usr/bin/wasm-opt",
    "wasm-tools": "/usr/bin/wasm-tools",
    "wrk": "/usr/bin/wrk",
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
    for name, path in _PROGRAMS.items():
        if not repository_ctx.path(path).exists:
            fail("{} is missing: run Bazel with ./bazel, which runs it inside the build root".format(path))
        repository_ctx.symlink(path, "bin/" + name)
    for triple in _RUST_TRIPLES:
        repository_ctx.symlink("/usr/lib/rustlib/" + triple, "lib/rustlib/" + triple)
    repository_ctx.file("BUILD.bazel", _BUILD % repr(_RUST_TRIPLES))

# ANYHOST_BUILD_ROOT names the root's content: another root is another repository.
_build_root_repository = repository_rule(
    implementation = _build_root_repository_impl,
    environ = ["ANYHOST_BUILD_ROOT"],
    local = True,
)

def _build_root_impl(module_ctx):
    _build_root_repository(name = "build_root")
    return module_ctx.extension_metadata(reproducible = True)

build_root = module_extension(
    implementation = _build_root_impl,
    doc = "Makes the repository `build_root`: programs below `//:bin/`, and Rust's standard library for each triple.",
)
