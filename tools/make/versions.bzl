"""versions: what a guest or host is made with, as the build graph has it."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")

_CRATES = "crates__"

_MadeWithInfo = provider(
    doc = "What takes part in making a target.",
    fields = {
        "crates": "depset of (name, version): the crates from the registry.",
        "kinds": "depset of string: the rules' names.",
    },
)

# What goes into a target; not the tools that it is tested or linted with.
_EDGES = ["actual", "component", "components", "crate", "data", "deps", "files", "module", "plugs", "proc_macro_deps", "program", "socket", "srcs", "wasm_module"]

def _made_with_aspect_impl(target, ctx):
    infos = []
    for edge in _EDGES:
        value = getattr(ctx.rule.attr, edge, None)
        values = value.keys() if type(value) == "dict" else value if type(value) == "list" else [value]
        infos.extend([dep[_MadeWithInfo] for dep in values if type(dep) == "Target" and _MadeWithInfo in dep])
    crates = []
    _, is_crate, crate = target.label.repo_name.partition(_CRATES)
    if is_crate:
        # The version begins at the first dash with a digit after it.
        for i in range(len(crate) - 1):
            if crate[i] == "-" and crate[i + 1].isdigit():
                crates.append((crate[:i], crate[i + 1:]))
                break
    return [_MadeWithInfo(
        crates = depset(crates, transitive = [info.crates for info in infos]),
        kinds = depset([ctx.rule.kind], transitive = [info.kinds for info in infos]),
    )]

_made_with_aspect = aspect(
    implementation = _made_with_aspect_impl,
    attr_aspects = _EDGES,
)

# The last line finds a package and its version, in a requirements.txt or a package.json.
_BODY = """
set -euo pipefail
echo "$folder is made with"
echo "  bazel  $(cat "$bazelversion")"
for i in "${!names[@]}"; do
  flag=--version
  [[ ${names[i]} != go ]] || flag=version
  echo "  ${names[i]}  $("${paths[i]}" "$flag" | grep -oEm 1 '[0-9]+(\\.[0-9]+)*' | head -n 1)"
done
echo "and ${#crates[@]} crates"
for crate in "${crates[@]}"; do echo "  $crate"; done
for file in "${packages[@]}"; do
  sed -nE 's/^([a-z0-9_.-]+)==([^ ]+).*/  \\1  \\2/p; s/^ +"([^"]+)": "([0-9][^"]*)",?$/  \\1  \\2/p' "$file"
done
"""

# The programs that each rule runs.
_PROGRAMS = {
    "_python_component": ["python3", "wac", "wasm-tools"],
    "_quickjs_component": ["node", "wac", "wasm-tools"],
    "_starlingmonkey_component": ["node", "wasm-tools"],
    "c_bindings": ["wit_bindgen"],
    "cc_binary": ["clang"],
    "compose": ["wac"],
    "go_component": ["go", "wasm-tools", "wit_bindgen"],
    "node_binary": ["node"],
    "py_binary": ["python3"],
    "ruby_binary": ["ruby"],
    "rust_binary": ["rustc"],
    "rust_library": ["rustc"],
    "rust_shared_library": ["rustc"],
    "transpile": ["node"],
    "wac_plug": ["wac"],
    "wasm_component_new": ["wasm-tools"],
    "wasm_module": ["wasm-opt"],
}

# Those of the build root's add-ons: whatever a target is made with is in the root already, and nothing else is asked for.
_ADD_ONS = {
    "go": "/usr/bin/go",
    "node": "/usr/bin/node",
    "ruby": "/usr/bin/ruby",
}

def _versions_impl(ctx):
    infos = [target[_MadeWithInfo] for target in ctx.attr.targets]
    kinds = depset(transitive = [info.kinds for info in infos]).to_list()
    names = sorted({name: None for kind in kinds for name in _PROGRAMS.get(kind, [])})
    files = {file.basename: file for file in ctx.files._programs}
    programs = {name: file.short_path for name, file in files.items()} | _ADD_ONS
    crates = sorted(depset(transitive = [info.crates for info in infos]).to_list())
    return [DefaultInfo(
        executable = shell_script(
            ctx,
            name = ctx.label.name,
            body = _BODY,
            values = {
                "bazelversion": ctx.file._bazelversion.short_path,
                "crates": ["{}  {}".format(name, version) for name, version in crates],
                "folder": ctx.label.package,
                "names": names,
                "packages": [file.short_path for file in ctx.files.packages],
                "paths": [programs[name] for name in names],
            },
        ),
        runfiles = ctx.runfiles([ctx.file._bazelversion] + ctx.files.packages + [files[name] for name in names if name in files]),
    )]

versions = rule(
    implementation = _versions_impl,
    attrs = {
        "packages": attr.label_list(
            doc = "The package.json and requirements.txt files with the packages from npm and PyPI.",
            allow_files = True,
        ),
        "targets": attr.label_list(
            doc = "What the guest or host consists of.",
            aspects = [_made_with_aspect],
            mandatory = True,
        ),
        "_bazelversion": attr.label(
            default = "//:.bazelversion",
            allow_single_file = True,
        ),
        "_programs": attr.label_list(
            default = [
                "//tools/toolchains/wasm:wac",
                "//tools/toolchains/wasm:wit_bindgen",
                "@build_root//:bin/clang",
                "@build_root//:bin/python3",
                "@build_root//:bin/rustc",
                "@build_root//:bin/wasm-opt",
                "//tools/toolchains/wasm:wasm-tools",
            ],
            allow_files = True,
            cfg = "exec",
        ),
    },
    doc = "Prints the programs and crates that targets are made with, and their versions.",
    executable = True,
)
