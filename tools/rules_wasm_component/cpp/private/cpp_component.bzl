"""cpp_component: a component from C."""

load("@rules_cc//cc:defs.bzl", "cc_binary")
load("//wasm:defs.bzl", "wasm_component_new")
load("//wasm:wasm_opt_flags.bzl", "WASM_OPT_FLAGS")
load("//wit:defs.bzl", "wit_bindgen")

def cpp_component(
        *,
        name,
        srcs,
        platform,
        wit,
        language = "c",
        hdrs = [],
        deps = [],
        copts = [],
        linkopts = [],
        stack_size = 65536,
        wasm_opt_flags = WASM_OPT_FLAGS,
        visibility = None,
        tags = [],
        **kwargs):
    """Compiles C that exports a world to a WebAssembly component.

    The sources include `<world>.h`, the bindings that `wit_bindgen` writes, and define the functions that it declares.

    Args:
        name: the component; the file is `<name>.wasm`, the core module's target `<name>_module`.
        srcs: the source files.
        platform: the WebAssembly platform to build for; one with a C library, such as `wasm32-wasip2`.
        wit: the `wit_library` that names the component's world.
        language: the sources' language, `c`.
        hdrs: the header files.
        deps: the `cc_library` targets it depends on.
        copts: more flags for the compiler.
        linkopts: more flags for the linker.
        stack_size: bytes of the shadow stack in linear memory, a multiple of 16. An overflow traps.
        wasm_opt_flags: options for wasm-opt; an empty list leaves it out.
        visibility: who may use the component.
        tags: tags of all targets.
        **kwargs: other common attributes of the component, such as `testonly`.
    """
    wit_bindgen(
        name = name + "_bindings",
        language = language,
        tags = tags + ["manual"],
        wit = wit,
        **kwargs
    )
    cc_binary(
        name = name + "_module",
        srcs = srcs + hdrs + [name + "_bindings"],
        copts = [
            "-flto",
            "-std=c23",
        ] + copts,
        includes = ["."],
        linkopts = [
            "-flto",
            "-mexec-model=reactor",
            # Below the data, where it would not overwrite them.
            "-Wl,--stack-first",
            "-Wl,-z,stack-size={}".format(stack_size),
            "-Wl,--strip-all",
        ] + linkopts,
        tags = tags + ["manual"],
        target_compatible_with = ["@platforms//cpu:wasm32"],
        deps = deps,
        **kwargs
    )
    wasm_component_new(
        name = name,
        platform = platform,
        tags = tags,
        visibility = visibility,
        wasm_module = name + "_module",
        wasm_opt_flags = wasm_opt_flags,
        wit = wit,
        **kwargs
    )
