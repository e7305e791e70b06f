#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# check-potfiles.sh SOURCE_ROOT: fails when a file with translatable strings is missing from po/POTFILES.in, when a listed file is
# gone, or when the list is not sorted.
set -eu
cd "$1"
status=0
listed=$(grep -v '^#' po/POTFILES.in)

if [ "$listed" != "$(LC_ALL=C sort <<<"$listed")" ]; then
  echo "po/POTFILES.in is not sorted"
  status=1
fi
for file in $listed; do
  [ -f "$file" ] || { echo "$file is listed in po/POTFILES.in and does not exist"; status=1; }
done
found=$(
  grep -rlE '(^|[^A-Za-z0-9_])(N?_|N?C_|ngettext|g_dngettext) ?\(' src --include='*.c' --include='*.h' || true
  grep -rl 'translatable="yes"' src --include='*.ui' || true
  find data -name '*.desktop.in.in' -o -name '*.metainfo.xml.in.in' -o -name '*.gschema.xml.in'
)
for file in $(LC_ALL=C sort -u <<<"$found"); do
  grep -qxF "$file" <<<"$listed" || { echo "$file has translatable strings and is missing from po/POTFILES.in"; status=1; }
done
exit $status
