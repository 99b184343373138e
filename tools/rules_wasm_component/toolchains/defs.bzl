"""The toolchains of command-line tools that the rules run."""

JCO_TOOLCHAIN_TYPE = Label("//toolchains:jco_toolchain_type")
WASM_TOOLS_TOOLCHAIN_TYPE = Label("//toolchains:wasm_tools_toolchain_type")

def _wasm_tools_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        wasm_opt = ctx.executable.wasm_opt,
        wasm_tools = ctx.executable.wasm_tools,
    )]

wasm_tools_toolchain = rule(
    implementation = _wasm_tools_toolchain_impl,
    attrs = {
        "wasm_opt": attr.label(
            doc = "Binaryen's optimiser.",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
        "wasm_tools": attr.label(
            doc = "The program wasm-tools of the Bytecode Alliance.",
            allow_single_file = True,
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
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
