"""The toolchain of the command-line tools that the rules run."""

def _wasm_tools_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        wac = ctx.executable.wac,
        wasm_tools = ctx.executable.wasm_tools,
    )]

wasm_tools_toolchain = rule(
    implementation = _wasm_tools_toolchain_impl,
    attrs = {
        name: attr.label(
            doc = doc,
            allow_single_file = True,
            cfg = "exec",
            executable = True,
        )
        for name, doc in {
            "wac": "The program wac of the Bytecode Alliance, which composes components; its `plug` has to fail if it leaves out a plug.",
            "wasm_tools": "The program wasm-tools of the Bytecode Alliance.",
        }.items()
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_wasm_component//toolchains:wasm_tools_toolchain_type\")`.",
)
