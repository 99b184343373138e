#!/usr/bin/env bash
# Becomes its arguments.
exec "$@"
