#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tasklife` where something is missing: room on the disk, a standard stream, root's powers, and names that no
# terminal should see raw. Nothing is lost that could be told, nothing is claimed that could not be looked at.
. "$(dirname "$0")/help.bash"

needs_recording

# refused HOW PROGRAM...: who may not record is told so in a sentence, by the status that says it (CONTRACT)
refused() {
	local how=$1 words
	shift
	for words in 'run -- true:125' 'run --best-effort -- true:0' 'record -o - -- true:3' \
		'watch -- true:3' 'watch -a:3'; do
		timeout $patience "$@" ${words%:*} >out 2>err </dev/null
		[ $? = "${words#*:}" ] || bad "status of ${words%:*} $how is not ${words#*:}: $(cat err)"
		grep -q '^tasklife: cannot ' err || bad "${words%:*} $how says: $(cat err)"
	done
}

# a full disk: the recording is not kept, its story is told, and the file is named
"$program" run -o /dev/full -- true >out 2>err || bad "status of the command after a full disk: $?"
grep -q 'file   /dev/full' err || bad "the full disk is not named: $(head -3 err)"
grep -q 'ended itself: exit code 0' err || bad "no story after a full disk: $(head -5 err)"
"$program" record -o /dev/full -- true >out 2>err && bad "record on a full disk says it was fine"

# closed standard streams: no file opened later may be taken for them
"$program" run --tell-to told -- sh -c '[ -e /proc/self/fd/2 ] || exit 5' 2>&-
[ $? = 5 ] || bad "the command got an error stream although there was none"
grep -q 'exit code 5' told || bad "no story without an error stream"
"$program" restore >&- 2>&- <&- || bad "restore without streams"
"$program" why "$tmp/no-such-file" 2>&- && bad "an error without a stream is no success"

# a user without privilege is not told that nothing was left, where it could not be looked at
exec 9<"$program"
if setpriv --reuid=65534 --regid=65534 --clear-groups /proc/self/fd/9 --version >out 2>err; then
	setpriv --reuid=65534 --regid=65534 --clear-groups /proc/self/fd/9 restore >out 2>err
	[ $? = 3 ] || bad "status of restore without privilege"
	grep -q 'only root' err || bad "restore without privilege says: $(cat err)"
	refused "without privilege" setpriv --reuid=65534 --regid=65534 --clear-groups /proc/self/fd/9
fi

# nor where there is no tracefs
! unshare -m mount -t tmpfs none /sys 2>err ||
	refused "without tracefs" unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' sh "$program"

# names: as data they arrive whole, on a terminal no control byte of theirs does
name=$'we\nird \033[2J==> pid=1'
cp "$(type -P true)" "$name"
"$program" run -o names.dat --tell-to told -- "./$name" || bad "status of the program with a strange name"
"$program" events names.dat >events
"$program" export --to ndjson names.dat >lives
LC_ALL=C grep -lP '[\x00-\x08\x0b-\x1f\x7f]' told events lives | while read -r f; do echo "control bytes in $f"; done | grep . && failed=1
grep -qF 'we\x0aird \x1b[2J==>' told || bad "the name is not told: $(head -3 told)"
python3 - "./$name" lives <<'END' || bad "the name is not exported"
import json, sys
lives = [json.loads(line) for line in open(sys.argv[2])]
sys.exit(0 if [x for l in lives for x in l.get("execs", []) if x["filename"] == sys.argv[1] and l["comm"] == sys.argv[1][2:17]] else 1)
END
exit $failed
