"""oci_image_index: one name for images of several platforms."""

load("//providers:providers.bzl", "OciImageInfo")
load("//toolchains:defs.bzl", "OCI_TOOLCHAIN_TYPE")
load(":oci_image.bzl", "add_pairs", "make_image")

def _oci_image_index_impl(ctx):
    layouts = [image[OciImageInfo].layout for image in ctx.attr.images]
    args = ctx.actions.args()
    args.add("index")
    args.add_all(layouts, expand_directories = False)
    add_pairs(args, "--annotation", ctx.attr.annotations)
    return make_image(ctx, args, layouts, "OciImageIndex")

oci_image_index_rule = rule(
    implementation = _oci_image_index_impl,
    attrs = {
        "annotations": attr.string_dict(
            doc = "Annotations of the index.",
        ),
        "images": attr.label_list(
            doc = "The images, each for another platform.",
            mandatory = True,
            providers = [OciImageInfo],
        ),
    },
    doc = "Makes an index of images; each is described by its operating system and architecture.",
    toolchains = [OCI_TOOLCHAIN_TYPE],
)
