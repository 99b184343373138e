"""The toolchain of command-line tools that the rules run."""

WASM_TOOLS_TOOLCHAIN_TYPE = Label("//toolchains:wasm_tools_toolchain_type")

_TOOLS = {
    "wac": "The program wac of the Bytecode Alliance, which composes components.",
    "wasm_opt": "Binaryen's optimiser.",
    "wasm_tools": "The program wasm-tools of the Bytecode Alliance.",
    "wit_bindgen_c": "A program `wit_bindgen_c WIT --world WORLD --out-dir DIR` that writes a world's bindings for C.",
}

def _wasm_tools_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(**{
        name: getattr(ctx.executable, name)
        for name in _TOOLS
    })]

wasm_tools_toolchain = rule(
    implementation = _wasm_tools_toolchain_impl,
    attrs = {
        name: attr.label(
            doc = doc,
            allow_single_file = True,
            cfg = "exec",
            executable = True,
            mandatory = True,
        )
        for name, doc in _TOOLS.items()
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_wasm_component//toolchains:wasm_tools_toolchain_type\")`.",
)
