"""What every guest has, beside its component."""

load("@rules_wasm_component//wasm:defs.bzl", "component_budget_test", "component_imports_test", "component_world_test", "wasm_validate_test")

def guest(*, component, imports, max_bytes, tests = []):
    """Declares what is asked of a guest, for the one component that it is.

    Args:
        component: the component, built from a `wit_library` that names its world.
        imports: the list of all its imports, with versions.
        max_bytes: the largest size its file may have.
        tests: the guest's own tests.
    """
    wasm_validate_test(
        name = "validate_test",
        component = component,
        size = "small",
    )
    component_world_test(
        name = "world_test",
        component = component,
        size = "small",
    )
    component_imports_test(
        name = "imports_test",
        component = component,
        imports = imports,
        size = "small",
    )
    component_budget_test(
        name = "budget_test",
        component = component,
        max_bytes = max_bytes,
        size = "small",
    )
    native.test_suite(
        name = "test",
        tests = [
            "budget_test",
            "imports_test",
            "validate_test",
            "world_test",
        ] + tests,
    )
    native.alias(
        name = "build",
        actual = component,
        visibility = ["//visibility:public"],
    )
