"""Public rules for compositions: components made of components."""

load("//wac/private:wac_plug.bzl", _wac_plug = "wac_plug")

wac_plug = _wac_plug
