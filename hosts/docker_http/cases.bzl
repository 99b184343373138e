"""cases_test: a component behind HTTP in a container, held to what it owes."""

load("//lib/host/containers:defs.bzl", "daemons_test")

def cases_test(*, name, component, cases):
    """Runs the cases of a component that is an HTTP handler in this host.

    Args:
        name: the test.
        component: the component; `image` beside it makes its image.
        cases: the file with its requests and what it answers; docs/contracts.md has its form.
    """
    daemons_test(
        name = name,
        srcs = ["//hosts/docker_http/tests:guest.rs"],
        files = {
            "CASES": cases,
            "HOST": "//hosts/docker_http",
            "IMAGE": native.package_relative_label(component).same_package_label("image_tar"),
        },
    )
