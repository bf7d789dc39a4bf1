#!/bin/sh
# check-layers.sh SOURCE BUILD: fails when a folder sees what its layer may not, directly or through another
# header.  The second look is at what the compiler really read (ninja's record of dependencies).
set -eu
cd "$1"
build=$2
status=0

forbid () { # folder, pattern
  [ -d "$1" ] || return 0
  if grep -rnE "^ *#\s*include *[<\"]($2)" "$1" --include='*.[ch]' --include='*.cc' --include='*.cu' --include='*.cuh'; then
    echo "not ok: $1/ must not include $2" >&2
    status=1
  fi
}

gui='(gtk|gdk|adwaita|graphene|gsk)'
forbid engine "$gui|(cairo|pango|sqlite)|(data|app|ui)/"
forbid data   "$gui|(cairo|pango)|(engine|app|ui)/"
for room in app/*/; do
  case $room in app/shell/) ;; *) forbid "$room" "$gui|ui/" ;; esac
done
forbid ui     '(engine|data)/'

# Public headers of app/ name no type of engine/ or data/.
if grep -nE '#include "(engine|data)/' $(find app -name '*.h' ! -name '*-private.h') /dev/null; then
  echo "not ok: a public header of app/ includes engine/ or data/ (use a -private.h)" >&2
  status=1
fi

# What the compiler read: lines "target: …" followed by indented paths.
ninja -C "$build" -t deps | awk '
  function bad(what) { print "not ok: " target " reads " $1 ", which " what " may not"; failed = 1 }
  /^[^ ].*: #deps/ { target = $1; sub(/:$/, "", target); next }
  NF == 0 { next }
  {
    gui = $1 ~ /\/include\/(gtk-4\.0|libadwaita-1|graphene)/
    if (target ~ /^engine\// && (gui || $1 ~ /(^|\/)(data|app|ui)\/[a-z-]+\/wb-/ || $1 ~ /\/sqlite3\.h$/)) bad("engine")
    if (target ~ /^data\// && (gui || $1 ~ /(^|\/)(engine|app|ui)\/[a-z-]+\/wb-/)) bad("data")
    if (target ~ /^app\/libwb-app/ && (gui || $1 ~ /(^|\/)ui\/[a-z-]+\/wb-/)) bad("app")
    if (target ~ /^ui\/libwb-ui/ && $1 ~ /(^|\/)(engine|data)\/[a-z-]+\/wb-/) bad("ui")
  }
  END { exit failed }' || status=1
exit $status
