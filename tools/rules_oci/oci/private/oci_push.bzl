"""oci_push: an image to a registry."""

load("//providers:providers.bzl", "OciImageInfo")
load("//toolchains:defs.bzl", "OCI_TOOLCHAIN_TYPE")

def _oci_push_impl(ctx):
    toolchain = ctx.toolchains[OCI_TOOLCHAIN_TYPE]
    layout = ctx.attr.image[OciImageInfo].layout
    words = [
        toolchain.oci.short_path,
        "push",
        "--skopeo=" + toolchain.skopeo.short_path,
        "--image=" + layout.short_path,
    ]
    if ctx.attr.repository:
        words.append("--repository=" + ctx.attr.repository)
    words.extend(["--tag=" + tag for tag in ctx.attr.remote_tags])
    push = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        content = "#!/usr/bin/env bash\n# Made by {}.\nexec {} \"$@\"\n".format(
            ctx.label,
            " ".join(["'{}'".format(word.replace("'", "'\\''")) for word in words]),
        ),
        is_executable = True,
        output = push,
    )
    return [DefaultInfo(
        executable = push,
        runfiles = ctx.runfiles([layout, toolchain.oci, toolchain.skopeo]),
    )]

oci_push = rule(
    implementation = _oci_push_impl,
    attrs = {
        "image": attr.label(
            doc = "The image or index.",
            mandatory = True,
            providers = [OciImageInfo],
        ),
        "remote_tags": attr.string_list(
            doc = "Tags that it gets there, besides those that the user gives.",
        ),
        "repository": attr.string(
            doc = "Where to: HOST/NAME; the user can give another one with `--repository`.",
        ),
    },
    doc = "Run, pushes an image to a registry, and prints its name there with its digest.",
    executable = True,
    toolchains = [OCI_TOOLCHAIN_TYPE],
)
