#!/bin/sh
# bench-load.sh BENCH [FOLDER]: loads random weights in the shapes of v3-base (F16, F32) and of v2-xxlarge (F16), from a
# warm cache.  Fails when v3-base takes a second or when the most memory is 1.15 times the weights of v2-xxlarge.
# Needs 3.2 GB of disk and 7 GB of memory.
set -eu
bench=$1
work=$(mktemp -d -p "${2:-${TMPDIR:-/tmp}}")
trap 'rm -rf "$work"' EXIT
for dtype in f16 f32; do
  "$bench" make "$work/base" v3-base "$dtype"
  "$bench" load "$work/base" >/dev/null
  line=$("$bench" load "$work/base")
  echo "v3-base $dtype: $line"
  echo "$line" | awk '{ exit $7 >= 1 }' || { echo "more than a second"; exit 1; }
  rm -r "$work/base"
done
"$bench" make "$work/xxlarge" v2-xxlarge f16
line=$("$bench" load "$work/xxlarge")
echo "v2-xxlarge f16: $line"
echo "$line" | awk '{ exit $(NF - 1) >= 1.15 }' || { echo "more than 1.15 times the weights"; exit 1; }
