#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tasklife run` and `record` on this kernel: the command's status is the program's, its standard output stays
# its own, a kill from another shell is named, a kept recording tells the same lives, and nothing stays behind.
. "$(dirname "$0")/help.bash"

# status WANT WORDS...
status() {
	local want=$1 got
	shift
	"$program" "$@" >out 2>err
	got=$?
	[ $got = "$want" ] || bad "status $got, not $want: tasklife $* ($(head -3 err))"
}

says() {
	grep -qE -- "$1" "${2:-err}" || bad "not said: $1 in $(head -20 "${2:-err}")"
}

needs_recording

status 0 run -- true
status 3 run -- sh -c 'exit 3'
says 'ended itself: exit code 3'
status 137 run -- sh -c 'kill -9 $$'
says 'killed by SIGKILL from itself \(kill\)'
status 143 run -- sh -c 'kill -TERM $$'
status 127 run -- /no/such/command
status 126 run -- /etc/passwd
status 125 run --no-such-option -- true

status 0 run -- sh -c 'echo for the pipe; ls / | wc -l; (exit 4); true' '' --lang xx
[ "$(head -1 out)" = "for the pipe" ] || bad "standard output is not the command's own: $(cat out)"
grep -q 'born' out && bad "the story is on standard output"
says 'exit code 4'

# life events alone: the same deaths, and nothing of when anybody ran
status 4 run --lives-only -o lives.dat -- sh -c 'sh -c "kill -9 \$\$"; kill -CHLD $$; exit 4'
says 'killed by SIGKILL from itself \(kill\)'
says 'ended itself: exit code 4'
"$program" events lives.dat >events 2>err || bad "events of lives.dat: $(cat err)"
grep -q ' sched_process_wait:' events || bad "no sched_process_wait in a recording of life events"
grep -E ' (sched_switch|sched_waking|signal_deliver):' events && bad "not only life events"
# the path of a SIGCHLD is kept where it is not the path of the death
if grep -q '<stack trace>' events; then
	grep -A1 'sig=17.*code=0(SI_USER)' events | grep -q '<stack trace>' || bad "kill -CHLD without its path"
	grep -A1 'sig=17.*code=2(CLD_KILLED)' events | grep -q '<stack trace>' && bad "the path of a death twice"
fi

# killed by another shell, while it sleeps in a rhythm
"$program" run -o kill.dat --tell-to kill.txt -- bash -c 'for i in 1 2 3 4 5; do sleep 0.1; done; >slept; exec sleep 3000' 2>err &
tracer=$!
in_time [ -e slept ] && in_time child_of $tracer sleep >child || bad "nothing runs: $(cat err)"
child=$(cat child)
sleep 0.2
bash -c "kill -9 ${child:-$tracer}; exit" &
killer=$!
wait $killer
wait $tracer
got=$?
[ $got = 137 ] || bad "status $got of the killed command"
says "killed by SIGKILL from bash\($killer\) \(kill\)" kill.txt
says "× sleep of|once " kill.txt
says "by tasklife\($tracer\); [0-9.]+ [mu]?s as a zombie" kill.txt

# the recording that was kept tells the same
"$program" story kill.dat >again.txt || bad "the kept recording cannot be read"
cmp -s kill.txt again.txt || bad "story and recording differ: $(diff kill.txt again.txt | head -5)"
status 0 export --to json --cause signal kill.dat
says '"by":\{"tid":'"$killer"',"tgid":'"$killer"',"comm":"bash"' out

# an interrupted recording ends in order and says that the command goes on
"$program" run -- sleep 3000 2>err &
tracer=$!
in_time child_of $tracer sleep >child || bad "nothing runs: $(cat err)"
child=$(cat child)
kill -TERM $tracer
wait $tracer
got=$?
[ $got = 143 ] || bad "status $got of the interrupted recording"
says 'the command itself goes on'
says 'born'
kill "$child" 2>/dev/null || bad "the command did not go on"

# record: a command, a running task, the whole machine
status 0 record -o cmd.dat -- sh -c 'exit 6'
status 0 why cmd.dat
says 'exit code 6' out
bash -c 'until [ -e go ]; do sleep 0.1; done' &
task=$!
"$program" record -o pid.dat -p $task 2>err &
tracer=$!
in_time is_recording $tracer || bad "record -p does not record: $(cat err)"
touch go
wait $tracer || bad "status $? of record -p: $(cat err)"
status 0 story --pid $task pid.dat
says 'ended itself: exit code 0' out
status 0 record -d 0.2 -a -o all.dat
status 0 export --to ndjson all.dat
"$program" record -o - -- true 2>err | "$program" why - >out 2>err || bad "a recording through a pipe"
says '^ +true\(' out
status 1 record -o /no/such/folder/x.dat -- touch was-run
[ -e was-run ] && bad "the command ran although its recording could not be kept"

nothing_left
exit $failed
