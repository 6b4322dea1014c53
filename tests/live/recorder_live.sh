#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The recorder alone, on this kernel: what trace-cmd reads from the file must hold every step of four lives,
# nothing may be lost without being counted, and nothing may stay behind.
set -u
driver=${TL_DRIVER:-${TL_BUILD:-build}/tests/live/live-driver}
tmp=${TL_TMP:-$(mktemp -d)}
file=$tmp/recorder.dat
failed=0

skip() {
	echo "SKIP: $1"
	exit 77
}

bad() {
	echo "not as it should be: $1"
	failed=1
}

# has WHAT PATTERN: a line of the report
has() {
	grep -qE -- "$2" "$tmp/report" || bad "no $1 ($2)"
}

[ "$(id -u)" = 0 ] || skip "recording needs root"
[ -x "$driver" ] || skip "no program $driver"
command -v trace-cmd >/dev/null || skip "no trace-cmd to read with"

"$driver" record -o "$file" -- sh -c '
	sh -c "kill -9 \$\$"
	sh -c "exit 5"
	sleep 0.05
	exit 3' >"$tmp/said" 2>"$tmp/refused"
status=$?
[ $status = 3 ] && skip "$(head -1 "$tmp/refused")"
[ $status = 0 ] || bad "the recording ended with $status: $(cat "$tmp/refused")"
cat "$tmp/said"

said() {
	sed -n "s/^$1 //p" "$tmp/said"
}

[ "$(said status)" = 768 ] || bad "wait status $(said status), not 768"
[ "$(said written)" = $(($(said read) + $(said lost))) ] || bad "written is not read + lost"
trace-cmd report -i "$file" >"$tmp/report" 2>"$tmp/complaints" || bad "trace-cmd: $(cat "$tmp/complaints")"
records=$(grep -cE '^ *(lives|family|facts):' "$tmp/report")
[ "$records" = "$(said read)" ] || bad "$records records in the file, $(said read) read from the kernel"

root=$(sed -n 's/.*tasklife\/1 root tid=\([0-9]*\).*/\1/p' "$tmp/report")
[ -n "$root" ] || bad "no side fact about the root"
has "mode" 'tasklife/1 mode text='
has "census of pid 1" 'tasklife/1 task tid=1 tgid=1 ppid=0 kthread=0 comm='
has "command line" "tasklife/1 cmd tid=$root text=sh%20-c%20"
has "birth of the command" "task_newtask: *pid=$root "
has "fork of the command" "sched_process_fork: .*child_pid=$root( |\$)"
has "exec" "sched_process_exec: *filename=.*/sh pid=$root "
has "exec of sleep" 'sched_process_exec: *filename=.*/sleep '
has "SIGKILL" 'signal_generate: *sig=9 errno=0 code=0 .* grp=1 res=0'
has "exit of the command" "sched_process_exit: .*pid=$root "
has "SIGCHLD to us" "$root .*signal_generate: *sig=17 "
has "reaping" "tasklife/1 waited tid=$root ppid="
has "its wait status" "tasklife/1 exit tid=$root status=768"
has "switches of the family" 'family:.*sched_switch: '
if [ "$(said mode)" != events ]; then
	has "stack of a birth" '^=> copy_process '
	has "stack of a death" '^=> do_exit '
	has "stack of a kill" '^=> __x64_sys_kill |^=> __arm64_sys_kill |^=> sys_kill '
fi
if [ "$(said exit_by_bpf)" = 1 ]; then
	has "status of a killed grandchild" 'tasklife/1 exit tid=[0-9]* status=9( |$)'
	has "arguments of a grandchild" 'tasklife/1 cmd tid=[0-9]* text=sleep%200.05$'
	has "status of another" 'tasklife/1 exit tid=[0-9]* status=1280( |$)'
fi

# a task that runs already, followed until it ends
sleep 3000 &
task=$!
"$driver" record -p $task -o "$file" >"$tmp/said" 2>/dev/null &
recorder=$!
for top in /sys/kernel/debug/tracing /sys/kernel/tracing; do
	[ ! -d $top/instances ] || instance=$top/instances/tasklife-$recorder-lives
done
n=0 # it goes on when it is followed; an instance is born with tracing on, and without events
until { grep -qs ^1 $instance/events/sched/sched_process_exit/enable && grep -qsx 1 $instance/tracing_on; } || [ $n = 3000 ]; do
	sleep 0.1
	n=$((n + 1))
done
sleep 0.5
kill -ALRM $task
wait $recorder || bad "recording -p failed"
trace-cmd report -i "$file" >"$tmp/report" 2>/dev/null
has "root given by pid" "tasklife/1 root tid=$task\$"
has "its wake-up" "family:.*sched_wakeup: *sleep:$task "
has "its end" "sched_process_exit: *comm=sleep pid=$task "

# a buffer far too small: what is lost is counted
"$driver" record -k 8 -o "$file" -- sh -c 'i=0; while [ $i -lt 300 ]; do /bin/true; i=$((i + 1)); done' \
	>"$tmp/said" 2>/dev/null || bad "recording into a small buffer failed"
[ "$(said written)" = $(($(said read) + $(said lost))) ] || bad "written is not read + lost"
# behind "[EVENTS DROPPED]" trace-cmd leaves the buffer's name away
records=$(trace-cmd report -i "$file" 2>/dev/null | grep -cE '^ *((lives|family|facts):)?.*\]  *[0-9.]+: ')
[ "$records" = "$(said read)" ] || bad "$records records in the file, $(said read) read from the kernel"

# refusals run nothing
"$driver" record -o "$file" -- /nonexistent/program >/dev/null 2>&1
[ $? = 5 ] || bad "a command that does not exist was no error"
"$driver" record -p 4194304 2>/dev/null
[ $? = 1 ] || bad "a task that does not exist was no error"
rm -f "$tmp/ran"
if ! "$driver" record -m function -- touch "$tmp/ran" >/dev/null 2>"$tmp/refused"; then
	[ -e "$tmp/ran" ] && bad "the command ran although the mode was refused"
	grep -q '   kernel E' "$tmp/refused" || bad "a refusal without its reason: $(cat "$tmp/refused")"
fi

for tracefs in /sys/kernel/tracing /sys/kernel/debug/tracing; do
	[ -d $tracefs/instances ] && ls $tracefs/instances | grep -- "tasklife-$$" && bad "an instance stays"
done
[ -n "${TL_TMP:-}" ] || rm -rf "$tmp"
exit $failed
