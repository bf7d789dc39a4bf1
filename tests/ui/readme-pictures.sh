#!/bin/sh
# readme-pictures.sh BUILD FOLDER: the pictures that the README shows, from the demo's data, into FOLDER (docs/pictures).  A minute.
set -eu
[ $# -eq 2 ] || { sed -n '2s/^# //p' "$0"; exit 2; }
build=$(cd "$1" && pwd) folder=$2
here=$(cd "$(dirname "$0")" && pwd)
program=$build/app/shell/deberta-workbench
home=/tmp/workbench # some pictures show it
mkdir -p "$folder"
mkdir "$home"
log=$(mktemp)
trap 'rm -rf "$home" "$log"' EXIT

"$program" --home "$home" demo
for seed in 2 3 4; do
  "$program" --home "$home" train --task sample-order --init-from-config "$home/models/sample/config.json" \
    --data "$home/datasets/sample-order" --name "Word order, seed $seed" --seed $seed --set epochs=4 --set batch-size=64 \
    --set learning-rate=1e-3 --set max-length=64 --set threads=1
done

picture () { # LOOK NAME WIDTH HEIGHT SCRIPT…
  look=$1 name=$2
  shift 2
  ADW_DEBUG_COLOR_SCHEME=prefer-$look WB_SCREEN=1700x1100 GTK_A11Y=test DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent \
    WB_PROGRAM=$program sh "$here/../gui-env.sh" "$build/tests/ui/show-window" "$home" "$folder/$name.png" "$@" >"$log" 2>&1 ||
    { tail -n 3 "$log"; exit 1; }
}

picture light runs       1100 560
picture light run        1100 760 run 2 wait 800
picture dark  run-dark   1100 760 run 2 wait 800
picture light evaluation 1100 760 run 2 tab findings wait 1500
picture light try-it     1100 560 run 1 tab trial wait 2500 type trial-text "The small dog saw the cat." wait 1500
picture light new-run    1100 760 dialog size 1000 760 set field-task selected 11 type field-model "$home/runs/1/best" type field-data "$home/datasets/sample-order" type field-seed 1,2,3 wait 2500
picture light settings   1100 760 run 3 tab settings wait 500
picture dark  runs-dark   420 640
