"""wasm_module: a core module, built for a WebAssembly platform and optimised."""

load("//toolchains:defs.bzl", "COMPONENT_TOOLCHAIN_TYPE")

# Which features of WebAssembly a module uses it says itself, in the section `target_features`, which wasm-opt reads:
# whatever a crate or a C file is compiled with, `-Ctarget-feature=+simd128` or `-msimd128`, needs no flag here. The
# linker must not strip that section, so it is stripped last.
WASM_OPT_FLAGS = [
    "-Oz",
    "--strip-producers",
    "--strip-target-features",
]

def _wasm_transition_impl(_settings, attr):
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:platforms": str(attr.platform),
    }

# Components are always optimised: their bytes must not depend on how the host that loads them is built.
_wasm_transition = transition(
    implementation = _wasm_transition_impl,
    inputs = [],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
    ],
)

def _wasm_module_impl(ctx):
    optimised = ctx.actions.declare_file(ctx.label.name + ".wasm")
    if ctx.attr.wasm_opt_flags:
        args = ctx.actions.args()
        args.add_all(ctx.attr.wasm_opt_flags)
        args.add(ctx.file.module)
        args.add("-o", optimised)
        ctx.actions.run(
            arguments = [args],
            executable = ctx.toolchains[COMPONENT_TOOLCHAIN_TYPE].wasm_opt,
            inputs = [ctx.file.module],
            mnemonic = "WasmOpt",
            outputs = [optimised],
            progress_message = "Optimising %{label}",
        )
    else:
        ctx.actions.symlink(
            output = optimised,
            target_file = ctx.file.module,
        )
    return [DefaultInfo(files = depset([optimised]))]

wasm_module = rule(
    implementation = _wasm_module_impl,
    attrs = {
        "module": attr.label(
            doc = "What is linked to a core module: a `rust_shared_library`, or a `cc_binary`.",
            allow_single_file = True,
            cfg = _wasm_transition,
            mandatory = True,
        ),
        "platform": attr.label(
            doc = "The platform that it is built for.",
            mandatory = True,
        ),
        "wasm_opt_flags": attr.string_list(
            default = WASM_OPT_FLAGS,
            doc = "Options for Binaryen's wasm-opt; none to leave it out.",
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = "Builds a core module for a WebAssembly platform, always optimised, and has wasm-opt make it smaller.",
    toolchains = [COMPONENT_TOOLCHAIN_TYPE],
)
