"""The toolchains of command-line tools that the rules run."""

JCO_TOOLCHAIN_TYPE = Label("//toolchains:jco_toolchain_type")
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

def _jco_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        node = ctx.executable.node,
        node_modules = ctx.file.node_modules,
    )]

jco_toolchain = rule(
    implementation = _jco_toolchain_impl,
    attrs = {
        "node": attr.label(
            doc = "Node.js.",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
        "node_modules": attr.label(
            doc = "A folder `node_modules` with the npm package @bytecodealliance/jco and what it needs.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_wasm_component//toolchains:jco_toolchain_type\")`.",
)
