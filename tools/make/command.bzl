"""command: a script with its arguments, to be run by `bazel run` and by other commands."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")

def _command_impl(ctx):
    words = [ctx.file.script.short_path]
    for argument in ctx.attr.arguments:
        word = ctx.expand_location(argument, ctx.attr.data)
        words.extend(word.split(" ") if argument.startswith("$(rootpaths ") else [word])
    runfiles = ctx.runfiles([ctx.file.script] + ctx.files.data)
    return [DefaultInfo(
        executable = shell_script(
            ctx,
            name = ctx.label.name,
            body = "exec \"${words[@]}\" \"$@\"",
            values = {"words": words},
        ),
        runfiles = runfiles.merge_all([target[DefaultInfo].default_runfiles for target in ctx.attr.data]),
    )]

command = rule(
    implementation = _command_impl,
    attrs = {
        "arguments": attr.string_list(
            doc = "The script's arguments; `$(rootpath …)` names a file of `data`, `$(rootpaths …)` several, each an argument.",
        ),
        "data": attr.label_list(
            doc = "What the script reads and runs.",
            allow_files = True,
        ),
        "script": attr.label(
            doc = "The script.",
            allow_single_file = [".sh"],
            mandatory = True,
        ),
    },
    doc = "A script that is given its arguments by the build; those on the command line follow.",
    executable = True,
)
