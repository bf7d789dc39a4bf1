#!/bin/sh
# fresh.sh TARGET CORPUS: FUZZ_SECONDS (10) of new inputs from the seeds in CORPUS, which stays as it is.
# An input that breaks the target is kept in fuzz-findings/ beside the target, and named.
set -u
target=$1 seeds=$2
findings=$(dirname "$target")/../../fuzz-findings
mkdir -p "$findings"
grown=$(mktemp -d) || exit 1
trap 'rm -rf "$grown"' EXIT
"$target" -max_total_time="${FUZZ_SECONDS:-10}" -timeout=20 -rss_limit_mb=2048 -max_len=65536 \
  -artifact_prefix="$findings/$(basename "$target")-" -print_final_stats=1 "$grown" "$seeds" 2>&1 | tail -n 40 | tee "$grown.log"
grep -q 'stat::number_of_executed_units' "$grown.log" && ! grep -qE '^==[0-9]+== ?ERROR|ERROR: |runtime error' "$grown.log"
status=$?
rm -f "$grown.log"
exit $status
