"""cases_test: a command, held to what it owes."""

load("@rules_rust//rust:defs.bzl", "rust_test")

_HOST = Label(":cli")

_TEST = Label("//hosts/cli/tests:guest.rs")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a component that is a command in this host.

    Args:
        name: the test.
        component: the component.
        cases: the file with its arguments and what it prints; docs/contracts.md has its form.
        **kwargs: more attributes of the test.
    """
    rust_test(
        name = name,
        size = "small",
        srcs = [_TEST],
        data = [
            cases,
            component,
            _HOST,
        ],
        env = {
            "CASES": "$(rootpath {})".format(cases),
            "COMPONENT": "$(rootpath {})".format(component),
            "HOST": "$(rootpath {})".format(_HOST),
        },
        deps = [Label("//lib/host/testing:host_testing")],
        **kwargs
    )
