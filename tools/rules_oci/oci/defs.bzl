"""Public rules for OCI images of components."""

load("//oci/private:oci_image.bzl", "oci_image_rule")
load("//oci/private:oci_image_index.bzl", "oci_image_index_rule")
load("//oci/private:oci_load.bzl", _oci_load = "oci_load")
load("//oci/private:oci_push.bzl", _oci_push = "oci_push")

oci_load = _oci_load
oci_push = _oci_push

def oci_image(*, name, **kwargs):
    """An image of a component, as a folder in OCI's image layout; `<name>.digest` is a file with its digest.

    Args:
        name: the image.
        **kwargs: attributes of `oci_image_rule`.
    """
    oci_image_rule(name = name, **kwargs)
    _digest(name, **kwargs)

def oci_image_index(*, name, **kwargs):
    """An index of images, of which a runtime takes the one for its platform; `<name>.digest` is a file with its digest.

    Args:
        name: the index.
        **kwargs: attributes of `oci_image_index_rule`.
    """
    oci_image_index_rule(name = name, **kwargs)
    _digest(name, **kwargs)

def _digest(name, **kwargs):
    native.filegroup(
        name = name + ".digest",
        srcs = [name],
        output_group = "digest",
        **{key: kwargs[key] for key in ["tags", "testonly", "visibility"] if key in kwargs}
    )
