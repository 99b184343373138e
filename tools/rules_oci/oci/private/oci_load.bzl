"""oci_load: an image for Docker and containerd."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")
load("@rules_anyhost//toolchains:defs.bzl", "IMAGE_TOOLCHAIN_TYPE")

_LOAD = """
# Arguments are docker's own, such as --host.
"$loader" "$@" load --input "$tar" && exit
printf 'error: %s cannot load it: name its daemon in DOCKER_HOST, or load the file yourself: %s\\n' \\
  "${loader##*/}" "$(realpath "$tar")" >&2
exit 1
"""

def _oci_load_impl(ctx):
    toolchain = ctx.toolchains[IMAGE_TOOLCHAIN_TYPE]
    tar = ctx.actions.declare_file(ctx.label.name + "/tarball.tar")
    args = ctx.actions.args()
    args.add("archive")
    args.add("--image", ctx.file.image.path)
    args.add(ctx.file.repo_tags, format = "--tag=@%s")
    args.add("--output", tar)
    ctx.actions.run(
        arguments = [args],
        executable = toolchain.oci,
        inputs = [ctx.file.image, ctx.file.repo_tags],
        mnemonic = "OciArchive",
        outputs = [tar],
        progress_message = "Packing the image %{label}",
    )
    loader = ctx.executable.loader or toolchain.docker
    runfiles = ctx.runfiles([tar, loader])
    if ctx.attr.loader:
        runfiles = runfiles.merge(ctx.attr.loader[DefaultInfo].default_runfiles)
    return [
        DefaultInfo(
            executable = shell_script(
                ctx,
                name = ctx.label.name + ".sh",
                body = _LOAD,
                values = {
                    "loader": loader.short_path,
                    "tar": tar.short_path,
                },
            ),
            runfiles = runfiles,
        ),
        OutputGroupInfo(tarball = depset([tar])),
    ]

oci_load_rule = rule(
    implementation = _oci_load_impl,
    attrs = {
        "format": attr.string(
            default = "docker",
            doc = "`docker` or `oci`; the tar is the same, since `docker load` and `ctr images import --all-platforms` both take it.",
            values = ["docker", "oci"],
        ),
        "image": attr.label(
            doc = "The image or index: a folder in OCI's image layout.",
            allow_single_file = True,
            mandatory = True,
        ),
        "loader": attr.label(
            doc = "Another program than Docker's command line, with its arguments `load --input FILE`.",
            allow_files = True,
            cfg = "target",
            executable = True,
        ),
        "repo_tags": attr.label(
            doc = "A file with the names that it gets, one a line.",
            allow_single_file = [".txt"],
            mandatory = True,
        ),
    },
    doc = "Makes a tar that `docker load` and `ctr images import --all-platforms` take, the output group `tarball`; run, loads it into Docker.",
    executable = True,
    toolchains = [IMAGE_TOOLCHAIN_TYPE],
)
