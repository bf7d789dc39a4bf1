#!/bin/sh
# check-format.sh SOURCE: every C and C++ file is as clang-format 14 leaves it (later versions differ; 77: skipped).
set -eu
cd "$1"
case $(clang-format --version 2>/dev/null) in
  *"version 14."*) ;;
  *) echo "skipped: clang-format 14 is not here"; exit 77 ;;
esac
find engine data app ui tests -name '*.c' -o -name '*.h' -o -name '*.cc' | xargs clang-format --dry-run --Werror
