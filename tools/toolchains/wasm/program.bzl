"""program: a program of the crates, built once, as build tools are."""

def _program_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(
        is_executable = True,
        output = program,
        target_file = ctx.executable.binary,
    )
    return [DefaultInfo(
        executable = program,
        files = depset([program]),
        runfiles = ctx.attr.binary[DefaultInfo].default_runfiles,
    )]

program = rule(
    implementation = _program_impl,
    attrs = {
        "binary": attr.label(
            doc = "The binary.",
            # Tests run it, too: it is not compiled a second time for them.
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
    },
    doc = "A program of a crate under the name that it has for its users, whatever it is used for in one configuration.",
    executable = True,
)
