"""host_run: a host as `bazel run` starts it."""

def _flags(files):
    return [
        "{} \"$here/{}\"".format(flag, target.files.to_list()[0].short_path)
        for target, flag in files.items()
    ]

def _host_run_impl(ctx):
    run = ctx.actions.declare_file(ctx.label.name + ".sh")
    defaults = _flags(ctx.attr.files)
    own = ctx.attr.files.values()[0] if defaults else ""
    ctx.actions.write(
        content = """#!/usr/bin/env bash
# Made by {label}. Paths after -- are relative to where the command was typed.
here=$PWD
cd -- "${{BUILD_WORKING_DIRECTORY:-$here}}" || exit
defaults=({defaults})
switches='{switches}'
value=0
for arg; do
  if ((value)); then
    value=0
    continue
  fi
  [[ $arg != -- ]] || break
  if [[ $switches ]]; then
    # From the first one that is neither a flag nor the value of one, all are the guest's.
    [[ $arg == -?* ]] || break
    [[ $arg == *=* || " $switches " == *" $arg "* ]] || value=1
  fi
  [[ $arg != {own} && $arg != {own}=* ]] || defaults=()
done
exec "$here/{program}" {tools}"${{defaults[@]}}" "$@"
""".format(
            defaults = " ".join(defaults),
            label = ctx.label,
            own = own,
            program = ctx.executable.program.short_path,
            switches = " ".join(ctx.attr.switches),
            tools = "".join([flag + " " for flag in _flags(ctx.attr.tools)]),
        ),
        is_executable = True,
        output = run,
    )
    files = ctx.attr.files.keys() + ctx.attr.tools.keys()
    runfiles = ctx.runfiles(transitive_files = depset(transitive = [target.files for target in files]))
    return [DefaultInfo(
        executable = run,
        runfiles = runfiles.merge(ctx.attr.program[DefaultInfo].default_runfiles),
    )]

host_run = rule(
    implementation = _host_run_impl,
    attrs = {
        "files": attr.label_keyed_string_dict(
            doc = "Files that the program is started with, each behind its flag; none of them if the first flag is given after `--`, before another `--` and the guest's arguments.",
            allow_files = True,
        ),
        "program": attr.label(
            doc = "The host's program.",
            cfg = "target",
            executable = True,
            mandatory = True,
        ),
        "switches": attr.string_list(
            doc = "The flags without a value, of a program that passes arguments on to a guest; none for any other.",
        ),
        "tools": attr.label_keyed_string_dict(
            doc = "Files that the program is always started with, each behind its flag.",
            allow_files = True,
        ),
    },
    doc = "Runs a host's program in the foreground, in the user's folder, with the arguments after `--`.",
    executable = True,
)
