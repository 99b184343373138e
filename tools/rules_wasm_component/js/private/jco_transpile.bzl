"""jco_transpile: a component as an ES module."""

load("@rules_anyhost//component:defs.bzl", "transpile")

def jco_transpile(
        name,
        component,
        name_override = "",
        no_typescript = False,
        instantiation = "",
        map = [],
        world_name = "",
        **kwargs):
    """Makes a component a folder with an ES module, its core modules and TypeScript declarations, as `jco transpile` does.

    The folder is also the output group `transpiled`.

    Args:
        name: the folder's target.
        component: the component's file.
        name_override: the module's file name without `.js`; the component's by default.
        no_typescript: leaves out the declarations.
        instantiation: `async` or `sync`: the module exports a function `instantiate`; by default it is an instance as
            soon as it is imported.
        map: what an imported interface is imported from, as `wasi:cli/*=./cli.js#*`.
        world_name: the name of the world's interface in the declarations.
        **kwargs: common attributes, such as `visibility`.
    """
    if instantiation not in ["", "async", "sync"]:
        fail("instantiation of {} is '{}': expected 'async' or 'sync'".format(name, instantiation))
    options = ["--map=" + pair for pair in map]
    for option, value in [("instantiation", instantiation), ("name", name_override), ("world-name", world_name)]:
        if value:
            options.append("--{}={}".format(option, value))
    transpile(
        name = name,
        component = component,
        interfaces = False,
        options = options + (["--no-typescript"] if no_typescript else []),
        **kwargs
    )
