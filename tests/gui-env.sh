#!/bin/sh
# gui-env.sh COMMAND…: an X server of its own, a fixed look, nothing from the user's home.
# WB_SCREEN (default 1280x800) is the size of its screen.
d=$(mktemp -d) || exit 1
# -noreset: without it the server starts anew when its last client leaves, and the next one may find none
Xvfb -displayfd 3 -screen 0 "${WB_SCREEN:-1280x800}x24" -noreset -nolisten tcp 3>"$d/n" 2>/dev/null &
x=$!
trap 'kill $x 2>/dev/null; wait $x 2>/dev/null; rm -rf "$d"' EXIT
trap 'exit 130' INT TERM
i=0
until [ -s "$d/n" ] || [ $i -ge 500 ]; do sleep 0.02; i=$((i + 1)); done
[ -s "$d/n" ] || { echo "Bail out! no X server within 10 s"; exit 1; }
mkdir -p "$d/c/gtk-4.0" "$d/run" && chmod 700 "$d/run"
printf '[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\ngtk-cursor-blink=false\n' >"$d/c/gtk-4.0/settings.ini"
DISPLAY=":$(cat "$d/n")"
export DISPLAY XDG_CONFIG_HOME="$d/c" XDG_DATA_HOME="$d/s" XDG_CACHE_HOME="$d/k" XDG_RUNTIME_DIR="$d/run" TMPDIR="$d/run"
export LC_ALL=C.UTF-8 GDK_BACKEND=x11 GSK_RENDERER=cairo GDK_DEBUG=gl-disable GDK_DISABLE=gl,vulkan GSETTINGS_BACKEND=memory \
  GIO_USE_VFS=local ADW_DISABLE_PORTAL=1
"$@"
