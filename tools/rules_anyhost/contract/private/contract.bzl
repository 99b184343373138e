"""contract: a WIT package and its cases."""

load("@rules_wasm_component//wit:defs.bzl", "wit_library")
load(":contract_cases.bzl", "contract_cases")

def contract(
        *,
        name,
        worlds,
        srcs = None,
        cases = "cases.json",
        deps = [],
        package_name = None,
        visibility = ["//visibility:public"],
        **kwargs):
    """A contract: what guests and hosts agree upon, as a WIT package and cases that tell what its functions do.

    It is one folder with `*.wit`, `cases.json` and a `BUILD.bazel` that calls this macro. Hosts read the cases from the
    target `cases`, which is checked: a case that does not fit the WIT fails the build.

    Args:
        name: the contract, whose `wit_library` this is; no world may have this name.
        worlds: the worlds of the package: there is a `wit_library` for each, under the world's own name.
        srcs: the WIT files; by default all of the folder.
        cases: the file with the cases.
        deps: the WIT packages that this one uses.
        package_name: the package's name, such as `anyhost:hello@1.0.0`, for those who ask its `wit_library`.
        visibility: who may use it; by default everybody.
        **kwargs: more attributes of all targets, such as `testonly` and `tags`.
    """
    common = dict(
        srcs = srcs or native.glob(["*.wit"]),
        package_name = package_name,
        visibility = visibility,
        deps = deps,
        **kwargs
    )
    wit_library(
        name = name,
        **common
    )
    for world in worlds:
        wit_library(
            name = world,
            world = world,
            **common
        )
    contract_cases(
        name = "cases",
        src = cases,
        visibility = visibility,
        wit = name,
        **kwargs
    )
