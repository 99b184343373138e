"""js_component: a component from JavaScript or TypeScript."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")
load("//toolchains:defs.bzl", "JCO_TOOLCHAIN_TYPE", "QUICKJS_TOOLCHAIN_TYPE", "STARLINGMONKEY_TOOLCHAIN_TYPE")
load(":wit_files.bzl", "path_in_package", "wit_dir")

_WASM_TOOLS = "@rules_wasm_component//toolchains:wasm_tools_toolchain_type"

_TYPED = (".mts", ".ts")

def _world(ctx):
    world = ctx.attr.wit[WitInfo].world_name
    if not world:
        fail("{} names no world, which {} needs".format(ctx.attr.wit.label, ctx.label))
    return world

def _sources(ctx, args):
    """Hands on the sources, each with its path in the package: messages and stacks name it, wherever it is."""
    for file in ctx.files.srcs:
        args.add("--source={}={}".format(path_in_package(file, ctx.label), file.path))
    args.add("--package", ctx.label.package)
    args.add("--wit", wit_dir(ctx.attr.wit).path)
    args.add("--world", _world(ctx))
    args.add("--wasm-tools", ctx.toolchains[_WASM_TOOLS].wasm_tools)

def _entry_point(ctx):
    paths = [path_in_package(file, ctx.label) for file in ctx.files.srcs]
    entry_point = ctx.attr.entry_point or (paths[0] if len(paths) == 1 else "")
    if entry_point not in paths:
        fail("{}: expected entry_point to be one of {}".format(ctx.label, ", ".join(paths)))
    return entry_point

def _typescript_check_impl(ctx):
    toolchain = ctx.toolchains[JCO_TOOLCHAIN_TYPE]
    types = ctx.actions.declare_directory(ctx.label.name)
    args = ctx.actions.args()
    args.add(ctx.file._check)
    _sources(ctx, args)
    args.add("--entry", _entry_point(ctx))
    args.add("--node-modules", toolchain.node_modules.path)
    args.add("--out", types.path)
    ctx.actions.run(
        arguments = [args],
        executable = toolchain.node,
        inputs = ctx.files.srcs + [wit_dir(ctx.attr.wit)],
        mnemonic = "TypeScriptCheck",
        outputs = [types],
        progress_message = "Checking the types of %{label}",
        tools = [toolchain.node_modules, ctx.file._check, ctx.toolchains[_WASM_TOOLS].wasm_tools] + ctx.files._modules,
    )
    return [DefaultInfo(files = depset([types]))]

_SOURCES = {
    "entry_point": attr.string(
        doc = "The source whose exports are the component's, as its path in the package; not needed if there is one source.",
    ),
    "srcs": attr.label_list(
        doc = "The modules.",
        allow_files = [".js", ".mjs", ".mts", ".ts"],
        mandatory = True,
    ),
    "wit": attr.label(
        doc = "The library that names the world.",
        mandatory = True,
        providers = [WitInfo],
    ),
    "_modules": attr.label_list(
        allow_files = True,
        default = [":js_sources.mjs"],
    ),
}

_typescript_check = rule(
    implementation = _typescript_check_impl,
    attrs = dict(_SOURCES, _check = attr.label(
        allow_single_file = True,
        default = ":typescript_check.mjs",
    )),
    doc = "Fails unless the sources have no type errors and export what the world has. Its output are the world's types.",
    toolchains = [JCO_TOOLCHAIN_TYPE, _WASM_TOOLS],
)

def _component_rule(engine, toolchain_type):
    """The rule of an engine, whose toolchain is looked for only where it is used."""

    def _impl(ctx):
        toolchain = ctx.toolchains[toolchain_type]
        tools = ctx.toolchains[_WASM_TOOLS]
        component = ctx.actions.declare_file(ctx.label.name + ".wasm")
        args = ctx.actions.args()
        args.add(ctx.file._program)
        _sources(ctx, args)
        args.add("--entry", _entry_point(ctx))
        args.add("--node-modules", toolchain.node_modules.path)
        args.add("--same-bytes", toolchain.same_bytes)
        args.add("--wac", tools.wac)
        args.add("--out", component)
        if ctx.attr.debug:
            args.add("--debug")
        ctx.actions.run(
            arguments = [args],
            executable = toolchain.node,
            inputs = ctx.files.srcs + ctx.files.checked + [wit_dir(ctx.attr.wit)],
            mnemonic = "JsComponent",
            outputs = [component],
            progress_message = "Making the component %{label}",
            tools = [toolchain.node_modules, toolchain.same_bytes, ctx.file._program, tools.wac, tools.wasm_tools] + ctx.files._modules,
        )
        return [DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        )]

    return rule(
        implementation = _impl,
        attrs = _SOURCES | {
            "debug": attr.bool(doc = "Whether it keeps WASI, and so tells of exceptions."),
            "checked": attr.label_list(doc = "What has to be well before: the check of types."),
            "_program": attr.label(
                allow_single_file = True,
                default = ":{}.mjs".format(engine),
            ),
        },
        doc = "A component with the engine {}, which runs the sources.".format(engine),
        toolchains = [toolchain_type, _WASM_TOOLS],
    )

_quickjs_component = _component_rule("quickjs", QUICKJS_TOOLCHAIN_TYPE)

_starlingmonkey_component = _component_rule("starlingmonkey", STARLINGMONKEY_TOOLCHAIN_TYPE)

_ENGINES = {
    "quickjs": _quickjs_component,
    "starlingmonkey": _starlingmonkey_component,
}

def js_component(
        *,
        name,
        srcs,
        wit,
        entry_point = None,
        engine = "quickjs",
        debug = False,
        visibility = None,
        tags = [],
        testonly = False):
    """Makes a WebAssembly component of ES modules, with the engine that runs them in it.

    The modules export what the world does: an interface is an object with its functions and classes, by its name in
    `camelCase`. They import other modules by relative paths, and interfaces of the world by their names. The top level
    of the modules runs once, while the component is built, and each instance begins with what it left: nothing of a
    clock or of chance may be in that. The component imports what the world does, and nothing of WASI besides.

    TypeScript is checked strictly, with the world's types, and an error fails the build; its types are then erased, so
    that lines and columns stay. They may be no more than types: no `enum`, no `namespace`.

    Args:
        name: the component; the file is `<name>.wasm`. With TypeScript, the world's types are `<name>_types`.
        srcs: the modules: `.js`, `.mjs`, `.ts` and `.mts`.
        wit: the `wit_library` that names the component's world.
        entry_point: the module whose exports are the component's, as its path in the package; not needed if there is
            but one.
        engine: `quickjs`, which is small, or `starlingmonkey`, which is large, and has exact 64-bit integers.
        debug: whether the component keeps what it would import of WASI, so that an exception which nobody catches is told
            on standard error, with its message and stack.
        visibility: who may use the component.
        tags: tags of all targets.
        testonly: whether only tests may use the component.
    """
    if engine not in _ENGINES:
        fail("//{}:{}: expected engine to be one of {}".format(native.package_name(), name, ", ".join(_ENGINES)))
    sources = dict(
        srcs = srcs,
        entry_point = entry_point,
        wit = wit,
        testonly = testonly,
    )
    typed = [src for src in srcs if src.endswith(_TYPED)]
    if typed:
        _typescript_check(
            name = name + "_types",
            tags = tags + ["manual"],
            visibility = visibility,
            **sources
        )
    _ENGINES[engine](
        name = name,
        debug = debug,
        checked = [name + "_types"] if typed else [],
        tags = tags,
        visibility = visibility,
        **sources
    )
