"""clippy_test: Clippy's opinion of crates, for the platforms that they are built for."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")
load("@rules_rust//rust:defs.bzl", "rust_clippy_aspect")

_ClippyOutputInfo = provider(
    doc = "What Clippy says.",
    fields = {
        "files": "depset of File: Clippy's output, a file for each crate.",
    },
)

# From a component to the crate that it is made of, which is built for another platform, and on to what that depends on.
_EDGES = ["crate", "deps", "module", "socket", "wasm_module"]

def _clippy_output_aspect_impl(target, ctx):
    outputs = []
    for edge in _EDGES:
        value = getattr(ctx.rule.attr, edge, None)
        for dep in value if type(value) == "list" else [value]:
            if type(dep) == "Target" and _ClippyOutputInfo in dep:
                outputs.append(dep[_ClippyOutputInfo].files)
    if OutputGroupInfo in target and "clippy_checks" in dir(target[OutputGroupInfo]):
        outputs.append(target[OutputGroupInfo].clippy_checks)
    return [_ClippyOutputInfo(files = depset(transitive = outputs))]

_clippy_output_aspect = aspect(
    implementation = _clippy_output_aspect_impl,
    attr_aspects = _EDGES,
    requires = [rust_clippy_aspect],
)

# Each file has what Clippy says of a crate: nothing, if all is well.
_BODY = """
set -u
cat "${files[@]}"
for file in "${files[@]}"; do [[ ! -s $file ]] || exit 1; done
echo "Clippy has nothing to say of ${#files[@]} crates"
"""

def _clippy_test_impl(ctx):
    outputs = depset(transitive = [target[_ClippyOutputInfo].files for target in ctx.attr.targets + ctx.attr.tools]).to_list()
    if not outputs:
        fail("none of the targets of {} is a crate or made of one".format(ctx.label))
    return [
        DefaultInfo(
            executable = shell_script(
                ctx,
                name = ctx.label.name,
                body = _BODY,
                values = {"files": [file.short_path for file in outputs]},
            ),
            runfiles = ctx.runfiles(outputs),
        ),
    ]

clippy_test = rule(
    implementation = _clippy_test_impl,
    attrs = {
        "targets": attr.label_list(
            doc = "Rust targets, and components whose core module is one.",
            aspects = [_clippy_output_aspect],
        ),
        "tools": attr.label_list(
            doc = "Rust programs that run while something is built, and are built for that.",
            aspects = [_clippy_output_aspect],
            cfg = "exec",
        ),
    },
    doc = "Fails if Clippy warns of a crate or of one in this repository that it depends on. `.bazelrc` has its flags and makes it write its output to files.",
    test = True,
)
