"""python_component: a component from Python."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")
load("//toolchains:defs.bzl", "COMPONENTIZE_PY_TOOLCHAIN_TYPE")
load(":wit_files.bzl", "path_in_package", "wit_dir")

_WASM_TOOLS = "@rules_wasm_component//toolchains:wasm_tools_toolchain_type"

def _run(ctx, mode, out, args, inputs = [], tools = [], **kwargs):
    """Runs the program, which writes `out`, in a mode of its."""
    toolchain = ctx.toolchains[COMPONENTIZE_PY_TOOLCHAIN_TYPE]
    world = ctx.attr.wit[WitInfo].world_name
    if not world:
        fail("{} names no world, which {} needs".format(ctx.attr.wit.label, ctx.label))
    common = ctx.actions.args()
    common.add_all(["-IS", ctx.file._program, mode])
    common.add("--packages", toolchain.packages.path)
    common.add_all(toolchain.same_bytes, before_each = "--same-bytes")
    common.add("--wit", wit_dir(ctx.attr.wit).path)
    common.add("--world", world)
    common.add("--out", out.path)
    ctx.actions.run(
        arguments = [common, args],
        executable = toolchain.python,
        inputs = inputs + [wit_dir(ctx.attr.wit)],
        outputs = [out],
        tools = tools + toolchain.same_bytes + [toolchain.packages, ctx.file._program],
        **kwargs
    )
    return [DefaultInfo(
        files = depset([out]),
        runfiles = ctx.runfiles([out]),
    )]

_ATTRS = {
    "wit": attr.label(
        doc = "The library that names the world.",
        mandatory = True,
        providers = [WitInfo],
    ),
    "_program": attr.label(
        allow_single_file = True,
        default = ":python_component.py",
    ),
}

def _python_types_impl(ctx):
    types = ctx.actions.declare_directory(ctx.label.name)
    return _run(
        ctx,
        "types",
        types,
        ctx.actions.args(),
        mnemonic = "PythonBindings",
        progress_message = "Writing the types of %{label}",
    )

_python_types = rule(
    implementation = _python_types_impl,
    attrs = _ATTRS,
    doc = "A folder with the modules that a world's guests import, for checkers of types.",
    toolchains = [COMPONENTIZE_PY_TOOLCHAIN_TYPE],
)

def _python_component_impl(ctx):
    tools = ctx.toolchains[_WASM_TOOLS]
    paths = {path_in_package(file, ctx.label): file for file in ctx.files.srcs}
    entry_point = ctx.attr.entry_point or (paths.keys()[0] if len(paths) == 1 else "")
    if entry_point not in paths:
        fail("{}: expected entry_point to be one of {}".format(ctx.label, ", ".join(paths)))
    args = ctx.actions.args()
    for path, file in paths.items():
        args.add("--source={}={}".format(path, file.path))
    args.add("--package", ctx.label.package)
    args.add("--entry", entry_point)
    args.add("--wac", tools.wac)
    args.add("--wasm-tools", tools.wasm_tools)
    if ctx.attr.debug:
        args.add("--debug")
    return _run(
        ctx,
        "component",
        ctx.actions.declare_file(ctx.label.name + ".wasm"),
        args,
        inputs = ctx.files.srcs,
        mnemonic = "PythonComponent",
        progress_message = "Making the component %{label}",
        tools = [tools.wac, tools.wasm_tools],
    )

_python_component = rule(
    implementation = _python_component_impl,
    attrs = _ATTRS | {
        "debug": attr.bool(doc = "Whether it keeps WASI, and so tells of exceptions."),
        "entry_point": attr.string(
            doc = "The module whose classes are the component's, as its path in the package; not needed if there is one.",
        ),
        "srcs": attr.label_list(
            doc = "The modules.",
            allow_files = [".py"],
            mandatory = True,
        ),
    },
    doc = "A component with CPython, which runs the sources.",
    toolchains = [COMPONENTIZE_PY_TOOLCHAIN_TYPE, _WASM_TOOLS],
)

def python_component(
        *,
        name,
        srcs,
        wit,
        entry_point = None,
        debug = False,
        visibility = None,
        tags = [],
        testonly = False):
    """Makes a WebAssembly component of Python modules, with CPython, which runs them, in it.

    The module `entry_point` has a class for each interface that the world exports, by its name in `PascalCase`, a subclass
    of the one in `wit_world.exports`. A resource is a class in the module that has the name of its interface. What
    the world imports is in `wit_world.imports`. Modules import each other as they are below the folder of the
    entry point, and of the standard library what needs no system.

    The top level of the modules runs once, while the component is built, and each instance begins with what it left:
    nothing of a clock or of chance may be in that. What is not imported then cannot be imported later. The component
    imports what the world does, and nothing of WASI besides.

    Args:
        name: the component; the file is `<name>.wasm`. The modules of the world, for checkers of types, are in the
            folder `<name>_types`.
        srcs: the modules.
        wit: the `wit_library` that names the component's world.
        entry_point: the module whose classes are the component's, as its path in the package; not needed if there is
            but one.
        debug: whether the component keeps what it would import of WASI, so that an exception which nobody catches is told
            on standard error, with its message and stack.
        visibility: who may use the component.
        tags: tags of all targets.
        testonly: whether only tests may use the component.
    """
    _python_types(
        name = name + "_types",
        tags = tags + ["manual"],
        testonly = testonly,
        visibility = visibility,
        wit = wit,
    )
    _python_component(
        name = name,
        srcs = srcs,
        debug = debug,
        entry_point = entry_point,
        tags = tags,
        testonly = testonly,
        visibility = visibility,
        wit = wit,
    )
