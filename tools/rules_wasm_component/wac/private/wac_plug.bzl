"""wac_plug: exports of some components as imports of another."""

_WASM_TOOLS = "//toolchains:wasm_tools_toolchain_type"

def _components(target):
    files = [file for file in target.files.to_list() if file.extension == "wasm"]
    if not files:
        fail("{} has no .wasm file, so it is no component".format(target.label))
    return files

def _wac_plug_impl(ctx):
    socket = _components(ctx.attr.socket)[0]
    plugs = [file for plug in ctx.attr.plugs for file in _components(plug)]
    component = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add("plug")
    args.add_all(plugs, before_each = "--plug")
    args.add(socket)
    args.add("-o", component)

    # Composed components are validated as wac encodes them.
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[_WASM_TOOLS].wac,
        inputs = plugs + [socket],
        mnemonic = "WacPlug",
        outputs = [component],
        progress_message = "Plugging %{label}",
    )
    return [DefaultInfo(files = depset([component]))]

wac_plug = rule(
    implementation = _wac_plug_impl,
    attrs = {
        "plugs": attr.label_list(
            doc = "The components that export what the socket imports; what they import themselves stays an import.",
            allow_empty = False,
            allow_files = [".wasm"],
            mandatory = True,
        ),
        "socket": attr.label(
            doc = "The component whose imports are satisfied; its exports are those of the result.",
            allow_files = [".wasm"],
            mandatory = True,
        ),
    },
    doc = """Plugs the exports of components into the imports of another, with [`wac plug`](https://github.com/bytecodealliance/wac).

The result is a validated component like any other: it can be run, tested, and composed again. What `wac plug` would
leave out without a word fails the build and is named: a plug of which the socket imports nothing, an export whose type
is not the one that the socket imports, and an import that two plugs export.
""",
    toolchains = [_WASM_TOOLS],
)
