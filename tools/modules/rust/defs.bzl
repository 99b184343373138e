"""The build root's Rust as a toolchain for one target triple."""

load("@rules_rust//rust:toolchain.bzl", "rust_toolchain")

def build_root_rust_toolchain(*, name, constraints, opt_level = "3", rustc_flags = [], **kwargs):
    """Declares the toolchain that compiles for `name`, run on x86_64 Linux.

    Args:
        name: the target triple.
        constraints: the constraint values of platforms that the toolchain is for.
        opt_level: rustc's `-Copt-level` under `--compilation_mode=opt`.
        rustc_flags: more flags for rustc.
        **kwargs: file extensions and link flags, as `rust_toolchain` takes them.
    """
    rust_toolchain(
        name = name + "_tools",
        cargo = "@build_root//:bin/cargo",
        cargo_clippy = "@build_root//:bin/cargo-clippy",
        clippy_driver = "@build_root//:bin/clippy-driver",
        default_edition = "2024",
        exec_triple = "x86_64-unknown-linux-gnu",
        extra_rustc_flags = rustc_flags,
        opt_level = {
            "dbg": "0",
            "fastbuild": "0",
            "opt": opt_level,
        },
        rust_doc = "@build_root//:bin/rustdoc",
        rust_std = "@build_root//:rust_std-" + name,
        rustc = "@build_root//:bin/rustc",
        target_triple = name,
        **kwargs
    )
    native.toolchain(
        name = name,
        exec_compatible_with = [
            "@platforms//cpu:x86_64",
            "@platforms//os:linux",
        ],
        target_compatible_with = constraints,
        toolchain = name + "_tools",
        toolchain_type = "@rules_rust//rust:toolchain_type",
    )
