#!/usr/bin/env bash
# Says which hosts can be run: which.sh HOST...
echo "error: which host? type one of" >&2
printf '  ./bazel run //hosts:%s\n' "$@" >&2
exit 2
