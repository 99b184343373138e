"""cases_test: a command in a container, held to what it owes."""

load("//lib/host/containers:defs.bzl", "daemons_test")

def cases_test(*, name, component, cases):
    """Runs the cases of a component that is a command in this host.

    Args:
        name: the test.
        component: the component; `image` beside it makes its image.
        cases: the file with its arguments and what it prints; docs/contracts.md has its form.
    """
    daemons_test(
        name = name,
        srcs = ["//hosts/docker_cli/tests:guest.rs"],
        files = {
            "CASES": cases,
            "HOST": "//hosts/docker_cli",
            "IMAGE": native.package_relative_label(component).same_package_label("image_tar"),
        },
    )
