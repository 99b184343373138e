"""cases_test: a component in Ruby, held to the cases of its contract."""

load("//tools/toolchains/ruby:defs.bzl", "ruby_test")

def cases_test(*, name, component, cases, **kwargs):
    """Runs the cases of a contract that are for a component in the plugin host for Ruby.

    It fails if a case does, or if none of them is for what the component exports and imports.

    Args:
        name: the test.
        component: the component.
        cases: the `cases` of its `contract`.
        **kwargs: more attributes of the test, such as `tags`.
    """
    ruby_test(
        name = name,
        size = "small",
        args = [
            "$(rootpath {})".format(component),
            "$(rootpath {})".format(cases),
        ],
        data = [
            cases,
            component,
        ],
        main = Label(":lib/anyhost/testing.rb"),
        deps = [Label(":anyhost")],
        **kwargs
    )
