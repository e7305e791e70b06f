#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# headless.sh PROGRAM [ARG...]: run PROGRAM with its own X server, session bus and home, so that tests touch nothing of the
# person who runs them and can run side by side.
#
# The session bus has no service directory, on purpose: with portals or a keyring installed an ordinary one starts them all.
# Environment: HEADLESS_SIZE (1280x800); HEADLESS_A11Y=1 gives the bus one service, the accessibility bus.
set -eu
tmp=$(mktemp -d "${TMPDIR:-/tmp}/headless.XXXXXX")
xpid=
cleanup () {
  if [ -n "$xpid" ]; then
    kill "$xpid" 2>/dev/null || true
    wait "$xpid" 2>/dev/null || true
  fi
  rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 143' TERM INT

export HOME=$tmp/home XDG_RUNTIME_DIR=$tmp/run XDG_CONFIG_HOME=$tmp/config XDG_CACHE_HOME=$tmp/cache
export XDG_DATA_HOME=$tmp/data XDG_STATE_HOME=$tmp/state
mkdir -p "$HOME" "$XDG_CONFIG_HOME" "$XDG_CACHE_HOME" "$XDG_DATA_HOME" "$XDG_STATE_HOME"
mkdir -m 700 "$XDG_RUNTIME_DIR"

services=
if [ -n "${HEADLESS_A11Y:-}" ]; then
  for launcher in /usr/libexec/at-spi-bus-launcher /usr/lib/at-spi2-core/at-spi-bus-launcher; do
    [ -x "$launcher" ] || continue
    mkdir "$tmp/services"
    # What it says goes with the errors: standard output is the test's own, and may be a protocol.
    printf '[D-BUS Service]\nName=org.a11y.Bus\nExec=/bin/sh -c "exec %s >&2"\n' "$launcher" >"$tmp/services/org.a11y.Bus.service"
    services="<servicedir>$tmp/services</servicedir>"
  done
fi
cat >"$tmp/bus.conf" <<CONF
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=$tmp</listen><auth>EXTERNAL</auth>$services
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
CONF

Xvfb -displayfd 3 -screen 0 "${HEADLESS_SIZE:-1280x800}x24" -nolisten tcp -noreset 3>"$tmp/display" 2>"$tmp/xvfb.log" &
xpid=$!
for _ in $(seq 500); do
  [ -s "$tmp/display" ] && break
  kill -0 "$xpid" 2>/dev/null || { cat "$tmp/xvfb.log" >&2; exit 1; }
  sleep 0.02
done
[ -s "$tmp/display" ] || { echo "headless.sh: the X server did not start" >&2; exit 1; }
DISPLAY=:$(cat "$tmp/display")
export DISPLAY GDK_BACKEND=x11 GSK_RENDERER=${GSK_RENDERER:-cairo} GTK_A11Y=${GTK_A11Y:-test}
export ADW_DISABLE_PORTAL=1 GSETTINGS_BACKEND=${GSETTINGS_BACKEND:-memory} GIO_USE_VFS=local
unset WAYLAND_DISPLAY

dbus-run-session --config-file="$tmp/bus.conf" -- "$@"
