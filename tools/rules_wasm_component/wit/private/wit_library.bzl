"""wit_library: a WIT package with all that it needs."""

load("//providers:providers.bzl", "WitInfo")

_WASM_TOOLS = "//toolchains:wasm_tools_toolchain_type"

# $1: wasm-tools, $2: the folder to fill, $3: what to say on success;
# then the package's own files, --, and files of other packages.
_LAYOUT = """
set -eu
tools=$1 out=$2 log=$3 to=$2
shift 3
for file; do
  if [ "$file" = -- ]; then to=; continue; fi
  dir=$to
  if [ -z "$dir" ]; then
    folder=$(basename "$(dirname "$file")")
    if [ "$folder" = deps ]; then dir=$out/deps; else dir=$out/deps/$folder; fi
  fi
  mkdir -p "$dir"
  cp "$file" "$dir/"
done
if [ -n "$(ls "$out"/*.wit 2>/dev/null)" ]; then
  "$tools" component wit --all-features "$out" > "$log"
else
  : > "$log"
fi
"""

def _wit_library_impl(ctx):
    tools = ctx.toolchains[_WASM_TOOLS].wasm_tools
    wit_files = depset(ctx.files.srcs)
    wit_deps = depset(transitive = [
        depset(transitive = [dep[WitInfo].wit_files, dep[WitInfo].wit_deps])
        for dep in ctx.attr.deps
    ])
    wit_dir = ctx.actions.declare_directory(ctx.label.name + "_wit")
    log = ctx.actions.declare_file(ctx.label.name + ".resolved.wit")

    # A library of what another project has in deps/ is several packages, all for others to use.
    several = len([src for src in ctx.files.srcs if "/deps/" in src.path]) > 0
    args = ctx.actions.args()
    args.add(tools)
    args.add_all([wit_dir], expand_directories = False)
    args.add(log)
    if not several:
        args.add_all(wit_files)
    args.add("--")
    if several:
        args.add_all(wit_files)
    args.add_all(wit_deps)
    ctx.actions.run_shell(
        arguments = [args],
        command = _LAYOUT,
        inputs = depset(transitive = [wit_files, wit_deps]),
        mnemonic = "WitLibrary",
        outputs = [wit_dir, log],
        progress_message = "Resolving the WIT of %{label}",
        tools = [tools],
    )
    return [
        DefaultInfo(files = depset([wit_dir])),
        OutputGroupInfo(resolved = depset([log])),
        WitInfo(
            interface_names = ctx.attr.interfaces,
            package_name = ctx.attr.package_name or ctx.label.name,
            wit_deps = wit_deps,
            wit_files = wit_files,
            world_name = ctx.attr.world,
        ),
    ]

wit_library = rule(
    implementation = _wit_library_impl,
    attrs = {
        "deps": attr.label_list(
            doc = "The packages that this one uses.",
            providers = [WitInfo],
        ),
        "interfaces": attr.string_list(
            doc = "The names of its interfaces, for those who ask.",
        ),
        "package_name": attr.string(
            doc = "The package's name, such as `anyhost:hello@1.0.0`; by default the target's name.",
        ),
        "srcs": attr.label_list(
            doc = "The files of the package; or those that another package has in its folder `deps/`, where each folder and each file is a package.",
            allow_files = [".wit"],
            mandatory = True,
        ),
        "world": attr.string(
            doc = "The world that is meant where a user of this library names no other.",
        ),
    },
    doc = """A WIT package, resolved with all that it needs: what does not parse or resolve fails the build.

The output is a folder in the layout of the [WIT specification](https://component-model.bytecodealliance.org/design/wit.html):
the package's files, and `deps/` with a folder for each package it uses. The output group `resolved` has the package
as `wasm-tools component wit` prints it.
""",
    toolchains = [_WASM_TOOLS],
)
