"""oci_image_index: one name for images of several platforms."""

load("@rules_anyhost//toolchains:defs.bzl", "IMAGE_TOOLCHAIN_TYPE")

def _oci_image_index_impl(ctx):
    layout = ctx.actions.declare_directory(ctx.label.name)
    digest = ctx.actions.declare_file(ctx.label.name + ".json.sha256")
    annotations = [ctx.file.annotations] if ctx.file.annotations else []
    args = ctx.actions.args()
    args.add("index")
    args.add_all(ctx.files.images, expand_directories = False)
    args.add_all(annotations, format_each = "--annotation=@%s")
    args.add("--output", layout.path)
    args.add("--digest-file", digest)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[IMAGE_TOOLCHAIN_TYPE].oci,
        inputs = ctx.files.images + annotations,
        mnemonic = "OciImageIndex",
        outputs = [layout, digest],
        progress_message = "Making the index %{label}",
    )
    return [
        DefaultInfo(
            files = depset([layout]),
            runfiles = ctx.runfiles([layout]),
        ),
        OutputGroupInfo(digest = depset([digest])),
    ]

oci_image_index_rule = rule(
    implementation = _oci_image_index_impl,
    attrs = {
        "annotations": attr.label(
            doc = "A file with the annotations of the index, a line `name=value` for each.",
            allow_single_file = True,
        ),
        "images": attr.label_list(
            doc = "The images, folders in OCI's image layout, each for another platform.",
            allow_files = True,
            mandatory = True,
        ),
    },
    doc = "Makes an index of images; each is described by its operating system and architecture.",
    toolchains = [IMAGE_TOOLCHAIN_TYPE],
)
