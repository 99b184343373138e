"""jco_transpile: a component as an ES module."""

load("//providers:providers.bzl", "WasmComponentInfo")
load("//toolchains:defs.bzl", "JCO_TOOLCHAIN_TYPE")

def _jco_transpile_impl(ctx):
    toolchain = ctx.toolchains[JCO_TOOLCHAIN_TYPE]
    component = ctx.attr.component[WasmComponentInfo].wasm_file
    out = ctx.actions.declare_directory(ctx.label.name + "_transpiled")

    args = ctx.actions.args()
    args.add(toolchain.node_modules.path + "/@bytecodealliance/jco/dist/jco.js")
    args.add_all(["transpile", "--quiet"])
    args.add(component)
    args.add_all(["--out-dir", out.path])
    if ctx.attr.name_override:
        args.add("--name", ctx.attr.name_override)
    if ctx.attr.instantiation:
        args.add("--instantiation", ctx.attr.instantiation)
    args.add_all(ctx.attr.map, before_each = "--map")
    args.add_all(ctx.attr.options)
    ctx.actions.run(
        arguments = [args],
        executable = toolchain.node,
        inputs = [component],
        mnemonic = "JcoTranspile",
        outputs = [out],
        progress_message = "Transpiling %{label} to JavaScript",
        tools = [toolchain.node_modules],
    )
    outputs = depset([out])
    return [
        DefaultInfo(
            files = outputs,
            runfiles = ctx.runfiles([out]),
        ),
        OutputGroupInfo(transpiled = outputs),
    ]

jco_transpile = rule(
    implementation = _jco_transpile_impl,
    attrs = {
        "component": attr.label(
            doc = "The component.",
            mandatory = True,
            providers = [WasmComponentInfo],
        ),
        "instantiation": attr.string(
            doc = "`async` or `sync`: the module exports a function `instantiate`; by default it is an instance as soon as it is imported.",
            values = ["", "async", "sync"],
        ),
        "map": attr.string_list(
            doc = "What an imported interface is imported from, as `wasi:cli/*=./cli.js#*`.",
        ),
        "name_override": attr.string(
            doc = "The module's file name without `.js`; the component's by default.",
        ),
        "options": attr.string_list(
            doc = "More options for `jco transpile`.",
        ),
    },
    doc = "Makes a component a folder with an ES module, its core modules and TypeScript declarations, as `jco transpile` does.",
    toolchains = [JCO_TOOLCHAIN_TYPE],
)
