#!/bin/sh
# check-words.sh SOURCE: nothing in the tree reads like unfinished work.
set -eu
cd "$1"
if grep -rnE '\b(TODO|FIXME|XXX|HACK)\b|#if 0' engine data app ui resources tests build-aux workbench check \
     --include='*' --exclude='check-words.sh' -I; then
  echo "not ok: finish these, or leave them out" >&2
  exit 1
fi
