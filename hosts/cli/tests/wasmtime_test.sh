#!/usr/bin/env bash
# Runs the comparison with the paths of the two hosts.
exec "${COMPARISON:?path of the test}"
