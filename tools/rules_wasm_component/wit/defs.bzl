"""Public rules for WIT."""

load("//wit/private:wit_bindgen.bzl", _wit_bindgen = "wit_bindgen")
load("//wit/private:wit_library.bzl", _wit_library = "wit_library")

wit_bindgen = _wit_bindgen
wit_library = _wit_library
