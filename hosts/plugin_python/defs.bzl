"""Rules for programs in Python that run components."""

load("@rules_python//python:defs.bzl", "py_library")
load("@rules_wasm_component//providers:providers.bzl", "WitInfo")

_WASM_TOOLS = "@rules_wasm_component//toolchains:wasm_tools_toolchain_type"

def _python_types_impl(ctx):
    world = ctx.attr.wit[WitInfo].world_name
    if not world:
        fail("{} names no world, which {} needs".format(ctx.attr.wit.label, ctx.label))
    folder = [file for file in ctx.attr.wit[DefaultInfo].files.to_list() if file.is_directory][0]
    document, stub, module, typed = [
        ctx.actions.declare_file(ctx.attr.module + suffix)
        for suffix in [".json", "/__init__.pyi", "/__init__.py", "/py.typed"]
    ]
    ctx.actions.write(typed, "")
    tool = ctx.toolchains[_WASM_TOOLS].wasm_tools
    ctx.actions.run(
        arguments = [ctx.actions.args().add_all(
            ["component", "wit", "--json", "--all-features", folder, "-o", document],
            expand_directories = False,
        )],
        executable = tool,
        inputs = [folder],
        mnemonic = "WitJson",
        outputs = [document],
        progress_message = "Reading the WIT of %{label}",
    )
    args = ctx.actions.args()
    args.add_all([document, world])
    args.add("--stub", stub)
    args.add("--module", module)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable._generator,
        inputs = [document],
        mnemonic = "PythonTypes",
        outputs = [stub, module],
        progress_message = "Writing the Python types of %{label}",
    )
    return [
        DefaultInfo(files = depset([module])),
        OutputGroupInfo(
            stub = depset([stub]),
            typed = depset([typed]),
        ),
    ]

_python_types = rule(
    implementation = _python_types_impl,
    attrs = {
        "module": attr.string(mandatory = True),
        "wit": attr.label(
            mandatory = True,
            providers = [WitInfo],
        ),
        "_generator": attr.label(
            cfg = "exec",
            default = "//hosts/plugin_python:python_types",
            executable = True,
        ),
    },
    toolchains = [_WASM_TOOLS],
)

def python_types(*, name, wit, testonly = False, visibility = None):
    """Makes a Python package with the types of a world, for type checkers and editors.

    The package `<name>` has the function `open_<world>`, which is `anyhost.Plugin` with the world's types. Its stub has the
    classes of all interfaces, records and resources, too, for imports below `if TYPE_CHECKING:`.

    Args:
        name: the library, for `deps`, and the package that programs import.
        wit: the `wit_library` that names the world.
        testonly: whether only tests may use it.
        visibility: who may use it.
    """
    _python_types(
        name = name + "_module",
        module = name,
        tags = ["manual"],
        testonly = testonly,
        wit = wit,
    )
    for group in ["stub", "typed"]:
        native.filegroup(
            name = name + "_" + group,
            srcs = [name + "_module"],
            output_group = group,
            tags = ["manual"],
            testonly = testonly,
        )
    py_library(
        name = name,
        srcs = [name + "_module"],
        data = [
            name + "_stub",
            name + "_typed",
        ],
        imports = ["."],
        testonly = testonly,
        visibility = visibility,
        deps = [Label("//hosts/plugin_python:anyhost")],
    )
