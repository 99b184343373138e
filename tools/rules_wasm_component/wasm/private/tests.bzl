"""Tests of what a component is: valid, of its world, with just the allowed imports, within its size."""

load("//providers:providers.bzl", "WasmComponentInfo", "WitInfo")
load("//toolchains:defs.bzl", "WASM_TOOLS_TOOLCHAIN_TYPE")

_HEADER = """#!/usr/bin/env bash
# Made by {label}.
set -euo pipefail
component={component} tools={tools}
fail() {{ printf '%s\\n' "$*" >&2; exit 1; }}
"""

_VALIDATE = """
"$tools" validate "$component"
[[ $("$tools" print --skeleton "$component" | sed -n 1p) == '(component'* ]] || fail "$component is a core module, not a component"
printf '%s is a valid component\\n' "$component"
"""

_WORLD = """
world={world} wit={wit}
"$tools" component targets --all-features --world "$world" "$wit" "$component" || fail "$component is not of the world $world of $wit"
printf '%s is of the world %s\\n' "$component" "$world"
"""

# The world that wasm-tools prints for a component lists one import a line.
_IMPORTS = """
found=$("$tools" component wit "$component" | sed -n '/^world root {{/,/^}}/ s/^  import \\(.*\\);$/\\1/p')
allowed={allowed}
for import in $found; do
  [[ " $allowed " == *" $import "* ]] || fail "$component imports $import, allowed: ${{allowed:-nothing}}"
done
for import in $allowed; do
  [[ " "$(echo $found)" " == *" $import "* ]] || fail "$component no longer imports $import: take it off the list"
done
printf '%s imports: %s\\n' "$component" "${{allowed:-nothing}}"
"""

_BUDGET = """
size=$(stat -Lc %s "$component")
((size <= {max_bytes})) || fail "$component has $size bytes, allowed: {max_bytes}"
printf '%s has %s bytes, allowed: %s\\n' "$component" "$size" {max_bytes}
"""

def _quote(text):
    return "'" + text.replace("'", "'\\''") + "'"

def _component_test(ctx, script, files = [], **substitutions):
    tools = ctx.toolchains[WASM_TOOLS_TOOLCHAIN_TYPE].wasm_tools
    component = ctx.attr.component[WasmComponentInfo].wasm_file
    test = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(
        content = (_HEADER + script).format(
            component = _quote(component.short_path),
            label = ctx.label,
            tools = _quote(tools.short_path),
            **substitutions
        ),
        is_executable = True,
        output = test,
    )
    return [DefaultInfo(
        executable = test,
        runfiles = ctx.runfiles([component, tools] + files),
    )]

def _test_rule(implementation, doc, attrs = {}):
    return rule(
        implementation = implementation,
        attrs = dict(attrs, component = attr.label(
            doc = "The component.",
            mandatory = True,
            providers = [WasmComponentInfo],
        )),
        doc = doc,
        test = True,
        toolchains = [WASM_TOOLS_TOOLCHAIN_TYPE],
    )

def _wasm_validate_test_impl(ctx):
    return _component_test(ctx, _VALIDATE)

wasm_validate_test = _test_rule(
    implementation = _wasm_validate_test_impl,
    doc = "Fails unless the file is a valid component; a core module is none.",
)

def _component_world_test_impl(ctx):
    wit = ctx.attr.wit[WitInfo] if ctx.attr.wit else ctx.attr.component[WasmComponentInfo].wit_info
    if not wit:
        fail("{} has no wit and neither has {}".format(ctx.label, ctx.attr.component.label))
    world = ctx.attr.world or wit.world_name
    if not world:
        fail("neither {} nor its wit_library names a world".format(ctx.label))
    return _component_test(
        ctx,
        _WORLD,
        [wit.wit_dir],
        wit = _quote(wit.wit_dir.short_path),
        world = _quote(world),
    )

component_world_test = _test_rule(
    implementation = _component_world_test_impl,
    attrs = {
        "wit": attr.label(
            doc = "The WIT package that has the world; by default the one that the component was built from.",
            providers = [WitInfo],
        ),
        "world": attr.string(
            doc = "The world; by default the library's own.",
        ),
    },
    doc = "Fails unless the component can run where its world can: it exports all of it and imports nothing else.",
)

def _component_imports_test_impl(ctx):
    return _component_test(ctx, _IMPORTS, allowed = _quote(" ".join(ctx.attr.imports)))

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
    return _component_test(ctx, _BUDGET, max_bytes = ctx.attr.max_bytes)

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
