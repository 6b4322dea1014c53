#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names in a recording's file, of more tasks than the kernel's list of them holds; that list goes on for others, and two
# recordings at once do not disturb it.
. "$(dirname "$(realpath "$0")")/help.bash"
needs_recording
command -v trace-cmd >/dev/null || {
	echo "SKIP: no trace-cmd to read with"
	exit 77
}

# option_of PID: does its recording leave the kernel's list alone?
option_of() {
	grep -x '\(no\)\?record-cmd' "$tracefs/instances/tasklife-$1-lives/trace_options"
}

# the kernel counts wrong when the option changes while an event is on that was not counted (src/tracefs/names.c)
"$program" record --lives-only -o one.dat -- sleep 3000 2>one.said &
one=$!
in_time is_recording $one || bad "the first does not record: $(cat one.said)"
"$program" record --mode events -o two.dat -- sleep 3000 2>two.said &
two=$!
in_time is_recording $two || bad "the second does not record: $(cat two.said)"
[ "$(option_of $one) $(option_of $two)" != "norecord-cmd norecord-cmd" ] || bad "the second changed the option under the first"
for recorder in $one $two; do
	in_time child_of $recorder sleep >child || bad "no command of $recorder"
	kill "$(cat child)"
	wait $recorder
done

# 300 names; another recording of this machine may forbid that they are our own
"$program" record --mode events -o three.dat -- bash -c '
	grep -x norecord-cmd "$0"/instances/tasklife-$PPID-lives/trace_options
	for i in {1..300}; do /bin/true; done' "$tracefs" >option 2>three.said || bad "no third recording: $(cat three.said)"
trace-cmd report -i three.dat 2>/dev/null | grep 'sched_process_exit: .*comm=true ' >deaths
[ "$(wc -l <deaths)" = 300 ] || bad "$(wc -l <deaths) deaths of 300"
if [ -s option ]; then
	named=$(grep -c ' true-[0-9]* ' deaths)
	[ "$named" = 300 ] || bad "$named names of 300"
fi

# the kernel's own list, for whoever uses it: it holds 128 names, which others may have taken meanwhile
cp /bin/true tl-listed
inst=$tracefs/instances/tl-names-$$
listed() {
	./tl-listed
	grep -q " tl-listed$" "$tracefs/saved_cmdlines"
}
mkdir "$inst" || bad "no instance"
echo 1 >"$inst/events/sched/sched_process_exec/enable"
in_time listed || bad "the kernel's list of names has stopped"
echo 0 >"$inst/events/sched/sched_process_exec/enable"
rmdir "$inst"
nothing_left
exit $failed
