"""wasm_component_new: a component from a core module."""

load("//providers:providers.bzl", "WasmComponentInfo")

_WASM_TOOLS = "//toolchains:wasm_tools_toolchain_type"

def _wasm_component_new_impl(ctx):
    module = ctx.file.wasm_module
    adapters = [ctx.file.adapter] if ctx.file.adapter else []
    named = ctx.actions.declare_file(ctx.label.name + ".named.wasm")
    component = ctx.actions.declare_file(ctx.label.name + ".wasm")
    wasm_tools = ctx.toolchains[_WASM_TOOLS].wasm_tools

    # wasm-tools validates what it encodes.
    args = ctx.actions.args()
    args.add_all(["component", "new", "--debug-names=false"])
    args.add_all(adapters, before_each = "--adapt")
    args.add_all(ctx.attr.options)
    args.add(module)
    args.add("-o", named)
    ctx.actions.run(
        arguments = [args],
        executable = wasm_tools,
        inputs = [module] + adapters,
        mnemonic = "WasmComponentNew",
        outputs = [named],
        progress_message = "Making the component %{label}",
    )

    # The names that it gives what it encodes are a tenth of a small component; those of the module are its own.
    args = ctx.actions.args()
    args.add_all(["strip", "--delete", "^component-name$"])
    args.add(named)
    args.add("-o", component)
    ctx.actions.run(
        arguments = [args],
        executable = wasm_tools,
        inputs = [named],
        mnemonic = "WasmStrip",
        outputs = [component],
        progress_message = "Stripping the component %{label}",
    )
    return [
        DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        ),
        WasmComponentInfo(
            component_type = "component",
            exports = [],
            imports = [],
            metadata = {
                "name": ctx.label.name,
                "source_module": module.path,
            },
            profile = "unknown",
            profile_variants = {},
            wasm_file = component,
            wit_info = None,
        ),
    ]

wasm_component_new = rule(
    implementation = _wasm_component_new_impl,
    attrs = {
        "adapter": attr.label(
            doc = "An adapter for a module of WASI preview 1.",
            allow_single_file = [".wasm"],
        ),
        "options": attr.string_list(
            doc = "More options for `wasm-tools component new`.",
        ),
        "wasm_module": attr.label(
            doc = "The core module, with the sections that wit-bindgen adds to say its world.",
            allow_single_file = [".wasm"],
            mandatory = True,
        ),
    },
    doc = "Makes a core module a validated component.",
    toolchains = [_WASM_TOOLS],
)
