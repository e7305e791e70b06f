# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the scripts beside it: finds what the system lacks and installs it with the system's own package manager.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD_DIR:-$top/_build}

say () { printf '%s\n' "$*" >&2; }
die () { say "$(basename "$0"): $*"; exit 1; }

# Packages by what they are for. Names are the distribution's.
packages_for () {
  case "$1:$2" in
    apt:build)
      echo gcc libc6-dev meson ninja-build pkgconf gettext libgtk-4-dev libadwaita-1-dev libsoup-3.0-dev \
        libjson-glib-dev libsqlite3-dev libsecret-1-dev adwaita-icon-theme librsvg2-common glib-networking \
        desktop-file-utils libglib2.0-bin libxml2-utils ;;
    apt:headless)
      echo xvfb dbus xdotool imagemagick fonts-cantarell python3-dbusmock ;;
    apt:test)
      # locales: one test needs a decimal comma, and makes the locale from its source.
      echo appstream gir1.2-atspi-2.0 at-spi2-core python3 python3-gi gnome-keyring locales ;;
    apt:conformance)
      # Node.js takes the system's certificates, but only recommends them.
      echo nodejs npm ca-certificates ;;
    apt:fuzz)
      echo clang ;;
    apt:fuzz-runtime)
      # Named after the compiler's version, which is known once that is there.
      echo "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev" ;;
    dnf:build)
      echo gcc glibc-devel meson ninja-build pkgconf-pkg-config gettext gtk4-devel libadwaita-devel libsoup3-devel \
        json-glib-devel sqlite-devel libsecret-devel adwaita-icon-theme librsvg2 glib-networking \
        desktop-file-utils glib2 libxml2 ;;
    dnf:headless)
      echo xorg-x11-server-Xvfb dbus-daemon xdotool ImageMagick abattis-cantarell-fonts python3-dbusmock ;;
    dnf:test)
      echo appstream at-spi2-core python3 python3-gobject gnome-keyring glibc-locale-source ;;
    apt:thread)
      echo clang libclang-rt-dev llvm dpkg-dev ;;
    dnf:thread)
      echo clang compiler-rt llvm ;;
    dnf:conformance)
      echo nodejs npm ca-certificates ;;
    dnf:fuzz)
      echo clang compiler-rt ;;
    dnf:fuzz-runtime) ;;
  esac
}

# install_packages PURPOSE...: installs what is missing, asking sudo for the right to do so when that is needed.
install_packages () {
  local manager purpose wanted=() missing=() name as_root=()
  if command -v apt-get >/dev/null; then
    manager=apt
  elif command -v dnf >/dev/null; then
    manager=dnf
  else
    say "Neither apt-get nor dnf here: going on with what is installed."
    return 0
  fi
  for purpose in "$@"; do
    read -ra names <<<"$(packages_for "$manager" "$purpose")"
    wanted+=("${names[@]}")
  done
  for name in "${wanted[@]}"; do
    case $manager in
      apt) dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name") ;;
      dnf) rpm -q --quiet --whatprovides "$name" || missing+=("$name") ;;
    esac
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  say "Installing: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "these packages are missing and there is no sudo: ${missing[*]}"
    # With CI set nothing may ask: sudo fails where it would.
    if [ -n "${CI:-}" ]; then as_root=(sudo -n); else as_root=(sudo); fi
  fi
  case $manager in
    apt)
      "${as_root[@]}" apt-get update -q </dev/null >&2
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null >&2 ;;
    dnf)
      "${as_root[@]}" dnf install -q -y --setopt=install_weak_deps=False "${missing[@]}" </dev/null >&2 ;;
  esac
}

# build_program: configures once and builds.
build_program () {
  [ -f "$build/build.ninja" ] || meson setup "$build" "$top" >&2
  meson compile -C "$build" >&2
}
