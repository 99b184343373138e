"""wasm_component_new: a component from a core module."""

load("//providers:providers.bzl", "WasmComponentInfo", "WitInfo")
load("//toolchains:defs.bzl", "WASM_TOOLS_TOOLCHAIN_TYPE")

def _wasm_transition_impl(settings, attr):
    platforms = [str(attr.platform)] if attr.platform else settings["//command_line_option:platforms"]
    return {
        "//command_line_option:compilation_mode": "opt",
        "//command_line_option:platforms": platforms,
    }

# Components are always optimised: their bytes must not depend on how the host that loads them is built.
_wasm_transition = transition(
    implementation = _wasm_transition_impl,
    inputs = ["//command_line_option:platforms"],
    outputs = [
        "//command_line_option:compilation_mode",
        "//command_line_option:platforms",
    ],
)

def _wasm_component_new_impl(ctx):
    toolchain = ctx.toolchains[WASM_TOOLS_TOOLCHAIN_TYPE]
    module = ctx.file.wasm_module
    component = ctx.actions.declare_file((ctx.attr.out or ctx.label.name) + ".wasm")

    if ctx.attr.wasm_opt_flags:
        optimised = ctx.actions.declare_file(ctx.label.name + ".core.wasm")
        args = ctx.actions.args()
        args.add_all(ctx.attr.wasm_opt_flags)
        args.add(module)
        args.add("-o", optimised)
        ctx.actions.run(
            arguments = [args],
            executable = toolchain.wasm_opt,
            inputs = [module],
            mnemonic = "WasmOpt",
            outputs = [optimised],
            progress_message = "Optimising %{label}",
        )
        module = optimised

    # wasm-tools validates what it encodes.
    args = ctx.actions.args()
    args.add_all(["component", "new"])
    args.add_all(ctx.attr.options)
    args.add(module)
    args.add("-o", component)
    ctx.actions.run(
        arguments = [args],
        executable = toolchain.wasm_tools,
        inputs = [module],
        mnemonic = "WasmComponentNew",
        outputs = [component],
        progress_message = "Making the component %{label}",
    )
    return [
        DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        ),
        OutputGroupInfo(core_module = depset([module])),
        WasmComponentInfo(
            component_type = "component",
            wasm_file = component,
            wit_info = ctx.attr.wit[WitInfo] if ctx.attr.wit else None,
        ),
    ]

wasm_component_new = rule(
    implementation = _wasm_component_new_impl,
    attrs = {
        "options": attr.string_list(
            doc = "More options for `wasm-tools component new`.",
        ),
        "out": attr.string(
            doc = "The component's file name without `.wasm`; the target's name by default.",
        ),
        "platform": attr.label(
            doc = "The platform that the core module is built for; by default the one asked for on the command line.",
        ),
        "wasm_module": attr.label(
            doc = "The core module, with the sections that wit-bindgen adds to say its world.",
            allow_single_file = True,
            cfg = _wasm_transition,
            mandatory = True,
        ),
        "wasm_opt_flags": attr.string_list(
            doc = "Options for Binaryen's wasm-opt, which the core module goes through first; none to leave it out.",
        ),
        "wit": attr.label(
            doc = "The component's world, for those who use the component.",
            providers = [WitInfo],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    doc = "Builds a core module for a WebAssembly platform, optimises it, and makes it a validated component.",
    toolchains = [WASM_TOOLS_TOOLCHAIN_TYPE],
)
