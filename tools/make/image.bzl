"""image: a guest as an OCI image."""

load("@rules_anyhost//oci:defs.bzl", "wasm_oci_image")
load("@rules_oci//oci:defs.bzl", "oci_load", "oci_push")

_PUBLIC = ["//visibility:public"]

def image(*, component, **kwargs):
    """Declares image, image.digest, image_tar, load and push for a guest's component; see docs/images.md.

    Args:
        component: the component.
        **kwargs: more attributes of the `wasm_oci_image`, such as `exposed_ports` and `env`.
    """
    wasm_oci_image(
        name = "image",
        component = component,
        visibility = _PUBLIC,
        **kwargs
    )
    oci_load(
        name = "load",
        image = ":image",
        repo_tags = ["{}/{}:latest".format(native.module_name(), native.package_name().split("/")[-1])],
        visibility = _PUBLIC,
    )
    native.filegroup(
        name = "image_tar",
        srcs = [":load"],
        output_group = "tarball",
        visibility = _PUBLIC,
    )
    oci_push(
        name = "push",
        image = ":image",
        visibility = _PUBLIC,
    )
