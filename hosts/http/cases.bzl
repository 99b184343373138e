"""cases_test: a component behind HTTP, held to what it owes."""

load("@rules_rust//rust:defs.bzl", "rust_test")

_HOST = Label(":http")

_TEST = Label("//hosts/http/tests:guest.rs")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a component that is an HTTP handler in this host.

    Args:
        name: the test.
        component: the component.
        cases: the file with its requests and what it answers; docs/contracts.md has its form.
        **kwargs: more attributes of the test, but for `tags`.
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
        tags = ["requires-network"],
        deps = [Label("//lib/host/testing:host_testing")],
        **kwargs
    )
