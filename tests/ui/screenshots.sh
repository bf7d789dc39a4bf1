#!/bin/sh
# screenshots.sh BUILD FOLDER [NAME…]: pictures of every page (or of those named) into FOLDER: light and dark, 360, 900 and 1,600
# pixels wide, empty, typical and overfull.  For people who look at the design; they stay out of git.
set -u
[ $# -ge 2 ] || { sed -n '2,3s/^# //p' "$0"; exit 2; }
build=$1 folder=$2
shift 2
here=$(dirname "$0")
mkdir -p "$folder" || exit 1
failed=0

picture () { # NAME HOME SCRIPT…, where @W stands for the width
  name=$1 home=$2
  shift 2
  script="$*"
  case "$wanted" in "  "|*" $name "*) ;; *) return ;; esac
  for look in light dark; do
    for width in 360 900 1600; do
      ADW_DEBUG_COLOR_SCHEME=prefer-$look WB_SCREEN=1700x1100 GTK_A11Y=test DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent \
        WB_PROGRAM="$build/app/shell/deberta-workbench" timeout 120 \
        sh "$here/../gui-env.sh" "$build/tests/ui/show-window" "$home" "$folder/$name-$width-$look.png" "$width" 800 \
        $(echo "$script" | sed "s/@W/$width/g") >"$folder/log" 2>&1 ||
        { echo "$name, $width, $look: no picture"; tail -n 3 "$folder/log"; failed=1; }
    done
  done
}

wanted=" $* "
picture empty             empty
picture list              samples
picture list-overfull     overfull
picture run-charts        samples  run 1
picture run-findings      samples  run 1 tab findings
picture run-trial         samples  run 1 tab trial
picture run-settings      samples  run 7 tab settings
picture run-files         samples  run 1 tab files
picture run-log           samples  run 1 tab log
picture run-interrupted   samples  run 2
picture run-diverged      samples  run 4
picture run-failed        samples  run 6
picture run-overfull      overfull run 10002 wait 1500
picture run-overfull-text overfull run 10003 tab settings wait 1500
picture new-run           samples  dialog size @W 800
picture new-run-wrong     samples  dialog size @W 800 type field-seed 1,x type field-learning-rate -1 wait 600
picture queue             samples  queue
picture preferences       samples  action app.preferences size @W 800
picture shortcuts         samples  action win.show-help-overlay
rm -f "$folder/log"
exit $failed
