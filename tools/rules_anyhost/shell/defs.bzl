"""The one way in which rules write shell scripts."""

load("@bazel_skylib//lib:shell.bzl", "shell")

def shell_script(ctx, *, name, body, values = {}):
    """Writes a program in Bash.

    Nothing is put into the body: what a rule knows comes before it, as variables whose values are quoted, so that the
    body is ordinary Bash and no value is ever read as code.

    Args:
        ctx: the rule's context.
        name: the program's file.
        body: the script's text, without its first line.
        values: the variables that the body uses: a list is an array, anything else a string.

    Returns:
        The program's file.
    """
    script = ctx.actions.declare_file(name)
    ctx.actions.write(
        content = "\n".join(
            ["#!/usr/bin/env bash", "# Made by {}.".format(ctx.label)] +
            [
                variable + "=" + (shell.array_literal(value) if type(value) == "list" else shell.quote(str(value)))
                for variable, value in values.items()
            ] + [body.strip("\n"), ""],
        ),
        is_executable = True,
        output = script,
    )
    return script
