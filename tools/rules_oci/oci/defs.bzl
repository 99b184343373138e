"""Public rules for OCI images. Images themselves come from other rules, such as `wasm_oci_image` of rules_anyhost."""

load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("//oci/private:oci_image_index.bzl", _oci_image_index_rule = "oci_image_index_rule")
load("//oci/private:oci_load.bzl", _oci_load_rule = "oci_load_rule")
load("//oci/private:oci_push.bzl", _oci_push_rule = "oci_push_rule")

oci_image_index_rule = _oci_image_index_rule
oci_push_rule = _oci_push_rule
oci_tarball_rule = _oci_load_rule

_COMMON = ["tags", "testonly", "visibility"]

def _lines(name, kind, lines, kwargs):
    """A file for an attribute that is written in place; what is a label already stays what it is."""
    if type(lines) == "dict":
        lines = ["{}={}".format(key, value) for key, value in lines.items()]
    if type(lines) != "list":
        return lines
    write_file(
        name = "{}_write_{}".format(name, kind),
        out = "{}.{}.txt".format(name, kind),
        content = lines + [""],
        tags = kwargs.get("tags", []) + ["manual"],
        testonly = kwargs.get("testonly", False),
    )
    return "{}_write_{}".format(name, kind)

def oci_image_index(name, annotations = None, **kwargs):
    """An index of images, of which a runtime takes the one for its platform; `<name>.digest` is a file with its digest.

    Args:
        name: the index.
        annotations: annotations of the index: a dict, or a file with a line `name=value` for each.
        **kwargs: attributes of `oci_image_index_rule`.
    """
    oci_image_index_rule(
        name = name,
        annotations = _lines(name, "annotations", annotations, kwargs),
        **kwargs
    )
    native.filegroup(
        name = name + ".digest",
        srcs = [name],
        output_group = "digest",
        **{key: kwargs[key] for key in _COMMON if key in kwargs}
    )

def oci_load(name, repo_tags = None, **kwargs):
    """Run, loads an image into Docker; its tar is the output group `tarball`.

    Args:
        name: the loader.
        repo_tags: the names that the image gets, such as `anyhost/app:latest`: a list, or a file with one a line.
        **kwargs: attributes of `oci_tarball_rule`.
    """
    oci_tarball_rule(
        name = name,
        repo_tags = _lines(name, "tags", repo_tags, kwargs),
        **kwargs
    )

def oci_push(name, remote_tags = None, **kwargs):
    """Run, pushes an image or an index to a registry.

    Args:
        name: the pusher.
        remote_tags: tags that it gets there: a list, or a file with one a line.
        **kwargs: attributes of `oci_push_rule`.
    """
    oci_push_rule(
        name = name,
        remote_tags = _lines(name, "tags", remote_tags, kwargs),
        **kwargs
    )
