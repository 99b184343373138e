"""The toolchain of the programs that make images and hand them on."""

OCI_TOOLCHAIN_TYPE = Label("//toolchains:oci_toolchain_type")

def _oci_toolchain_impl(ctx):
    return [platform_common.ToolchainInfo(
        docker = ctx.file.docker,
        oci = ctx.executable.oci,
        skopeo = ctx.file.skopeo,
    )]

oci_toolchain = rule(
    implementation = _oci_toolchain_impl,
    attrs = {
        "docker": attr.label(
            doc = "Docker's command line, to load images.",
            allow_single_file = True,
            mandatory = True,
        ),
        "oci": attr.label(
            doc = "The program that makes images; see //tools/toolchains/oci.",
            # As hosts and tests are built, so that the crates which they share are compiled once.
            cfg = "target",
            executable = True,
            mandatory = True,
        ),
        "skopeo": attr.label(
            doc = "The program skopeo, to push images.",
            allow_single_file = True,
            mandatory = True,
        ),
    },
    doc = "Names the programs for `toolchain(toolchain_type = \"@rules_oci//toolchains:oci_toolchain_type\")`.",
)
