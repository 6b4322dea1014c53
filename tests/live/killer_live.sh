#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Killers that are gone at once: their command line and control group are in the recording where BPF is permitted;
# ancestry, several victims of one sender, and SIGTERM that was handled before exit(0) in any case.
. "$(dirname "$0")/help.bash"

needs_recording
rm -f ready
cat >killers <<'END'
for i in 1 2 3; do sleep 30 & p="$p $!"; done
sleep 0.05
/bin/kill -9 $p
sleep 30 & a=$!
sleep 0.05
sh -c "kill -TERM $a; exit 0"
bash -c 'trap "sleep 0.03; exit 0" TERM; >ready; sleep 5 & wait' & c=$!
until [ -e ready ]; do sleep 0.01; done
/bin/kill -TERM $c
wait
END
"$program" record -o k.dat -- bash killers 2>err || bad "record: $(cat err)"
"$program" why k.dat >out
says '^1 sender, 3 victims: kill\([0-9]+\) killed them with SIGKILL$'
says 'killed by SIGTERM from sh\([0-9]+\) \(kill\)$'
says 'exit code 0; it had handled SIGTERM [0-9.]+ m?s before, sent while kill\([0-9]+\) was running$'
"$program" story k.dat >story
says 'sh\([0-9]+\) ← bash\([0-9]+\) ← ' story
"$program" export --to ndjson k.dat >k.ndjson
if "$program" doctor --json | grep -q '"id":"bpf-exit","ok":true'; then
	says 'its command line: /bin/kill -9 [0-9]+ [0-9]+ [0-9]+; '
	says 'its command line: sh -c kill -TERM [0-9]+; exit 0; '
	says '"argv":"/bin/kill -9 ' k.ndjson
	[ "$(grep -c '"by":{"tid":[0-9]*,"tgid":[0-9]*,"comm":"kill","argv":"/bin/kill -9 ' k.ndjson)" = 3 ] || bad "not every victim knows its killer"
	grep -q ' cgroup2 ' /proc/self/mounts && says '"argv":"/bin/kill -9 [0-9 ]*","cgroup":"/' k.ndjson
fi
exit $failed
