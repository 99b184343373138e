"""rust_wasm_component: a component from a Rust crate."""

load("@rules_rust//rust:defs.bzl", "rust_shared_library")
load("//wasm:defs.bzl", "wasm_component_new")
load("//wasm:wasm_opt_flags.bzl", "WASM_OPT_FLAGS")

def rust_wasm_component(
        *,
        name,
        srcs,
        platform,
        wit = None,
        deps = [],
        proc_macro_deps = [],
        compile_data = [],
        crate_features = [],
        crate_name = None,
        crate_root = None,
        rustc_flags = [],
        stack_size = None,
        options = [],
        wasm_opt_flags = WASM_OPT_FLAGS,
        visibility = None,
        tags = [],
        **kwargs):
    """Compiles a Rust crate that exports a world to a WebAssembly component.

    The crate gets its bindings from `wit_bindgen::generate!` or from a crate such as `wasip2`, so that Cargo and editors
    see them too. It is compiled with link-time optimisation, for size where the toolchain says so, and aborts on panic.

    Args:
        name: the component; the file is `<name>.wasm`, the core module's target `<name>_module`.
        srcs: the crate's source files.
        platform: the WebAssembly platform to build for.
        wit: the `wit_library` with the component's world; its files can be read while the crate compiles. None for a
            world that comes with a crate.
        deps: the crates it depends on.
        proc_macro_deps: the proc macros it depends on.
        compile_data: more files that the crate reads while it compiles.
        crate_features: the features to compile with.
        crate_name: the crate's name; the target's name by default.
        crate_root: the file the crate begins with; `lib.rs` among the sources by default.
        rustc_flags: more flags for rustc.
        stack_size: bytes of the shadow stack in linear memory, a multiple of 16; the linker's default is 1 MiB, which
            makes each instance 17 pages at least. An overflow traps.
        options: more options for `wasm-tools component new`.
        wasm_opt_flags: options for wasm-opt; an empty list leaves it out.
        visibility: who may use the component.
        tags: tags of all targets.
        **kwargs: other common attributes of the component, such as `testonly`.
    """
    rust_shared_library(
        name = name + "_module",
        srcs = srcs,
        compile_data = compile_data + ([wit] if wit else []),
        crate_features = crate_features,
        crate_name = crate_name or name,
        crate_root = crate_root,
        proc_macro_deps = proc_macro_deps,
        rustc_flags = [
            "-Clto=fat",
            "-Ccodegen-units=1",
            "-Cpanic=abort",
            "-Cstrip=symbols",
        ] + (["-Clink-arg=-zstack-size={}".format(stack_size)] if stack_size else []) + rustc_flags,
        tags = tags + ["manual"],
        target_compatible_with = ["@platforms//cpu:wasm32"],
        deps = deps,
        **kwargs
    )
    wasm_component_new(
        name = name,
        options = options,
        platform = platform,
        tags = tags,
        visibility = visibility,
        wasm_module = name + "_module",
        wasm_opt_flags = wasm_opt_flags,
        wit = wit,
        **kwargs
    )
