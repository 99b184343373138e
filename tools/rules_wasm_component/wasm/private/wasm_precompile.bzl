"""wasm_precompile: a component compiled ahead of time."""

load("//providers:providers.bzl", "WasmComponentInfo", "WasmPrecompiledInfo")

def _wasm_precompile_impl(ctx):
    source = ctx.attr.component[WasmComponentInfo].wasm_file
    cwasm = ctx.actions.declare_file(ctx.label.name + ".cwasm")
    args = ctx.actions.args()
    args.add(source)
    args.add("-o", cwasm)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable.compiler,
        inputs = [source],
        mnemonic = "WasmPrecompile",
        outputs = [cwasm],
        progress_message = "Compiling %{label} ahead of time",
    )
    return [
        DefaultInfo(
            files = depset([cwasm]),
            runfiles = ctx.runfiles([cwasm]),
        ),
        WasmPrecompiledInfo(
            cwasm_file = cwasm,
            source_wasm = source,
        ),
    ]

wasm_precompile = rule(
    implementation = _wasm_precompile_impl,
    attrs = {
        "compiler": attr.label(
            doc = "A program `compiler IN.wasm -o OUT.cwasm` with the engine configuration of the host that loads the result.",
            # As the host is built, so that the engine is compiled once for both.
            cfg = "target",
            executable = True,
            mandatory = True,
        ),
        "component": attr.label(
            doc = "The component.",
            mandatory = True,
            providers = [WasmComponentInfo],
        ),
    },
    doc = "Compiles a component to machine code, so that a host need not do it at each start.",
)
