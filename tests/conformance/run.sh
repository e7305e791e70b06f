#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh SOURCE_DIR BUILD_DIR [PART]: installs the published clients into BUILD_DIR, with the versions of package-lock.json, and runs
# the tests whose names hold PART. Says why it skips them when there is no Node or nothing to install from.
set -eu
source=$1 build=$2 part=${3:-}

# Without what it needs the test is skipped, unless whoever asked for it wants an answer (build-aux/test).
give_up () {
  if [ -n "${REQUIRE_CONFORMANCE:-}" ]; then
    echo "Bail out! $*"
    exit 1
  fi
  echo "1..0 # SKIP $*"
  exit 0
}

install () {
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 "$@"
}

command -v node >/dev/null || give_up "the published clients need Node.js, which is not here"
command -v npm >/dev/null || give_up "the published clients are installed with npm, which is not here"
[ "$(node -p 'parseInt(process.versions.node)')" -ge 18 ] || give_up "this Node.js is older than 18"

mkdir -p "$build"
cd "$build"
# Of several parts that run at the same time, one installs.
exec 9>lock
flock 9
if ! cmp -s "$source/package-lock.json" installed-lock.json; then
  rm -f installed-lock.json
  cp "$source/package.json" "$source/package-lock.json" .
  # The sums in the lock file say whether it is what was asked for. So where something between here and the registry has a
  # certificate of its own, which this machine does not know, that is no reason to give up.
  if ! install >npm.log 2>&1 && ! install --strict-ssl=false >>npm.log 2>&1; then
    sed 's/^/# /' npm.log
    give_up "npm ci failed"
  fi
  cp package-lock.json installed-lock.json
fi
# Modules are looked for beside the file that imports them.
for file in "$source"/*.mjs; do
  [ "${file##*/}" -ef "$file" ] || ln -sf "$file" .
done
flock -u 9
exec node --preserve-symlinks --preserve-symlinks-main main.mjs "$part"
