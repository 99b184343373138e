"""Public rules for components written in C."""

load("//cpp/private:cpp_component.bzl", _cpp_component = "cpp_component")

cpp_component = _cpp_component
