#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The flight recorder: it ends by itself at the death that was asked for and keeps the last seconds before it; without
# such a death nothing is kept; nothing stays behind in tracefs.
. "$(dirname "$0")/help.bash"

needs_recording

# a victim is killed when it bears its name
cp /bin/sleep ./flightvictim
kill_one() {
	./flightvictim 7777 &
	in_time is_named $! flightvictim || bad "no victim"
	kill -9 $!
}

# the whole machine, until a process of this name is killed; $recorder records behind this
record_all() {
	rm -f err
	"$program" record -a --until-death "$1" --last 1 -o "$2" 2>err &
	recorder=$!
	in_time is_recording $recorder || bad "it does not record: $(cat err)"
}

ended() {
	in_time has_ended $recorder || { bad "it does not end: $1"; kill -9 $recorder; }
	wait $recorder || bad "status $? $1: $(cat err)"
}

record_all 'signal=SIGKILL,comm=flightvictim' f.dat
# buffers are forgotten page by page (pump.c pages_older), so there must be enough to fill some
end=$((SECONDS + 5))
while [ $SECONDS -lt $end ]; do
	/bin/true &
	/bin/true
	wait $!
done 2>/dev/null
kill_one
ended "after a death"
says 'flightvictim\([0-9]+\): killed by SIGKILL from [a-z_.]+\([0-9]+\) \(kill\)' err
"$program" why --when 'comm=flightvictim' f.dat >out
says '^  flightvictim\([0-9]+\) .*killed by SIGKILL from [a-z_.]+\([0-9]+\) \(kill\)'
"$program" export --to ndjson f.dat | tail -1 >trailer
# how long before the death the first record is; how soon the recorder ends behind it is the machine's matter
python3 - f.dat "$program" <<'END' || bad "more than the last second is kept, or less"
import re, subprocess, sys
told = subprocess.run([sys.argv[2], "events", sys.argv[1]], capture_output=True, text=True).stdout
death = re.search(r"^\s*\S+ +(\d+\.\d+) \[.*sched_process_exit: comm=flightvictim", told, re.M)
before = [t for t in (float(m[1]) for m in re.finditer(r"^\s*\S+ +(\d+\.\d+) \[", told, re.M)) if t <= float(death[1])]
span = float(death[1]) - min(before)
print(f"kept: {len(before)} records of {span:.2f} s before the death")
sys.exit(not 0.2 < span < 4)
END

# a command's own children; the command goes on by itself
timeout $patience "$program" record --until-death 'exit_code=7' -o g.dat -- sh -c '(exit 3); sleep 0.2; (exit 7); sleep 0.5' 2>err
[ $? = 0 ] || bad "status of the second: $(cat err)"
"$program" why --when 'exit_code=7' g.dat >out
says 'ended itself: exit code 7$'

# it ends also when more is being recorded than it reads: lives come and go until the recorder has left
touch storm
(
	while [ -e storm ]; do
		/bin/true &
		/bin/true &
		/bin/true
		wait
	done
) &
record_all 'comm=flightvictim' i.dat
sleep 1.5
kill_one
ended "in a storm of lives"
rm -f storm
wait
"$program" why --when 'comm=flightvictim' i.dat >out
says '^  flightvictim\([0-9]+\) .*killed by SIGKILL'

# nothing like it: nothing is kept
timeout $patience "$program" record --until-death 'exit_code=9' -o h.dat -- sh -c '(exit 3)' 2>err
[ $? = 1 ] || bad "a recording without that death is no status 1: $(cat err)"
[ -e h.dat ] && bad "it was kept"
says 'nothing is kept' err

nothing_left
exit $failed
