"""Public rules for components in JavaScript."""

load("//js/private:jco_transpile.bzl", _jco_transpile = "jco_transpile")

jco_transpile = _jco_transpile
