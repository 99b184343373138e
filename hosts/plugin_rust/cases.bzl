"""cases_test: a component in Rust, held to the cases of its contract."""

load("@rules_rust//rust:defs.bzl", "rust_test")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Rust.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        **kwargs: more attributes of the test, such as `tags`.
    """
    rust_test(
        name = name,
        size = "small",
        srcs = [Label(":tests/guest.rs")],
        data = [
            cases,
            component,
        ],
        env = {
            "CASES": "$(rootpath {})".format(cases),
            "COMPONENT": "$(rootpath {})".format(component),
        },
        deps = [Label("//lib/host/plugin")],
        **kwargs
    )
