#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tasklife watch` on this kernel: what happens is on the screen while it happens, every birth, exec, signal and death of
# what is watched and nothing of others; Ctrl-C, an early end of the reader and the end of the time given all leave
# tracefs as it was.
. "$(dirname "$0")/help.bash"

left() {
	local n
	n=$(ls $tracefs/instances | grep -c "^tasklife-$1-")
	[ "$n" = 0 ] || bad "$n instances of $2 are left"
}

needs_root
"$program" watch -- true >out 2>err || {
	echo "SKIP: $(head -1 err)"
	exit 77
}

"$program" watch -- bash -c '(exit 3); sleep 0.05 & kill -TERM $!; wait; ls / >/dev/null; kill -9 $$' >out 2>err
[ $? = 0 ] || bad "status $? of watch: $(cat err)"
says '^  born .*made by|^  born .*forked by'
says '^  exec .*/ls$'
says '^  died .*ended itself: exit code 3$'
says '^  signal .*sleep\([0-9]+\)  SIGTERM from bash\([0-9]+\) \(kill\)|^  signal .*bash\([0-9]+\)  SIGTERM from bash'
says '^  died .*killed by SIGKILL from itself \(kill\)$'
[ "$(grep -c '^  died' out)" = 4 ] || bad "not four deaths: $(cat out)"

# a running task and what it creates; nobody else
mkfifo go
bash -c 'read -r x <go; sleep 0.02; exit 5' &
task=$!
"$program" watch -p $task >out 2>err &
watcher=$!
for _ in $(seq 400); do # the task goes on when it is being watched
	grep -qs 1 $tracefs/instances/tasklife-$watcher-*/tracing_on && break
	sleep 0.05
done
sleep 0.5
sleep 0.01
echo >go
timeout 60 tail --pid=$watcher -f /dev/null || { bad "watch -p does not end with its task: $(cat err)"; kill $watcher; }
wait $watcher || bad "status $? of watch -p: $(cat err)"
says "^  died .*bash\($task\)  ended itself: exit code 5"
says '^  exec .*/sleep$'
[ "$(grep -c '^  exec' out)" = 1 ] || bad "others are told as well: $(cat out)"

# how late: the clock of the trace is the one python reads; at once, and not when all is over
cat >late.py <<'END'
import subprocess, sys, threading, time
p = subprocess.Popen([sys.argv[1], "watch", "-a"], stdout=subprocess.PIPE, text=True)
def work():
    time.sleep(0.8)
    for _ in range(12):
        subprocess.run(["/bin/sh", "-c", "exit 7"])
        time.sleep(0.15)
    p.send_signal(2)
threading.Thread(target=work).start()
late = []
for line in p.stdout:
    words = line.split()
    if words[0] in ("born", "exec") or "exit code 7" in line:
        late.append(time.monotonic() - float(words[1]))
print(p.wait(), len(late), f"{sorted(late)[len(late) // 2]:.3f} {max(late):.3f}")
END
read -r status n median most < <(python3 late.py "$program" 2>&1 | tail -1)
[ "$status" = 0 ] || bad "Ctrl-C of watch -a gives status $status"
[ "${n:-0}" -ge 36 ] || bad "only $n lines"
python3 -c "import sys; sys.exit(not $median < 1)" || bad "lines are late: median $median s, most $most s"
echo "lines $n, late by $median s (median), $most s (most)"

"$program" watch -a -d 0.5 >out 2>err || bad "-d: $(cat err)"
"$program" watch -a 2>err | head -1 >out &
pipe=$!
sleep 0.3
for _ in 1 2 3; do sh -c :; sleep 0.2; done
timeout 10 tail --pid=$pipe -f /dev/null || bad "watch outlives its reader"

"$program" watch -a >out 2>err &
watcher=$!
sleep 0.5
ls $tracefs/instances | grep -q "^tasklife-$watcher-" || bad "no instance of its own"
kill -9 $watcher
wait $watcher 2>/dev/null
"$program" restore 2>/dev/null
left $watcher "a killed watch"
ls $tracefs/instances | grep -q '^tasklife-' && sleep 0.5
for p in $(ls $tracefs/instances | sed -n 's/^tasklife-\([0-9]*\)-.*/\1/p' | sort -u); do
	[ -d /proc/$p ] || bad "an instance of $p is left"
done
exit $failed
