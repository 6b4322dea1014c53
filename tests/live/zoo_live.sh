#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The zoo under `tasklife record` on this host, in private instances: what tasklife says of each birth and death must be what
# the zoo's programs say of themselves. Unknown is allowed and counted; wrong or missing is not.
# usage: zoo_live.sh [TASKLIFE [ZOO]]   exit: 0, 1 wrong or missing, 77 not possible here, 99 the test itself failed
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
tasklife=${1:-${TASKLIFE:-$root/build/tasklife}}
zoo=${2:-${TL_BUILD:-$root/build}/zoo/zoo}
cases=${ZOO_CASES:-all}

skip() {
	echo "SKIP: $1"
	exit 77
}

[ "$(id -u)" = 0 ] || skip "recording needs root"
[ -d /sys/kernel/tracing/instances ] || [ -d /sys/kernel/debug/tracing/instances ] || skip "no tracefs instances here"
[ -x "$tasklife" ] || skip "no program $tasklife"
[ -x "$zoo" ] || skip "no program $zoo"
command -v python3 >/dev/null || skip "no python3"

tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
ZOO_EXPECT=$tmp/expect "$tasklife" record -o "$tmp/zoo.dat" -- "$zoo" run $cases
status=$?
case $status in
0) ;;
3 | 125) skip "this machine does not permit the recording" ;;
*) echo "record ended with status $status" && exit 99 ;;
esac
"$tasklife" export --all --to ndjson "$tmp/zoo.dat" >"$tmp/zoo.ndjson" || exit 99
[ -n "${ZOO_KEEP:-}" ] && mkdir -p "$ZOO_KEEP" && cp "$tmp"/* "$ZOO_KEEP/"
python3 "$root/tests/zoo/check.py" "$tmp/zoo.ndjson" "$tmp/expect"
