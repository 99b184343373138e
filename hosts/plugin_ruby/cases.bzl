"""cases_test: a component in Ruby, held to the cases of its contract."""

load("@rules_anyhost//component:defs.bzl", "precompile")
load("//tools/toolchains/ruby:defs.bzl", "ruby_test")

def cases_test(*, name, component, cases, code = None, prebuilt = True, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Ruby.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        code: its machine code; by default the build makes it, as `<name>_code`.
        prebuilt: whether it runs that, and not the file itself.
        **kwargs: more attributes of the test, such as `tags`.
    """
    if prebuilt and not code:
        code = name + "_code"
        precompile(
            name = code,
            compiler = Label("//lib/host/engine:precompile"),
            component = component,
            tags = kwargs.get("tags", []),
        )
    files = [component, cases] + ([code] if prebuilt else [])
    ruby_test(
        name = name,
        size = "small",
        args = ["$(rootpath {})".format(file) for file in files],
        data = files,
        main = Label(":lib/anyhost/testing.rb"),
        deps = [Label(":anyhost")],
        **kwargs
    )
