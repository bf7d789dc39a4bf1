#!/bin/sh
# Fails when a folder includes what its layer may not see.
set -eu
cd "$1"
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
exit $status
