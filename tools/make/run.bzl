"""host_run: a host as `bazel run` starts it."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")

# Files are pairs of a flag and a path.
_BODY = """
# Paths after -- are relative to where the command was typed.
here=$PWD
cd -- "${BUILD_WORKING_DIRECTORY:-$here}" || exit
own=${defaults[0]-}
value=0
for arg; do
  if ((value)); then
    value=0
    continue
  fi
  [[ $arg != -- ]] || break
  if ((${#switches[@]})); then
    # From the first one that is neither a flag nor the value of one, all are the guest's.
    [[ $arg == -?* ]] || break
    [[ $arg == *=* || " ${switches[*]} " == *" $arg "* ]] || value=1
  fi
  [[ ! $own || $arg != "$own" && $arg != "$own"=* ]] || defaults=()
done
words=("$here/$program")
for words_of in tools defaults; do
  declare -n pairs=$words_of
  for ((i = 0; i < ${#pairs[@]}; i += 2)); do words+=("${pairs[i]}" "$here/${pairs[i + 1]}"); done
done
exec "${words[@]}" "$@"
"""

def _pairs(files):
    return [word for target, flag in files.items() for word in [flag, target.files.to_list()[0].short_path]]

def _host_run_impl(ctx):
    files = ctx.attr.files.keys() + ctx.attr.tools.keys()
    runfiles = ctx.runfiles(transitive_files = depset(transitive = [target.files for target in files]))
    return [DefaultInfo(
        executable = shell_script(
            ctx,
            name = ctx.label.name + ".sh",
            body = _BODY,
            values = {
                "defaults": _pairs(ctx.attr.files),
                "program": ctx.executable.program.short_path,
                "switches": ctx.attr.switches,
                "tools": _pairs(ctx.attr.tools),
            },
        ),
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
