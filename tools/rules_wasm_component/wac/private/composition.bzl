"""What the composing rules have in common."""

load("//providers:providers.bzl", "WasmComponentInfo")

def composition(ctx, component):
    """The providers of a composed component.

    Args:
        ctx: the rule's context.
        component: the composed component's file.

    Returns:
        The list of providers.
    """
    return [
        DefaultInfo(
            files = depset([component]),
            runfiles = ctx.runfiles([component]),
        ),
        WasmComponentInfo(
            component_type = "component",
            wasm_file = component,
            wit_info = None,
        ),
    ]
