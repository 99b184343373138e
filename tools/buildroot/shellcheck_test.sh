#!/usr/bin/env bash
# Runs ShellCheck, the first argument, on the others.
exec "$1" --external-sources --severity=warning "${@:2}"
