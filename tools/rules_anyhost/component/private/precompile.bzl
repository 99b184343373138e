"""precompile: a component compiled ahead of time."""

def _precompile_impl(ctx):
    cwasm = ctx.actions.declare_file(ctx.label.name + ".cwasm")
    args = ctx.actions.args()
    args.add(ctx.file.component)
    args.add("-o", cwasm)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable.compiler,
        inputs = [ctx.file.component],
        mnemonic = "WasmPrecompile",
        outputs = [cwasm],
        progress_message = "Compiling %{label} ahead of time",
    )
    return [DefaultInfo(
        files = depset([cwasm]),
        runfiles = ctx.runfiles([cwasm]),
    )]

precompile = rule(
    implementation = _precompile_impl,
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
            allow_single_file = [".wasm"],
            mandatory = True,
        ),
    },
    doc = "Compiles a component to machine code with a host's own engine, so that the host need not do it at each start.",
)
