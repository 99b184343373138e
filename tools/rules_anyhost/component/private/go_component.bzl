"""go_component: a component from Go."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")
load("//toolchains:defs.bzl", "COMPONENT_TOOLCHAIN_TYPE", "GO_TOOLCHAIN_TYPE")
load(":wit_files.bzl", "path_in_package", "wit_dir")

_WASM_TOOLS = "@rules_wasm_component//toolchains:wasm_tools_toolchain_type"

def _go_component_impl(ctx):
    world = ctx.attr.wit[WitInfo].world_name
    if not world:
        fail("{} names no world, which {} needs".format(ctx.attr.wit.label, ctx.label))
    toolchain = ctx.toolchains[GO_TOOLCHAIN_TYPE]
    wasm_tools = ctx.toolchains[_WASM_TOOLS].wasm_tools
    wit_bindgen = ctx.toolchains[COMPONENT_TOOLCHAIN_TYPE].wit_bindgen
    component = ctx.actions.declare_file(ctx.label.name + ".wasm")
    args = ctx.actions.args()
    args.add_all(["-IS", ctx.file._program])
    for file in ctx.files.srcs:
        args.add("--source={}={}".format(path_in_package(file, ctx.label), file.path))
    for file in toolchain.runtime:
        args.add("--runtime={}={}".format(file.path.partition("/src/pkg/")[2], file.path))
    args.add("--go", toolchain.go)
    args.add("--wit-bindgen", wit_bindgen)
    args.add("--wasm-tools", wasm_tools)
    args.add("--adapter", ctx.file._adapter)
    if ctx.attr.debug:
        args.add("--print", ctx.file._print)
    args.add("--package", ctx.label.package)
    args.add("--wit", wit_dir(ctx.attr.wit).path)
    args.add("--world", world)
    args.add("--out", component)
    ctx.actions.run(
        arguments = [args],
        executable = toolchain.python,
        inputs = ctx.files.srcs + toolchain.runtime + [wit_dir(ctx.attr.wit), ctx.file._adapter, ctx.file._print, ctx.file._print_wit],
        mnemonic = "GoComponent",
        outputs = [component],
        progress_message = "Making the component %{label}",
        tools = [ctx.file._program, toolchain.go, wasm_tools, wit_bindgen],
    )
    return [DefaultInfo(
        files = depset([component]),
        runfiles = ctx.runfiles([component]),
    )]

go_component = rule(
    implementation = _go_component_impl,
    attrs = {
        "debug": attr.bool(
            doc = "Whether the component imports standard error of WASI, so that a panic is told there, with its message and stack.",
        ),
        "srcs": attr.label_list(
            doc = "The sources. The module is what is below `src/` of the package, together with the bindings.",
            allow_files = [".go"],
            mandatory = True,
        ),
        "wit": attr.label(
            doc = "The library that names the world.",
            mandatory = True,
            providers = [WitInfo],
        ),
        "_adapter": attr.label(
            allow_single_file = True,
            default = ":no_wasi.wat",
        ),
        "_print": attr.label(
            allow_single_file = True,
            default = ":print.wat",
        ),
        "_print_wit": attr.label(
            allow_single_file = True,
            default = ":print.wit",
        ),
        "_program": attr.label(
            allow_single_file = True,
            default = ":go_component.py",
        ),
    },
    doc = """Makes a WebAssembly component of Go, by the Go compiler itself.

The sources are packages of the module `wit_component`, which the bindings are in: an interface that the world exports
is a package `export_<namespace>_<package>_<interface>`, whose functions the sources define; one that it imports is a
package without `export_`. The sources are vetted before. The component imports what the world does, and nothing of WASI
besides: there is no file, time stands still but for who waits, random bytes are all ones, and what is printed is lost.""",
    toolchains = [COMPONENT_TOOLCHAIN_TYPE, GO_TOOLCHAIN_TYPE, _WASM_TOOLS],
)
