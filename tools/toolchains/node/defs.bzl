"""node_binary and node_test: an ES module as a program, in the build root's Node."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")

# Symbolic links are kept as they are, so that a module finds what is beside it in the runfiles, generated or not.
_LAUNCHER = """
self=${BASH_SOURCE[0]}
[[ $self == /* ]] || self=$PWD/$self
root=$self.runfiles/$workspace
[[ -d $root ]] || root=${self%"/$launcher"}
[[ ! $node_modules ]] || export NODE_PATH="$root/$node_modules"
for variable in "${env[@]}"; do export "${variable?}"; done
exec "$root/$node" --preserve-symlinks --preserve-symlinks-main "$root/$main" "$@"
"""

def _node_program_impl(ctx):
    node_modules = [ctx.file.node_modules] if ctx.file.node_modules else []
    runfiles = ctx.runfiles([ctx.file._node, ctx.file.main] + node_modules + ctx.files.data)
    launcher = shell_script(
        ctx,
        name = ctx.label.name,
        body = _LAUNCHER,
        values = {
            "env": ["{}={}".format(name, ctx.expand_location(value, ctx.attr.data)) for name, value in ctx.attr.env.items()],
            "launcher": (ctx.label.package + "/" + ctx.label.name).removeprefix("/"),
            "main": ctx.file.main.short_path,
            "node": ctx.file._node.short_path,
            "node_modules": node_modules[0].short_path if node_modules else "",
            "workspace": ctx.workspace_name,
        },
    )
    return [DefaultInfo(
        executable = launcher,
        runfiles = runfiles.merge_all([target[DefaultInfo].default_runfiles for target in ctx.attr.data]),
    )]

_ATTRS = {
    "data": attr.label_list(
        doc = "The modules that `main` imports, and files that it reads.",
        allow_files = True,
    ),
    "env": attr.string_dict(
        doc = "Environment variables; `$(rootpath …)` names a file of `data`, as seen from the runfiles.",
    ),
    "main": attr.label(
        doc = "The module that is run.",
        allow_single_file = [".mjs"],
        mandatory = True,
    ),
    "node_modules": attr.label(
        doc = "A folder with npm packages, which `require.resolve` then finds.",
        allow_single_file = True,
    ),
    "_node": attr.label(
        allow_single_file = True,
        default = "@build_root_nodejs//:bin/node",
    ),
}

node_binary = rule(
    implementation = _node_program_impl,
    attrs = _ATTRS,
    doc = "Runs a module in the build root's Node.",
    executable = True,
)

node_test = rule(
    implementation = _node_program_impl,
    attrs = _ATTRS,
    doc = "Runs a module with tests of `node:test`.",
    test = True,
)
