"""wac_compose: components put together as a WAC document says."""

load("//providers:providers.bzl", "WasmComponentInfo")
load("//toolchains:defs.bzl", "WASM_TOOLS_TOOLCHAIN_TYPE")
load(":composition.bzl", "composition")

def _wac_compose_impl(ctx):
    if bool(ctx.attr.composition) == bool(ctx.file.composition_file):
        fail("{} needs either composition or composition_file".format(ctx.label))
    document = ctx.file.composition_file
    if not document:
        document = ctx.actions.declare_file(ctx.label.name + ".wac")
        ctx.actions.write(document, ctx.attr.composition)

    component = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add("compose")
    files = []
    for target, package in ctx.attr.components.items():
        file = target[WasmComponentInfo].wasm_file
        files.append(file)
        args.add("--dep", "{}={}".format(package, file.path))
    args.add(document)
    args.add("-o", component)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[WASM_TOOLS_TOOLCHAIN_TYPE].wac,
        inputs = files + [document],
        mnemonic = "WacCompose",
        outputs = [component],
        progress_message = "Composing %{label}",
    )
    return composition(ctx, component)

wac_compose = rule(
    implementation = _wac_compose_impl,
    attrs = {
        "components": attr.label_keyed_string_dict(
            doc = "The components, each with the package name that the document has for it, such as `anyhost:command`.",
            mandatory = True,
            providers = [WasmComponentInfo],
        ),
        "composition": attr.string(
            doc = "The document, in [the WAC language](https://github.com/bytecodealliance/wac/blob/main/LANGUAGE.md).",
        ),
        "composition_file": attr.label(
            doc = "The document as a file, instead.",
            allow_single_file = [".wac"],
        ),
    },
    doc = "Composes components as a WAC document says, with `wac compose`. The result is a validated component like any other.",
    toolchains = [WASM_TOOLS_TOOLCHAIN_TYPE],
)
