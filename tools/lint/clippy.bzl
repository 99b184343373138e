"""clippy_test: Clippy's opinion of crates, for the platforms that they are built for."""

load("@rules_anyhost//shell:defs.bzl", "shell_script")
load("@rules_rust//rust:defs.bzl", "rust_clippy_aspect", "rust_common")

_ClippyOutputInfo = provider(
    doc = "What Clippy says.",
    fields = {
        "files": "depset of File: Clippy's output, a file for each crate.",
        "sources": "depset of File: the sources of these crates.",
    },
)

# From a component to the crate that it is made of, which is built for another platform, and on to what that depends on.
_EDGES = ["crate", "deps", "module", "socket", "wasm_module"]

def _clippy_output_aspect_impl(target, ctx):
    outputs, sources = [], []
    for edge in _EDGES:
        value = getattr(ctx.rule.attr, edge, None)
        for dep in value if type(value) == "list" else [value]:
            if type(dep) == "Target" and _ClippyOutputInfo in dep:
                outputs.append(dep[_ClippyOutputInfo].files)
                sources.append(dep[_ClippyOutputInfo].sources)
    if OutputGroupInfo in target and "clippy_checks" in dir(target[OutputGroupInfo]):
        outputs.append(target[OutputGroupInfo].clippy_checks)
        sources.append(_crate(target).srcs)
    return [_ClippyOutputInfo(
        files = depset(transitive = outputs),
        sources = depset(transitive = sources),
    )]

def _crate(target):
    if rust_common.crate_info in target:
        return target[rust_common.crate_info]
    return target[rust_common.test_crate_info].crate

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
        _ClippyOutputInfo(
            files = depset(outputs),
            sources = depset(transitive = [target[_ClippyOutputInfo].sources for target in ctx.attr.targets + ctx.attr.tools]),
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

def _clippy_sources_impl(ctx):
    list = ctx.actions.declare_file(ctx.label.name + ".txt")
    sources = depset(transitive = [test[_ClippyOutputInfo].sources for test in ctx.attr.tests])
    ctx.actions.write(list, "\n".join(sorted([file.short_path for file in sources.to_list()])) + "\n")
    return [DefaultInfo(files = depset([list]))]

clippy_sources = rule(
    implementation = _clippy_sources_impl,
    attrs = {
        "tests": attr.label_list(
            doc = "`clippy_test` targets.",
            mandatory = True,
            providers = [_ClippyOutputInfo],
        ),
    },
    doc = "A file with the paths of all sources that Clippy looks at in some tests, a line each.",
)
