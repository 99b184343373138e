"""oci_push: an image to a registry."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")
load("@rules_anyhost//toolchains:defs.bzl", "IMAGE_TOOLCHAIN_TYPE")

# What the user gives comes last, and wins.
_PUSH = """
set -euo pipefail
words=()
[[ ! $repository_file ]] || repository=$(<"$repository_file")
[[ ! $repository ]] || words+=("--repository=$repository")
[[ ! $remote_tags ]] || words+=("--tag=@$remote_tags")
exec "$oci" push "--skopeo=$skopeo" "--image=$image" "${words[@]}" "$@"
"""

def _path(file):
    return file.short_path if file else ""

def _oci_push_impl(ctx):
    toolchain = ctx.toolchains[IMAGE_TOOLCHAIN_TYPE]
    if ctx.attr.repository and ctx.file.repository_file:
        fail("{} needs either repository or repository_file".format(ctx.label))
    files = [ctx.file.image, toolchain.oci, toolchain.skopeo]
    return [DefaultInfo(
        executable = shell_script(
            ctx,
            name = ctx.label.name + ".sh",
            body = _PUSH,
            values = {
                "image": ctx.file.image.short_path,
                "oci": toolchain.oci.short_path,
                "remote_tags": _path(ctx.file.remote_tags),
                "repository": ctx.attr.repository,
                "repository_file": _path(ctx.file.repository_file),
                "skopeo": toolchain.skopeo.short_path,
            },
        ),
        runfiles = ctx.runfiles(files + [file for file in [ctx.file.remote_tags, ctx.file.repository_file] if file]),
    )]

oci_push_rule = rule(
    implementation = _oci_push_impl,
    attrs = {
        "image": attr.label(
            doc = "The image or index: a folder in OCI's image layout.",
            allow_single_file = True,
            mandatory = True,
        ),
        "remote_tags": attr.label(
            doc = "A file with tags that it gets there, one a line, besides those that the user gives.",
            allow_single_file = True,
        ),
        "repository": attr.string(
            doc = "Where to: HOST/NAME; the user can give another one with `--repository`.",
        ),
        "repository_file": attr.label(
            doc = "A file that says where to, instead.",
            allow_single_file = True,
        ),
    },
    doc = "Run, pushes an image to a registry, and prints its name there with its digest.",
    executable = True,
    toolchains = [IMAGE_TOOLCHAIN_TYPE],
)
