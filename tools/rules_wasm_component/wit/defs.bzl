"""Public rules for WIT."""

load("//wit/private:wit_library.bzl", _wit_library = "wit_library")

wit_library = _wit_library
