# shellcheck shell=sh disable=SC2154 # setup_top and setup_yes are set by whoever sources this
# Sourced by ./workbench and ./check: installs what is missing, configures, builds.  POSIX sh.
#
# setup_packages PART…   installs what the parts need (packages), asking once on a terminal
# setup_build DIR ARG…   configures DIR with Meson's arguments (once, or when they changed) and builds it
#
# On success neither prints a word when there was nothing to do.

setup_say () { printf '%s\n' "$*" >&2; }

# Is the thing that the list names there?
setup_present () {
  case $1 in
    cmd:*)    command -v "${1#cmd:}" >/dev/null 2>&1 ;;
    pc:*)     pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    header:*) for d in /usr/include /usr/local/include /usr/include/*-linux-gnu; do
                [ -e "$d/${1#header:}" ] && return 0
              done; return 1 ;;
    file:*)   for f in ${1#file:}; do [ -e "$f" ] && return 0; done; return 1 ;;
  esac
}

setup_missing () { # PART… -> names on standard output
  while read -r name part sign; do
    case $name in ''|'#'*) continue ;; esac
    for wanted in "$@"; do
      if [ "$part" = "$wanted" ] && ! setup_present "$sign"; then printf '%s ' "$name"; fi
    done
  done <"$setup_top/build-aux/packages"
}

setup_install () { # NAME…
  as_root=
  if [ "$(id -u)" != 0 ]; then as_root=sudo; fi
  if [ -t 0 ] && [ -t 2 ]; then
    if [ -n "$as_root" ] && ! command -v sudo >/dev/null 2>&1; then
      setup_say "These packages are missing.  As root, run:"
      setup_say "    apt-get install --no-install-recommends $*"
      return 1
    fi
    if [ "$setup_yes" = no ]; then
      size=$(LC_ALL=C apt-get install --no-install-recommends -s -o Debug::NoLocking=1 "$@" 2>/dev/null | grep -c '^Inst ') || size=0
      need=$(echo n | LC_ALL=C apt-get install --no-install-recommends --assume-no -o Debug::NoLocking=1 "$@" 2>/dev/null |
             sed -n 's/^Need to get \(.*\) of archives.*/\1 to download/p; s/^After this operation, \(.*\) of additional disk space.*/\1 on disk/p' | paste -sd, -)
      setup_say "Missing: $*"
      printf 'Install them (%s packages with what they need%s)? [Y/n] ' "$size" "${need:+, $need}" >&2
      read -r answer || answer=n
      case $answer in ''|y*|Y*) ;; *) return 1 ;; esac
    fi
  elif [ -n "$as_root" ]; then
    setup_say "These packages are missing.  Run:"
    setup_say "    sudo apt-get install --no-install-recommends $*"
    return 1
  fi
  setup_say "Installing: $*"
  log=$(mktemp) || return 1
  if ! { $as_root apt-get update -q &&
         $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"; } >"$log" 2>&1; then
    tail -n 15 "$log" >&2
    setup_say "apt-get could not install: $*"
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

setup_packages () {
  missing=$(setup_missing "$@")
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    setup_say "Missing, and there is no apt here to install it (names as Debian calls them): $missing"
    return 1
  fi
  # shellcheck disable=SC2086 # a list of names
  setup_install $missing || return 1
  missing=$(setup_missing "$@")
  [ -z "$missing" ] && return 0
  setup_say "Installed, but still not found: $missing"
  return 1
}

setup_build () { # DIR MESON-ARGUMENT…
  dir=$1; shift
  stamp="$dir/.setup"
  if [ ! -f "$dir/build.ninja" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$*" ]; then
    setup_say "Configuring $dir"
    log=$(mktemp) || return 1
    if [ -f "$dir/build.ninja" ]; then again=--wipe; else again=; rm -rf "$dir"; fi
    # shellcheck disable=SC2086 # empty or one word
    if ! meson setup $again "$dir" "$setup_top" "$@" >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      rm -f "$log"
      setup_say "Configuring failed; the whole story is in $dir/meson-logs/meson-log.txt"
      return 1
    fi
    rm -f "$log"
    printf '%s' "$*" >"$stamp"
  fi
  if [ "$(ninja -C "$dir" -n 2>/dev/null | tail -n 1)" = "ninja: no work to do." ]; then return 0; fi
  setup_say "Building $dir"
  log=$(mktemp) || return 1
  if [ -t 2 ]; then ninja -C "$dir" >&2 && rm -f "$log" && return 0
  elif ninja -C "$dir" >"$log" 2>&1; then
    grep -A4 'warning:' "$log" >&2 || :
    rm -f "$log"
    return 0
  fi
  grep -B1 -A12 -E 'error:|FAILED' "$log" | head -n 60 >&2
  rm -f "$log"
  setup_say "The build in $dir failed."
  return 1
}
