#!/usr/bin/env bash
# Runs the benchmark with the paths of what it compares.
exec "${MEASURE:?path of the benchmark}" "$@"
