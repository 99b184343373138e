"""cc_component: a component from C and C++."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library")
load("@rules_wasm_component//wasm:defs.bzl", "wasm_component_new")
load(":bindings.bzl", "c_bindings")
load(":wasm_module.bzl", "WASM_OPT_FLAGS", "wasm_module")

_CXX = (".cc", ".cpp", ".cxx")

def cc_component(
        *,
        name,
        srcs,
        platform,
        wit,
        hdrs = [],
        deps = [],
        copts = [],
        linkopts = [],
        stack_size = 65536,
        wasm_opt_flags = WASM_OPT_FLAGS,
        visibility = None,
        tags = [],
        testonly = False):
    """Compiles C and C++ that exports a world to a WebAssembly component.

    The sources include `<world>.h`, the bindings that `c_bindings` writes, and define the functions that it declares;
    C++ sees them as `extern "C"`. C is C23, C++ is C++23 without exceptions and run-time type information, and as the
    build root has no C++ library for WebAssembly, without headers such as `<string>`.

    Args:
        name: the component; the file is `<name>.wasm`, the core module's target `<name>_module`.
        srcs: the source files: `.c`, `.cc`, `.cpp` and `.cxx`.
        platform: the WebAssembly platform to build for; one with a C library, such as `wasm32-wasip2`.
        wit: the `wit_library` that names the component's world.
        hdrs: the header files.
        deps: the `cc_library` targets it depends on.
        copts: more flags for the compiler, for both languages.
        linkopts: more flags for the linker.
        stack_size: bytes of the shadow stack in linear memory, a multiple of 16. An overflow traps.
        wasm_opt_flags: options for wasm-opt; an empty list leaves it out.
        visibility: who may use the component.
        tags: tags of all targets.
        testonly: whether only tests may use the component.
    """
    inner = dict(
        tags = tags + ["manual"],
        testonly = testonly,
    )
    compiled = dict(
        inner,
        includes = [
            ".",
            name + "_bindings",
        ],
        target_compatible_with = [Label("@platforms//cpu:wasm32")],
    )
    c_bindings(
        name = name + "_bindings",
        wit = wit,
        **inner
    )
    cxx = [src for src in srcs if src.endswith(_CXX)]
    if cxx:
        native.filegroup(
            name = name + "_header",
            srcs = [name + "_bindings"],
            output_group = "header",
            **inner
        )
        cc_library(
            name = name + "_cxx",
            srcs = cxx + hdrs + [name + "_header"],
            copts = [
                "-flto",
                "-std=c++23",
                "-fno-exceptions",
                "-fno-rtti",
            ] + copts,
            deps = deps,
            alwayslink = True,
            **compiled
        )
    cc_binary(
        name = name + "_module",
        srcs = [src for src in srcs if src not in cxx] + hdrs + [name + "_bindings"],
        copts = [
            "-flto",
            "-std=c23",
        ] + copts,
        linkopts = [
            "-flto",
            "-mexec-model=reactor",
            # Below the data, where it would not overwrite them.
            "-Wl,--stack-first",
            "-Wl,-z,stack-size={}".format(stack_size),
            "-Wl,--strip-debug",  # the names, too, go when wasm-opt writes the module
        ] + linkopts,
        deps = deps + ([name + "_cxx"] if cxx else []),
        **compiled
    )
    wasm_module(
        name = name + "_core",
        module = name + "_module",
        platform = platform,
        wasm_opt_flags = wasm_opt_flags,
        **inner
    )
    wasm_component_new(
        name = name,
        tags = tags,
        testonly = testonly,
        visibility = visibility,
        wasm_module = name + "_core",
    )
