"""transpile: a component as an ES module."""

load("//toolchains:defs.bzl", "JCO_TOOLCHAIN_TYPE")

def _transpile_impl(ctx):
    toolchain = ctx.toolchains[JCO_TOOLCHAIN_TYPE]
    out = ctx.actions.declare_directory(ctx.label.name + "_transpiled")
    args = ctx.actions.args()
    if ctx.attr.interfaces:
        args.add(ctx.file._transpile)
    args.add(toolchain.node_modules.path + "/@bytecodealliance/jco/dist/jco.js")
    args.add_all(["transpile", "--quiet"])
    args.add(ctx.file.component)
    args.add_all(["--out-dir", out.path])
    args.add_all(ctx.attr.options)
    ctx.actions.run(
        arguments = [args],
        executable = toolchain.node,
        inputs = [ctx.file.component],
        mnemonic = "JcoTranspile",
        outputs = [out],
        progress_message = "Transpiling %{label} to JavaScript",
        tools = [toolchain.node_modules, ctx.file._transpile] + ctx.files._interfaces,
    )
    outputs = depset([out])
    return [
        DefaultInfo(
            files = outputs,
            runfiles = ctx.runfiles([out]),
        ),
        OutputGroupInfo(transpiled = outputs),
    ]

transpile = rule(
    implementation = _transpile_impl,
    attrs = {
        "component": attr.label(
            doc = "The component.",
            allow_single_file = [".wasm"],
            mandatory = True,
        ),
        "interfaces": attr.bool(
            default = True,
            doc = "Writes `interfaces.json` into the folder, too: what the component imports and exports, with all types. Strings, booleans and small integers of the guest are then taken as the component model says: UTF-8 to the letter, and nothing of the bits that mean nothing.",
        ),
        "options": attr.string_list(
            doc = "Options of `jco transpile`, such as `--instantiation=async`.",
        ),
        "_interfaces": attr.label_list(
            allow_files = True,
            default = [":exact.mjs", ":interfaces.mjs", ":reader.mjs"],
        ),
        "_transpile": attr.label(
            allow_single_file = True,
            default = ":transpile.mjs",
        ),
    },
    doc = "Makes a component a folder with an ES module, its core modules and TypeScript declarations, as `jco transpile` does. The folder is also the output group `transpiled`.",
    toolchains = [JCO_TOOLCHAIN_TYPE],
)
