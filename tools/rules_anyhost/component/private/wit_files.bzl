"""wit_files: the files of a WIT package, where they are in the sources."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")

def wit_dir(target):
    """The folder of a `wit_library`: its package, and those that it uses below `deps/`.

    Args:
        target: the library.

    Returns:
        The folder, as a File.
    """
    return [file for file in target[DefaultInfo].files.to_list() if file.is_directory][0]

def path_in_package(file, label):
    """The path that a source has in the package of a target, wherever the file is.

    Args:
        file: the source.
        label: the target's label.

    Returns:
        The path.
    """
    return file.short_path.removeprefix("../" + file.owner.repo_name + "/").removeprefix(label.package + "/")

def _wit_files_impl(ctx):
    wit = ctx.attr.wit[WitInfo]
    return [DefaultInfo(files = depset(transitive = [wit.wit_files, wit.wit_deps]))]

wit_files = rule(
    implementation = _wit_files_impl,
    attrs = {
        "wit": attr.label(
            doc = "The library.",
            mandatory = True,
            providers = [WitInfo],
        ),
    },
    doc = "The files of a `wit_library` and of those that it uses, for macros that read them in place.",
)
