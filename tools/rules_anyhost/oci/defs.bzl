"""Public rules for OCI images of components."""

load("//oci/private:wasm_oci_image.bzl", _wasm_oci_image_rule = "wasm_oci_image_rule")

wasm_oci_image_rule = _wasm_oci_image_rule

def wasm_oci_image(*, name, **kwargs):
    """An image of a component, as a folder in OCI's image layout; `<name>.digest` is a file with its digest.

    `oci_load`, `oci_push` and `oci_image_index` of rules_oci take it as they take any image.

    Args:
        name: the image.
        **kwargs: attributes of `wasm_oci_image_rule`.
    """
    wasm_oci_image_rule(
        name = name,
        **kwargs
    )
    native.filegroup(
        name = name + ".digest",
        srcs = [name],
        output_group = "digest",
        **{key: kwargs[key] for key in ["tags", "testonly", "visibility"] if key in kwargs}
    )
