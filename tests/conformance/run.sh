#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh SOURCE_DIR BUILD_DIR [PART]: installs the published clients into BUILD_DIR, with the versions of package-lock.json, and runs
# the tests whose names hold PART. Says why it skips them when there is no Node or nothing to install from.
set -eu
source=$1 build=$2 part=${3:-}
skip () { echo "1..0 # SKIP $*"; exit 0; }

command -v node >/dev/null && command -v npm >/dev/null || skip "there is no Node.js here"
[ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ] || skip "this Node.js is older than 20"

mkdir -p "$build"
cp "$source"/*.mjs "$source/package.json" "$source/package-lock.json" "$build/"
cd "$build"
if ! cmp -s package-lock.json installed-lock.json; then
  rm -f installed-lock.json
  if ! npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >npm.log 2>&1; then
    sed 's/^/# /' npm.log
    # A machine that tests every change has a network, or should say so by failing.
    [ -z "${CI:-}" ] || { echo "Bail out! npm ci failed"; exit 1; }
    skip "npm ci failed"
  fi
  cp package-lock.json installed-lock.json
fi
exec node main.mjs "$part"
