"""wac_plug: exports of some components as imports of another."""

load("//providers:providers.bzl", "WasmComponentInfo")
load("//toolchains:defs.bzl", "WASM_TOOLS_TOOLCHAIN_TYPE")
load(":composition.bzl", "composition")

def _wac_plug_impl(ctx):
    socket = ctx.attr.socket[WasmComponentInfo].wasm_file
    plugs = [plug[WasmComponentInfo].wasm_file for plug in ctx.attr.plugs]
    component = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add("plug")
    args.add_all(plugs, before_each = "--plug")
    args.add(socket)
    args.add("-o", component)

    # Composed components are validated as wac encodes them.
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[WASM_TOOLS_TOOLCHAIN_TYPE].wac,
        inputs = plugs + [socket],
        mnemonic = "WacPlug",
        outputs = [component],
        progress_message = "Plugging %{label}",
    )
    return composition(ctx, component)

wac_plug = rule(
    implementation = _wac_plug_impl,
    attrs = {
        "plugs": attr.label_list(
            doc = "The components that export what the socket imports; what they import themselves stays an import.",
            mandatory = True,
            providers = [WasmComponentInfo],
        ),
        "socket": attr.label(
            doc = "The component whose imports are satisfied; its exports are those of the result.",
            mandatory = True,
            providers = [WasmComponentInfo],
        ),
    },
    doc = """Plugs the exports of components into the imports of another, with [`wac plug`](https://github.com/bytecodealliance/wac).

The result is a validated component like any other: it can be run, tested, and composed again. A plug of which the
socket imports nothing fails the build.
""",
    toolchains = [WASM_TOOLS_TOOLCHAIN_TYPE],
)
