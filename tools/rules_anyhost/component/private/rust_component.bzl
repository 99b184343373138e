"""rust_component: a component from a Rust crate."""

load("@rules_rust//rust:defs.bzl", "rust_shared_library")
load("@rules_wasm_component//wasm:defs.bzl", "wasm_component_new")
load(":wasm_module.bzl", "WASM_OPT_FLAGS", "wasm_module")
load(":wit_files.bzl", "wit_files")

def rust_component(
        *,
        name,
        srcs,
        platform,
        wit = None,
        deps = [],
        compile_data = [],
        crate_name = None,
        rustc_flags = [],
        stack_size = None,
        options = [],
        wasm_opt_flags = WASM_OPT_FLAGS,
        visibility = None,
        tags = [],
        testonly = False,
        **kwargs):
    """Compiles a Rust crate that exports a world to a WebAssembly component.

    The crate gets its bindings from `wit_bindgen::generate!` or from a crate such as `wasip2`, so that Cargo and editors
    see them too. It is compiled with link-time optimisation, for size where the toolchain says so, and aborts on panic.

    Args:
        name: the component; the file is `<name>.wasm`, the crate's target `<name>_module`.
        srcs: the crate's source files.
        platform: the WebAssembly platform to build for.
        wit: the `wit_library` with the component's world; its files can be read while the crate compiles. None for a
            world that comes with a crate.
        deps: the crates it depends on.
        compile_data: more files that the crate reads while it compiles.
        crate_name: the crate's name; the target's name by default.
        rustc_flags: more flags for rustc.
        stack_size: bytes of the shadow stack in linear memory, a multiple of 16; the linker's default is 1 MiB, which
            makes each instance 17 pages at least. An overflow traps.
        options: more options for `wasm-tools component new`.
        wasm_opt_flags: options for wasm-opt; an empty list leaves it out.
        visibility: who may use the component.
        tags: tags of all targets.
        testonly: whether only tests may use the component.
        **kwargs: more attributes of the `rust_shared_library`, such as `crate_features` and `proc_macro_deps`.
    """
    if wit:
        wit_files(
            name = name + "_wit_files",
            tags = tags + ["manual"],
            testonly = testonly,
            wit = wit,
        )
    rust_shared_library(
        name = name + "_module",
        srcs = srcs,
        compile_data = compile_data + ([name + "_wit_files"] if wit else []),
        crate_name = crate_name or name,
        rustc_flags = [
            "-Clto=fat",
            "-Ccodegen-units=1",
            "-Cpanic=abort",
            "-Cstrip=debuginfo",  # the names, too, go when wasm-opt writes the module
        ] + (["-Clink-arg=-zstack-size={}".format(stack_size)] if stack_size else []) + rustc_flags,
        tags = tags + ["manual"],
        target_compatible_with = [Label("@platforms//cpu:wasm32")],
        testonly = testonly,
        deps = deps,
        **kwargs
    )
    wasm_module(
        name = name + "_core",
        module = name + "_module",
        platform = platform,
        tags = tags + ["manual"],
        testonly = testonly,
        wasm_opt_flags = wasm_opt_flags,
    )
    wasm_component_new(
        name = name,
        options = options,
        tags = tags,
        testonly = testonly,
        visibility = visibility,
        wasm_module = name + "_core",
    )
