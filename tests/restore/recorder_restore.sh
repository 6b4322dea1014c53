#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tracefs is left exactly as found. It is first made to look unusual, as if others were using it; then recordings are
# ended in every way at every step, and a fingerprint of all that is not private to an instance is compared.
set -u
driver=${TL_DRIVER:-${TL_BUILD:-build}/tests/live/live-driver}
tmp=${TL_TMP:-$(mktemp -d)}
top=/sys/kernel/tracing
[ -d $top/instances ] || [ ! -d /sys/kernel/debug/tracing/instances ] || top=/sys/kernel/debug/tracing
stranger=$top/instances/restore-test-stranger-$$
failed=0

skip() {
	echo "SKIP: $1"
	exit 77
}

bad() {
	echo "not as it should be: $1"
	failed=1
}

[ "$(id -u)" = 0 ] || skip "tracefs is root's"
[ -x "$driver" ] || skip "no program $driver"
[ -d $top/instances ] || skip "tracefs is not at $top"
"$driver" record -- true >/dev/null 2>"$tmp/refused" || skip "$(head -1 "$tmp/refused")"

# Two of these at once would see each other's changes: the lock is on tracefs itself, as it is one for all roots.
exec 9<$top/README
flock -w 240 9 || skip "another restore test is running"

# ---- the state that is to survive ----

clock=$(sed 's/.*\[\(.*\)\].*/\1/' $top/trace_clock)
on=$(cat $top/tracing_on)
pids=$(cat $top/set_event_pid)
size=$(cat $top/buffer_size_kb)

tidy() {
	echo "$clock" >$top/trace_clock
	echo "$on" >$top/tracing_on
	echo "$pids" >$top/set_event_pid 2>/dev/null
	case $size in *expanded*) ;; *) echo "$size" >$top/buffer_size_kb ;; esac
	[ -d $stranger ] && rmdir $stranger
	[ -n "${TL_TMP:-}" ] || rm -rf "$tmp"
}
trap tidy EXIT

mkdir $stranger || exit 99
echo boot >$stranger/trace_clock
echo 1 >$stranger/events/sched/sched_process_fork/enable
echo 'stacktrace if pid == 1' >$stranger/events/sched/sched_process_exit/trigger
echo $$ >$stranger/set_event_pid
echo global >$top/trace_clock
echo 0 >$top/tracing_on
echo $$ >$top/set_event_pid

# Not: what changes by itself (buffers, caches, statistics), and instances of recordings that others run meanwhile.
fingerprint() {
	for f in $(find $top -maxdepth 1 -type f) $top/options/* $stranger/options/* \
		$(find $stranger -maxdepth 1 -type f) \
		$top/events/*/enable $top/events/task/*/[eft]* $top/events/sched/*/[eft]* \
		$top/events/signal/*/[eft]* $stranger/events/sched/*/[eft]*; do
		case $f in
		*/trace | */trace_pipe | */saved_* | */printk_formats | */available_* | */dyn_* | */*_functions | \
			*/README | */*_profile | */*_marker* | */free_buffer | */snapshot | */*total_size_kb) ;;
		*) echo "$f" ;;
		esac
	done | xargs grep -sH '' | sort
	ls $top/instances | grep -v -e '^tasklife-' -e '^restore-test-'
	grep -E '^[^ ]* /sys/[^ ]* (tracefs|debugfs)' /proc/mounts
}

fingerprint >"$tmp/before"
[ "$(wc -l <"$tmp/before")" -gt 200 ] || bad "a fingerprint of $(wc -l <"$tmp/before") lines says little"

same() {
	fingerprint >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" && return
	bad "$1: tracefs changed"
	diff "$tmp/before" "$tmp/after" | head -6
}

# gone PID HOW: neither instance nor journal of that recording stays
gone() {
	ls $top/instances | grep -- "^tasklife-$1-" && bad "$2: an instance stays"
	ls /run/tasklife 2>/dev/null | grep -- "^$1-" && bad "$2: a journal stays"
	same "$2"
}

# held STEP SIGNAL: a recording is stopped in its course by a signal
held() {
	rm -f "$tmp/held" && mkfifo "$tmp/held"
	TL_HOLD=$1 "$driver" record -o "$tmp/x.dat" -- sleep 0.3 >"$tmp/held" 2>/dev/null &
	pid=$!
	read -r said <"$tmp/held"
	[ "$said" = "hold $1" ] || bad "$1: not reached ($said)"
	kill -"$2" $pid
	wait $pid 2>/dev/null
}

"$driver" record -- sh -c 'exit 7' >/dev/null 2>&1
same "an ordinary end"
"$driver" record -- /nonexistent >/dev/null 2>&1
same "a command that does not exist"
"$driver" record -m function -- true >/dev/null 2>&1
same "a mode that is refused, or not"
"$driver" record -p 4194304 >/dev/null 2>&1
same "a task that does not exist"
"$driver" record -k 999999999 -- true >/dev/null 2>&1
same "buffers larger than the memory"
"$driver" abilities >/dev/null 2>&1
same "asking for abilities"

for step in open spawned stopped; do
	for signal in INT TERM; do
		held $step $signal
		gone $pid "$signal when $step"
	done
	held $step KILL
	ls $top/instances | grep -q -- "^tasklife-$pid-lives" || bad "$step: kill -9 left nothing, so nothing is tested"
	"$driver" restore >"$tmp/restored" || bad "restore failed"
	grep -q '^restored [2-9]' "$tmp/restored" || bad "restored: $(cat "$tmp/restored")"
	gone $pid "KILL when $step, restore"
	held $step KILL
	"$driver" record -- true >/dev/null 2>&1
	gone $pid "KILL when $step, next start"
done

# without its journal an instance has only its name to go by
held open KILL
rm -f /run/tasklife/$pid-*
"$driver" restore >/dev/null
gone $pid "KILL, journal lost, restore"

# a living recording is left alone
TL_HOLD=open "$driver" record -- true >"$tmp/alive" 2>/dev/null &
alive=$!
while kill -0 $alive 2>/dev/null && ! grep -q hold "$tmp/alive"; do sleep 0.05; done
"$driver" restore >"$tmp/restored"
[ -d $top/instances/tasklife-$alive-lives ] || bad "restore took the instance of a living recording"
kill -TERM $alive
wait $alive 2>/dev/null
gone $alive "a living one, then TERM"

# killed at any moment
for ms in 0 5 10 15 20 30 40 60 80 100 130 160 200; do
	"$driver" record -o "$tmp/x.dat" -- sleep 0.05 >/dev/null 2>&1 &
	pid=$!
	sleep "0.$(printf %03d $ms)"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	"$driver" restore >/dev/null || bad "restore failed after $ms ms"
	gone $pid "KILL after $ms ms"
done

# tracefs not mounted, or only under debugfs: in a mount namespace of its own
away() {
	unshare -m sh -c "for m in \$(awk '\$3 ~ /^(trace|debug)fs\$/ { print \$2 }' /proc/mounts | sort -r); do
			umount \$m || exit 99
		done
		$1"
	status=$?
	[ $status = 0 ] || bad "$2 ($status)"
	same "$2"
}

if unshare -m true 2>/dev/null; then
	away "'$driver' record -- true >/dev/null 2>&1 && ! grep -q tracefs /proc/mounts" "tracefs not mounted"
	away "'$driver' record -- /nonexistent >/dev/null 2>&1; ! grep -q tracefs /proc/mounts" \
		"tracefs not mounted, and an error"
	away "'$driver' abilities >/dev/null 2>&1; ! grep -q tracefs /proc/mounts" "tracefs not mounted, abilities"
	: >"$tmp/away"
	away "TL_HOLD=open '$driver' record -- true >'$tmp/away' 2>/dev/null &
		while kill -0 \$! && ! grep -q hold '$tmp/away'; do sleep 0.05; done; kill -9 \$!; wait \$! 2>/dev/null
		grep -q tracefs /proc/mounts || exit 1
		'$driver' restore >/dev/null && ! grep -q tracefs /proc/mounts" "tracefs not mounted, killed, restored"
	away "mount -t debugfs none /sys/kernel/debug || exit 0
		'$driver' record -- true >/dev/null 2>&1" "tracefs only under debugfs"
fi
exit $failed
