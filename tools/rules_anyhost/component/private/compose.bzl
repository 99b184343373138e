"""compose: components put together as a WAC document says."""

_WASM_TOOLS = "@rules_wasm_component//toolchains:wasm_tools_toolchain_type"

def _compose_impl(ctx):
    if bool(ctx.attr.document) == bool(ctx.file.document_file):
        fail("{} needs either document or document_file".format(ctx.label))
    document = ctx.file.document_file
    if not document:
        document = ctx.actions.declare_file(ctx.label.name + ".wac")
        ctx.actions.write(document, ctx.attr.document)

    component = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add("compose")
    files = []
    for target, package in ctx.attr.components.items():
        file = target.files.to_list()[0]
        files.append(file)
        args.add("--dep", "{}={}".format(package, file.path))
    args.add(document)
    args.add("-o", component)

    # Composed components are validated as wac encodes them.
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[_WASM_TOOLS].wac,
        inputs = files + [document],
        mnemonic = "WacCompose",
        outputs = [component],
        progress_message = "Composing %{label}",
    )
    return [DefaultInfo(files = depset([component]))]

compose = rule(
    implementation = _compose_impl,
    attrs = {
        "components": attr.label_keyed_string_dict(
            doc = "The components, each with the package name that the document has for it, such as `anyhost:command`.",
            allow_files = [".wasm"],
            mandatory = True,
        ),
        "document": attr.string(
            doc = "The document, in [the WAC language](https://github.com/bytecodealliance/wac/blob/main/LANGUAGE.md).",
        ),
        "document_file": attr.label(
            doc = "The document as a file, instead.",
            allow_single_file = [".wac"],
        ),
    },
    doc = "Composes components as a WAC document says, with `wac compose`. The result is a validated component like any other.",
    toolchains = [_WASM_TOOLS],
)
