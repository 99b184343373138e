"""c_bindings: a world's bindings as source files."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")
load("//toolchains:defs.bzl", "COMPONENT_TOOLCHAIN_TYPE")
load(":wit_files.bzl", "wit_dir")

def _c_bindings_impl(ctx):
    world = ctx.attr.wit[WitInfo].world_name
    if not world:
        fail("{} names no world, which {} needs".format(ctx.attr.wit.label, ctx.label))
    source, header, world_object = [
        ctx.actions.declare_file("{}/{}{}".format(ctx.label.name, world.replace("-", "_"), suffix))
        for suffix in [".c", ".h", "_component_type.o"]
    ]
    folder = wit_dir(ctx.attr.wit)
    args = ctx.actions.args()
    args.add("c")
    args.add_all([folder], expand_directories = False)
    args.add("--world", world)
    args.add("--out-dir", source.dirname)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[COMPONENT_TOOLCHAIN_TYPE].wit_bindgen,
        inputs = [folder],
        mnemonic = "WitBindgen",
        outputs = [source, header, world_object],
        progress_message = "Writing bindings for %{label}",
    )
    return [
        DefaultInfo(files = depset([source, header, world_object])),
        OutputGroupInfo(header = depset([header])),
    ]

c_bindings = rule(
    implementation = _c_bindings_impl,
    attrs = {
        "wit": attr.label(
            doc = "The library that names the world.",
            mandatory = True,
            providers = [WitInfo],
        ),
    },
    doc = "Writes the guest's side of a world's bindings for C and C++ to a folder `<name>`: `<world>.h`, which is also the output group `header`, `<world>.c`, and `<world>_component_type.o`, which says the world and has to be linked.",
    toolchains = [COMPONENT_TOOLCHAIN_TYPE],
)
