"""Rules for programs in Ruby that run components."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")
load("//tools/toolchains/ruby:defs.bzl", "ruby_library")

_WASM_TOOLS = "@rules_wasm_component//toolchains:wasm_tools_toolchain_type"

def _ruby_types_impl(ctx):
    world = ctx.attr.wit[WitInfo].world_name
    if not world:
        fail("{} names no world, which {} needs".format(ctx.attr.wit.label, ctx.label))
    folder = [file for file in ctx.attr.wit[DefaultInfo].files.to_list() if file.is_directory][0]
    document, sig, module = [
        ctx.actions.declare_file(ctx.attr.module + suffix)
        for suffix in [".json", "/sig/" + ctx.attr.module + ".rbs", "/lib/" + ctx.attr.module + ".rb"]
    ]
    ctx.actions.run(
        arguments = [ctx.actions.args().add_all(
            ["component", "wit", "--json", "--all-features", folder, "-o", document],
            expand_directories = False,
        )],
        executable = ctx.toolchains[_WASM_TOOLS].wasm_tools,
        inputs = [folder],
        mnemonic = "WitJson",
        outputs = [document],
        progress_message = "Reading the WIT of %{label}",
    )
    args = ctx.actions.args()
    args.add_all([document, world])
    args.add("--sig", sig)
    args.add("--module", module)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.executable._generator,
        inputs = [document],
        mnemonic = "RubyTypes",
        outputs = [sig, module],
        progress_message = "Writing the Ruby types of %{label}",
    )
    return [
        DefaultInfo(files = depset([module])),
        OutputGroupInfo(sig = depset([sig])),
    ]

_ruby_types = rule(
    implementation = _ruby_types_impl,
    attrs = {
        "module": attr.string(mandatory = True),
        "wit": attr.label(
            mandatory = True,
            providers = [WitInfo],
        ),
        "_generator": attr.label(
            cfg = "exec",
            default = "//hosts/plugin_ruby:ruby_types",
            executable = True,
        ),
    },
    toolchains = [_WASM_TOOLS],
)

def ruby_types(*, name, wit, testonly = False, visibility = None):
    """Makes a Ruby library with the types of a world, for type checkers and editors.

    `require "<name>"` gets the class of the world, a `Plugin`, with the classes of its records as constants.
    `<name>_sig` is a file of RBS, which has the types of all that the world exports and imports.

    Args:
        name: the library, for `deps`, and the file that programs require.
        wit: the `wit_library` that names the world.
        testonly: whether only tests may use it.
        visibility: who may use it.
    """
    _ruby_types(
        name = name + "_module",
        module = name,
        tags = ["manual"],
        testonly = testonly,
        wit = wit,
    )
    native.filegroup(
        name = name + "_sig",
        srcs = [name + "_module"],
        output_group = "sig",
        tags = ["manual"],
        testonly = testonly,
        visibility = visibility,
    )
    ruby_library(
        name = name,
        srcs = [],
        data = [name + "_module"],
        load_path = [name + "/lib"],
        testonly = testonly,
        visibility = visibility,
        deps = [Label("//hosts/plugin_ruby:anyhost")],
    )
