"""Ruby programs and tests, run by the build root's Ruby."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")

RubyInfo = provider(
    doc = "Ruby code that can be required.",
    fields = {
        "load_path": "Depset of folders, seen from the main repository in the runfiles, as Ruby's -I takes them.",
    },
)

_RUBY = "@build_root_ruby//:bin/ruby"

# Runs from `bazel run` or `bazel test` with runfiles of its own, or from within another program's.
_LAUNCHER = """
self=$0
[[ $self == /* ]] || self=$PWD/$self
runfiles=$self.runfiles/$workspace
[[ -d $runfiles ]] || runfiles=${self%"/$launcher"}
unset RUBYLIB RUBYOPT
for variable in "${env[@]}"; do export "${variable?}"; done
for folder in "${load_path[@]}"; do flags+=(-I "$runfiles/$folder"); done
exec "$runfiles/$ruby" "${flags[@]}" "$runfiles/$main" "$@"
"""

def _load_path(ctx):
    repository = "../{}/".format(ctx.label.workspace_name) if ctx.label.workspace_name else ""
    own = [repository + ctx.label.package + "/" + folder for folder in ctx.attr.load_path]
    return depset(own, transitive = [dep[RubyInfo].load_path for dep in ctx.attr.deps])

def _runfiles(ctx, more = []):
    runfiles = ctx.runfiles(files = ctx.files.srcs + ctx.files.data + more)
    return runfiles.merge_all([
        target[DefaultInfo].default_runfiles
        for target in ctx.attr.deps + ctx.attr.data
    ])

def _ruby_library_impl(ctx):
    return [
        DefaultInfo(files = depset(ctx.files.srcs), runfiles = _runfiles(ctx)),
        RubyInfo(load_path = _load_path(ctx)),
    ]

def _ruby_program_impl(ctx):
    run = shell_script(
        ctx,
        name = ctx.label.name + ".sh",
        body = _LAUNCHER,
        values = {
            "env": ["{}={}".format(name, ctx.expand_location(value, ctx.attr.data)) for name, value in ctx.attr.env.items()],
            "flags": ["-w", "-EUTF-8"] + ctx.attr.flags,
            "launcher": "{}/{}.sh".format(ctx.label.package, ctx.label.name),
            "load_path": _load_path(ctx).to_list(),
            "main": ctx.file.main.short_path,
            "ruby": ctx.file._ruby.short_path,
            "workspace": ctx.workspace_name,
        },
    )
    return [DefaultInfo(executable = run, runfiles = _runfiles(ctx, [ctx.file.main, ctx.file._ruby]))]

_LIBRARY_ATTRS = {
    "data": attr.label_list(
        doc = "Files that the code uses at run time, native extensions among them.",
        allow_files = True,
    ),
    "deps": attr.label_list(
        doc = "The libraries that the code requires.",
        providers = [RubyInfo],
    ),
    "load_path": attr.string_list(
        doc = "Folders of this package from which files are required.",
    ),
    "srcs": attr.label_list(
        doc = "The Ruby files.",
        allow_files = [".rb"],
    ),
}

_PROGRAM_ATTRS = _LIBRARY_ATTRS | {
    "env": attr.string_dict(
        doc = "Environment variables; `$(rootpath …)` names a file of `data`, as seen from the runfiles.",
    ),
    "flags": attr.string_list(
        doc = "More flags for Ruby.",
    ),
    "main": attr.label(
        doc = "The file to run.",
        allow_single_file = [".rb"],
        mandatory = True,
    ),
    "_ruby": attr.label(
        allow_single_file = True,
        default = _RUBY,
    ),
}

ruby_library = rule(
    implementation = _ruby_library_impl,
    attrs = _LIBRARY_ATTRS,
    doc = "Ruby files that others require.",
)

ruby_binary = rule(
    implementation = _ruby_program_impl,
    attrs = _PROGRAM_ATTRS,
    doc = "A Ruby program.",
    executable = True,
)

ruby_test = rule(
    implementation = _ruby_program_impl,
    attrs = _PROGRAM_ATTRS,
    doc = "A Ruby test: a program that ends with 0 if all is well.",
    test = True,
)
