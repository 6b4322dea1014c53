#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The zoo alone, without tasklife: every case that can be had here must end as it is made to (waitid decides).
# usage: run.sh [ZOO]   exit: 0 all as made, 1 not, 77 no zoo
set -u
zoo=${1:-${TL_BUILD:-build}/zoo/zoo}
[ -x "$zoo" ] || { echo "SKIP: no program $zoo"; exit 77; }
[ -e /proc/self/stat ] || { echo "SKIP: the zoo looks at itself in /proc, which is not mounted"; exit 77; }
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
ZOO_EXPECT=$tmp/expect "$zoo" run all -fatals
status=$?
sed -n 's/.*"case":"\([^"]*\)","result":"\(skipped\|failed\)","why":"\(.*\)"}$/\2 \1: \3/p' "$tmp/expect"
exit $status
