"""node_binary and node_test: an ES module as a program, in the build root's Node."""

def _quote(text):
    return "'" + text.replace("'", "'\\''") + "'"

# Symbolic links are kept as they are, so that a module finds what is beside it in the runfiles, generated or not.
_LAUNCHER = """#!/usr/bin/env bash
# Made by {label}.
self=${{BASH_SOURCE[0]}}
[[ $self == /* ]] || self=$PWD/$self
root=$self.runfiles/{workspace}
[[ -d $root ]] || root=${{self%/{self}}}
{exports}exec "$root"/{node} --preserve-symlinks --preserve-symlinks-main "$root"/{main} "$@"
"""

def _node_program_impl(ctx):
    launcher = ctx.actions.declare_file(ctx.label.name)
    exports = {}
    if ctx.file.node_modules:
        exports["NODE_PATH"] = "\"$root\"/" + _quote(ctx.file.node_modules.short_path)
    for name, value in ctx.attr.env.items():
        exports[name] = _quote(ctx.expand_location(value, ctx.attr.data))
    ctx.actions.write(
        content = _LAUNCHER.format(
            exports = "".join(["export {}={}\n".format(name, value) for name, value in exports.items()]),
            label = ctx.label,
            main = _quote(ctx.file.main.short_path),
            node = _quote(ctx.file._node.short_path),
            self = launcher.short_path,
            workspace = ctx.workspace_name,
        ),
        is_executable = True,
        output = launcher,
    )
    runfiles = ctx.runfiles(
        [ctx.file._node, ctx.file.main] + ([ctx.file.node_modules] if ctx.file.node_modules else []) + ctx.files.data,
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
