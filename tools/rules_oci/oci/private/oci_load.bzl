"""oci_load: an image for Docker and containerd."""

load("//providers:providers.bzl", "OciImageInfo")
load("//toolchains:defs.bzl", "OCI_TOOLCHAIN_TYPE")

def _oci_load_impl(ctx):
    toolchain = ctx.toolchains[OCI_TOOLCHAIN_TYPE]
    layout = ctx.attr.image[OciImageInfo].layout
    tar = ctx.actions.declare_file(ctx.label.name + ".tar")
    args = ctx.actions.args()
    args.add("archive")
    args.add("--image", layout.path)
    args.add_all(ctx.attr.repo_tags, format_each = "--tag=%s")
    args.add("--output", tar)
    ctx.actions.run(
        arguments = [args],
        executable = toolchain.oci,
        inputs = [layout],
        mnemonic = "OciArchive",
        outputs = [tar],
        progress_message = "Packing the image %{label}",
    )
    loader = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        content = """#!/usr/bin/env bash
# Made by {label}. Arguments are docker's own, such as --host.
'{docker}' "$@" load --input '{tar}' && exit
printf 'error: docker cannot load it: name its daemon in DOCKER_HOST, or load the file yourself: %s\\n' "$(realpath '{tar}')" >&2
exit 1
""".format(
            docker = toolchain.docker.short_path,
            label = ctx.label,
            tar = tar.short_path,
        ),
        is_executable = True,
        output = loader,
    )
    return [
        DefaultInfo(
            executable = loader,
            files = depset([tar]),
            runfiles = ctx.runfiles([tar, toolchain.docker]),
        ),
        OutputGroupInfo(tarball = depset([tar])),
    ]

oci_load = rule(
    implementation = _oci_load_impl,
    attrs = {
        "image": attr.label(
            doc = "The image or index.",
            mandatory = True,
            providers = [OciImageInfo],
        ),
        "repo_tags": attr.string_list(
            doc = "The names that it gets, such as `anyhost/app:latest`.",
            mandatory = True,
        ),
    },
    doc = "Makes a tar that `docker load` and `ctr images import --all-platforms` take, which is also the output group `tarball`; run, loads it into Docker.",
    executable = True,
    toolchains = [OCI_TOOLCHAIN_TYPE],
)
