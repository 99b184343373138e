"""wit_bindgen: a world's bindings as source files."""

load("//providers:providers.bzl", "WitInfo")
load("//toolchains:defs.bzl", "WASM_TOOLS_TOOLCHAIN_TYPE")

def _wit_bindgen_impl(ctx):
    wit = ctx.attr.wit[WitInfo]
    if not wit.world_name:
        fail("{} names no world, which {} needs".format(ctx.attr.wit.label, ctx.label))
    stem = wit.world_name.replace("-", "_")
    outputs = [
        ctx.actions.declare_file(stem + suffix)
        for suffix in [".c", ".h", "_component_type.o"]
    ]
    args = ctx.actions.args()
    args.add_all([wit.wit_dir], expand_directories = False)
    args.add("--world", wit.world_name)
    args.add("--out-dir", outputs[0].dirname)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[WASM_TOOLS_TOOLCHAIN_TYPE].wit_bindgen_c,
        inputs = [wit.wit_dir],
        mnemonic = "WitBindgen",
        outputs = outputs,
        progress_message = "Writing bindings for %{label}",
    )
    return [DefaultInfo(files = depset(outputs))]

wit_bindgen = rule(
    implementation = _wit_bindgen_impl,
    attrs = {
        "language": attr.string(
            doc = "The bindings' language. Rust has its own way: `wit_bindgen::generate!`.",
            mandatory = True,
            values = ["c"],
        ),
        "wit": attr.label(
            doc = "The library with the world.",
            mandatory = True,
            providers = [WitInfo],
        ),
    },
    doc = "Writes the guest's side of a world's bindings: `<world>.h`, `<world>.c`, and `<world>_component_type.o`, which says the world and has to be linked.",
    toolchains = [WASM_TOOLS_TOOLCHAIN_TYPE],
)
