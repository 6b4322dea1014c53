#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tasklife record` where room is short: a full disk for the file, a full one for what waits, --max-size, and format 6.
# Whatever is kept can be read as a whole, by us and by trace-cmd, and what is not kept is counted as lost.
. "$(dirname "$0")/help.bash"

needs_recording
# a disk of our own, gone with this shell
if [ -z "${ROOM_INSIDE:-}" ]; then
	unshare -m --propagation private true 2>err || { echo "SKIP: $(cat err)"; exit 77; }
	ROOM_INSIDE=1 unshare -m --propagation private "$(realpath "$OLDPWD/$0" 2>/dev/null || realpath "$0")"
	exit $?
fi
mkdir -p small
mount -t tmpfs -o size=16m none small 2>err || { echo "SKIP: $(cat err)"; exit 77; }

many='i=0; while [ $i -lt 1500 ]; do /bin/true; i=$((i + 1)); done'

lives() {
	"$program" why "$1" 2>/dev/null | grep -c 'exit code\|ended itself'
}

# kept FILE: read by trace-cmd too, record by record
kept() {
	local ours theirs
	ours=$("$program" events "$1" 2>/dev/null | grep -c ' sched_process_exit:')
	[ "$ours" -gt 0 ] || bad "nothing can be read from $1"
	command -v trace-cmd >/dev/null || return
	theirs=$(trace-cmd report -i "$1" 2>complaints | grep -c ' sched_process_exit:')
	[ "$ours" = "$theirs" ] || bad "$1 holds $ours exits for us, $theirs for trace-cmd"
	grep . complaints && bad "trace-cmd complains about $1"
}

"$program" record --format 6 -o six.dat -- sh -c 'sh -c "exit 4"; exit 5'
[ $? = 0 ] || bad "status of record --format 6"
kept six.dat
"$program" why six.dat | grep -q 'exit code 4' || bad "format 6 lost a life"
"$program" record --format 5 -o five.dat -- true 2>err
[ $? = 2 ] && [ ! -e five.dat ] || bad "format 5: $(cat err)"

"$program" record -o whole.dat -- sh -c "$many"
kept whole.dat
# room for about half of those lives: how much is recorded of them differs from time to time
"$program" record -o least.dat -- true 2>/dev/null
least=$(stat -c %s least.dat) size=$(stat -c %s whole.dat)
keep=$(((least + size) / 2048))

# --max-size: the recording ends, the command does not
"$program" record --max-size 400K -o part.dat -- sh -c "$many; touch went-on" 2>err
grep -q 'max-size' err || bad "the end is not told: $(cat err)"
[ -e went-on ] || bad "the command was ended"
kept part.dat
[ "$(lives part.dat)" -lt "$(lives whole.dat)" ] || bad "--max-size ended nothing"
for wrong in 0 x 5X -3; do
	"$program" record --max-size $wrong -o no.dat -- true 2>err
	[ $? = 2 ] || bad "--max-size $wrong was taken"
done

# no room for the file: its beginning is kept
mount -o remount,size=${keep}k small
"$program" record -o small/cut.dat -- sh -c "$many" 2>err
[ $? != 0 ] || bad "a recording that was cut is said to be fine"
grep -q ENOSPC err && grep -q 'the file can be read' err || bad "a full disk is told so: $(cat err)"
kept small/cut.dat
n=$(lives small/cut.dat)
[ "$n" -gt 0 ] && [ "$n" -lt "$(lives whole.dat)" ] || bad "$n lives in what was cut"
read -r held of < <(sed -n 's/.*events, \([0-9]*\)\/\([0-9]*\).*/\1 \2/p' err)
if command -v trace-cmd >/dev/null; then
	records=$(trace-cmd report -i small/cut.dat 2>/dev/null | grep -cE '^ *(lives|family|facts):')
	[ "$held" = "$records" ] || bad "$held of $of events are said to be kept, there are $records"
fi
rm -f small/cut.dat

# a limit of the shell is a full disk, too; the command has it as it was
(ulimit -f $keep; exec "$program" record -o limited.dat -- sh -c "$many; head -c 10000000 /dev/zero >past-the-limit" 2>err)
[ $? != 0 ] && grep -q EFBIG err || bad "a file limit is told so: $(cat err)"
kept limited.dat
[ "$(stat -c %s past-the-limit)" = $((keep * 1024)) ] || bad "the command did not meet its own limit"

# no room for what waits until it is written
mount -o remount,size=16m small
dd if=/dev/zero of=small/fill bs=1k count=$((16 * 1024 - 1500)) 2>/dev/null
TMPDIR=$tmp/small "$program" record -o waits.dat -- sh -c "$many; $many; $many; touch went-on-too" 2>err
[ $? != 0 ] || bad "a recording without its end is said to be fine"
grep -q TMPDIR err || bad "TMPDIR is not named: $(cat err)"
[ -e went-on-too ] || bad "the command was ended by a full disk"
kept waits.dat
umount small
exit $failed
