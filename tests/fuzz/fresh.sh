#!/bin/sh
# fresh.sh TARGET CORPUS: FUZZ_SECONDS (10) of new inputs from the seeds in CORPUS, which stays as it is.
# An input that breaks the target is kept in fuzz-findings/ beside the target, and named; its report lies beside it.
set -u
target=$1 seeds=$2 name=$(basename "$1")
findings=$(dirname "$target")/../../fuzz-findings
mkdir -p "$findings"
log=$findings/$name.log
grown=$(mktemp -d) || exit 1
trap 'rm -rf "$grown"' EXIT
"$target" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
  -artifact_prefix="$findings/$name-" -print_final_stats=1 "$grown" "$seeds" >"$log" 2>&1
status=$?
if [ "$status" -eq 0 ] && ! grep -q 'stat::number_of_executed_units' "$log"; then
  echo "$name ran, but says nothing of how many inputs"
  status=1
fi
if [ "$status" -eq 0 ]; then
  tail -n 5 "$log"
  rm -f "$log"
else
  # The report stands above the statistics and, for an input in hexadecimal, far above the end.
  grep -nE 'ERROR: |runtime error|Test unit written' "$log" | cut -c 1-300
  tail -n 40 "$log" | cut -c 1-300
  echo "$name failed ($status); the whole report is $log"
fi
exit "$status"
