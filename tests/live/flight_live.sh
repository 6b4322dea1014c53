#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The flight recorder: it ends by itself at the death that was asked for and keeps the last seconds before it; without
# such a death nothing is kept; nothing stays behind in tracefs.
. "$(dirname "$0")/help.bash"

needs_recording

# the whole machine, until a process of this name is killed
cp /bin/sleep ./flightvictim
# buffers are forgotten page by page (pump.c pages_older), so there must be enough to fill some
(
	end=$((SECONDS + 5))
	while [ $SECONDS -lt $end ]; do
		/bin/true &
		/bin/true
		wait
	done
	./flightvictim 77 &
	sleep 0.3
	kill -9 $!
) 2>/dev/null &
timeout 20 "$program" record -a --until-death 'signal=SIGKILL,comm=flightvictim' --last 1 -o f.dat 2>err
[ $? = 0 ] || bad "status: $(cat err)"
says 'flightvictim\([0-9]+\): killed by SIGKILL from [a-z_.]+\([0-9]+\) \(kill\)' err
"$program" why --when 'comm=flightvictim' f.dat >out
says '^  flightvictim\([0-9]+\) .*killed by SIGKILL from [a-z_.]+\([0-9]+\) \(kill\)'
"$program" export --to ndjson f.dat | tail -1 >trailer
python3 - f.dat "$program" <<'END' || bad "more than the last second is kept"
import re, subprocess, sys
times = [float(m[1]) for m in re.finditer(r"^\s*\S+ +(\d+\.\d+) \[", subprocess.run(
    [sys.argv[2], "events", sys.argv[1]], capture_output=True, text=True).stdout, re.M)]
span = max(times) - min(times)
print(f"kept: {len(times)} records of {span:.2f} s")
sys.exit(not 0.2 < span < 4)
END

# a command's own children; the command goes on by itself
timeout 20 "$program" record --until-death 'exit_code=7' -o g.dat -- sh -c '(exit 3); sleep 0.2; (exit 7); sleep 0.5' 2>err
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
(
	sleep 1.5
	./flightvictim 77 &
	sleep 0.3
	kill -9 $!
) 2>/dev/null &
timeout -k 10 120 "$program" record -a --until-death 'comm=flightvictim' --last 1 -o i.dat 2>err
status=$?
rm -f storm
[ $status = 0 ] || bad "in a storm of lives, status $status: $(cat err)"
wait
"$program" why --when 'comm=flightvictim' i.dat >out
says '^  flightvictim\([0-9]+\) .*killed by SIGKILL'

# nothing like it: nothing is kept
timeout 20 "$program" record --until-death 'exit_code=9' -o h.dat -- sh -c '(exit 3)' 2>err
[ $? = 1 ] || bad "a recording without that death is no status 1: $(cat err)"
[ -e h.dat ] && bad "it was kept"
says 'nothing is kept' err

for p in $(ls $tracefs/instances | sed -n 's/^tasklife-\([0-9]*\)-.*/\1/p' | sort -u); do
	[ -d /proc/$p ] || bad "an instance of $p is left"
done
exit $failed
