"""plugin_transpile: what hosts on jco run of a component."""

load("@rules_anyhost//component:defs.bzl", "transpile")

def plugin_transpile(*, name, component, **kwargs):
    """Transpiles a component for the library `anyhost`, in Node.js and on pages.

    Args:
        name: the folder that `Plugin.open` takes.
        component: the component.
        **kwargs: more attributes, such as `visibility`.
    """
    transpile(
        name = name,
        component = component,
        options = [
            "--instantiation=async",
            "--name=component",
            "--minify",
            "--no-nodejs-compat",
        ],
        **kwargs
    )
