"""Tests of what a component is: valid, of its world, with just the allowed imports, within its size."""

load("@rules_wasm_component//providers:providers.bzl", "WitInfo")
load("//shell:defs.bzl", "shell_script")
load(":wit_files.bzl", "wit_dir")

_WASM_TOOLS = "@rules_wasm_component//toolchains:wasm_tools_toolchain_type"

_HEADER = """
set -euo pipefail
fail() { printf '%s\\n' "$*" >&2; exit 1; }
"""

_VALIDATE = """
"$tools" validate "$component"
[[ $("$tools" print --skeleton "$component" | sed -n 1p) == '(component'* ]] || fail "$component is a core module, not a component"
printf '%s is a valid component\\n' "$component"
"""

_WORLD = """
"$tools" component targets --all-features --world "$world" "$wit" "$component" || fail "$component is not of the world $world of $wit"
printf '%s is of the world %s\\n' "$component" "$world"
"""

# The world that wasm-tools prints for a component lists one import a line.
_IMPORTS = """
found=$("$tools" component wit "$component" | sed -n '/^world root {/,/^}/ s/^  import \\(.*\\);$/\\1/p')
for import in $found; do
  [[ " ${allowed[*]} " == *" $import "* ]] || fail "$component imports $import, allowed: ${allowed[*]:-nothing}"
done
for import in "${allowed[@]}"; do
  [[ " "${found//$'\\n'/ }" " == *" $import "* ]] || fail "$component no longer imports $import: take it off the list"
done
printf '%s imports: %s\\n' "$component" "${allowed[*]:-nothing}"
"""

_BUDGET = """
size=$(stat -Lc %s "$component")
((size <= max_bytes)) || fail "$component has $size bytes, allowed: $max_bytes"
printf '%s has %s bytes, allowed: %s\\n' "$component" "$size" "$max_bytes"
"""

def _component_test(ctx, body, values = {}, files = []):
    tools = ctx.toolchains[_WASM_TOOLS].wasm_tools
    component = ctx.file.component
    return [DefaultInfo(
        executable = shell_script(
            ctx,
            name = ctx.label.name,
            body = _HEADER + body,
            values = dict(
                values,
                component = component.short_path,
                tools = tools.short_path,
            ),
        ),
        runfiles = ctx.runfiles([component, tools] + files),
    )]

def _test_rule(implementation, doc, attrs = {}):
    return rule(
        implementation = implementation,
        attrs = dict(attrs, component = attr.label(
            doc = "The component.",
            allow_single_file = [".wasm"],
            mandatory = True,
        )),
        doc = doc,
        test = True,
        toolchains = [_WASM_TOOLS],
    )

def _component_validate_test_impl(ctx):
    return _component_test(ctx, _VALIDATE)

component_validate_test = _test_rule(
    implementation = _component_validate_test_impl,
    doc = "Fails unless the file is a valid component; a core module is none.",
)

def _component_world_test_impl(ctx):
    wit = wit_dir(ctx.attr.wit)
    world = ctx.attr.world or ctx.attr.wit[WitInfo].world_name
    if not world:
        fail("neither {} nor {} names a world".format(ctx.label, ctx.attr.wit.label))
    return _component_test(
        ctx,
        _WORLD,
        {
            "wit": wit.short_path,
            "world": world,
        },
        [wit],
    )

component_world_test = _test_rule(
    implementation = _component_world_test_impl,
    attrs = {
        "wit": attr.label(
            doc = "The `wit_library` that has the world.",
            mandatory = True,
            providers = [WitInfo],
        ),
        "world": attr.string(
            doc = "The world; by default the library's own.",
        ),
    },
    doc = "Fails unless the component can run where its world can: it exports all of it and imports nothing else.",
)

def _component_imports_test_impl(ctx):
    return _component_test(ctx, _IMPORTS, {"allowed": ctx.attr.imports})

component_imports_test = _test_rule(
    implementation = _component_imports_test_impl,
    attrs = {
        "imports": attr.string_list(
            doc = "The names of all imports, with versions, such as `wasi:io/streams@0.2.12`.",
        ),
    },
    doc = "Fails unless the component imports exactly what is listed.",
)

def _component_budget_test_impl(ctx):
    return _component_test(ctx, _BUDGET, {"max_bytes": ctx.attr.max_bytes})

component_budget_test = _test_rule(
    implementation = _component_budget_test_impl,
    attrs = {
        "max_bytes": attr.int(
            doc = "The largest size allowed, in bytes.",
            mandatory = True,
        ),
    },
    doc = "Fails if the component's file is larger than its budget.",
)

def component_test(*, name, component, wit, imports, max_bytes = None):
    """Declares all tests of a component's form, and a suite of them.

    Args:
        name: the suite; the tests are `<name>_validate_test`, `<name>_world_test`, `<name>_imports_test` and
            `<name>_budget_test`.
        component: the component.
        wit: the `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have; None for no such test.

    Returns:
        The names of the tests.
    """
    common = dict(
        size = "small",
        component = component,
    )
    component_validate_test(
        name = name + "_validate_test",
        **common
    )
    component_world_test(
        name = name + "_world_test",
        wit = wit,
        **common
    )
    component_imports_test(
        name = name + "_imports_test",
        imports = imports,
        **common
    )
    tests = [name + "_validate_test", name + "_world_test", name + "_imports_test"]
    if max_bytes != None:
        component_budget_test(
            name = name + "_budget_test",
            max_bytes = max_bytes,
            **common
        )
        tests.append(name + "_budget_test")
    native.test_suite(
        name = name,
        tests = tests,
    )
    return tests
