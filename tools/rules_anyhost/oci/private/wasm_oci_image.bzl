"""wasm_oci_image: an image of a component."""

load("//toolchains:defs.bzl", "IMAGE_TOOLCHAIN_TYPE")

def _wasm_oci_image_impl(ctx):
    layout = ctx.actions.declare_directory(ctx.label.name)
    digest = ctx.actions.declare_file(ctx.label.name + ".json.sha256")
    entrypoint = ctx.attr.entrypoint
    if not entrypoint and ctx.attr.format != "artifact":
        entrypoint = ["/" + ctx.file.component.basename]
    args = ctx.actions.args()
    args.add("image")
    args.add("--component", ctx.file.component)
    args.add("--format", ctx.attr.format)
    args.add_all(entrypoint, format_each = "--entrypoint=%s")
    args.add_all(ctx.attr.cmd, format_each = "--cmd=%s")
    for flag, pairs in [("env", ctx.attr.env), ("label", ctx.attr.labels), ("annotation", ctx.attr.annotations)]:
        args.add_all(["{}={}".format(name, value) for name, value in pairs.items()], format_each = "--{}=%s".format(flag))
    args.add_all(ctx.attr.exposed_ports, format_each = "--exposed-port=%s")
    for name in ["architecture", "created", "os", "user", "variant", "workdir"]:
        if getattr(ctx.attr, name):
            args.add(getattr(ctx.attr, name), format = "--{}=%s".format(name))
    args.add("--output", layout.path)
    args.add("--digest-file", digest)
    ctx.actions.run(
        arguments = [args],
        executable = ctx.toolchains[IMAGE_TOOLCHAIN_TYPE].oci,
        inputs = [ctx.file.component],
        mnemonic = "WasmOciImage",
        outputs = [layout, digest],
        progress_message = "Making the image %{label}",
    )
    return [
        DefaultInfo(
            files = depset([layout]),
            runfiles = ctx.runfiles([layout]),
        ),
        OutputGroupInfo(digest = depset([digest])),
    ]

wasm_oci_image_rule = rule(
    implementation = _wasm_oci_image_impl,
    attrs = {
        "annotations": attr.string_dict(
            doc = "Annotations of the manifest.",
        ),
        "architecture": attr.string(
            doc = "The architecture that runtimes look for; `wasm` by default.",
        ),
        "cmd": attr.string_list(
            doc = "Arguments that follow the entrypoint's, unless the user gives others.",
        ),
        "component": attr.label(
            doc = "The component.",
            allow_single_file = [".wasm"],
            mandatory = True,
        ),
        "created": attr.string(
            doc = "When the image was made, in the form of RFC 3339; 1970-01-01T00:00:00Z by default, so that it is the same whenever it is made.",
        ),
        "entrypoint": attr.string_list(
            doc = "The component's path in the container, and arguments that always follow; by default `/` and its file name.",
        ),
        "env": attr.string_dict(
            doc = "Environment variables that the user can change.",
        ),
        "exposed_ports": attr.string_list(
            doc = "The ports that the component listens on, such as `8080/tcp`.",
        ),
        "format": attr.string(
            default = "layer",
            doc = "`filesystem`: the component is a file in the root file system. `layer`: it is the image's one layer. `artifact`: the CNCF's wasm artifact, which has annotations, `created`, `os` and `architecture` only.",
            values = ["artifact", "filesystem", "layer"],
        ),
        "labels": attr.string_dict(
            doc = "Labels of the container.",
        ),
        "os": attr.string(
            doc = "The operating system that runtimes look for; by default `wasip2` for an artifact, else `wasi`.",
        ),
        "user": attr.string(
            doc = "The user that runs it: a name or number, and after `:` a group.",
        ),
        "variant": attr.string(
            doc = "The architecture's variant.",
        ),
        "workdir": attr.string(
            doc = "The folder that it runs in.",
        ),
    },
    doc = "Makes an image of a component: the same bytes each time.",
    toolchains = [IMAGE_TOOLCHAIN_TYPE],
)
