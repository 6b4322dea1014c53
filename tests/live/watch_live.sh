#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tasklife watch` on this kernel: what happens is on the screen while it happens, every birth, exec, signal and death of
# what is watched and nothing of others; Ctrl-C, an early end of the reader and the end of the time given all leave
# tracefs as it was.
. "$(dirname "$0")/help.bash"

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
in_time is_recording $watcher || bad "nothing is watched: $(cat err)"
sleep 0.5
echo >go # the task goes on when it is being watched
in_time has_ended $watcher || { bad "watch -p does not end with its task: $(cat err)"; kill $watcher; }
wait $watcher || bad "status $? of watch -p: $(cat err)"
says "^  died .*bash\($task\)  ended itself: exit code 5"
says '^  exec .*/sleep$'
[ "$(grep -c '^  exec' out)" = 1 ] || bad "others are told as well: $(cat out)"

# At once, and not when all is over: the next is begun when the last one's death was told. How late that is depends on the
# machine and is said beside it; the clock of the trace is the one python reads.
cat >late.py <<'END'
import re, subprocess, sys, threading, time
p = subprocess.Popen([sys.argv[1], "watch", "-a"], stdout=subprocess.PIPE, text=True)
told, late, lines = set(), [], {}
more = threading.Condition()
def read():
    for line in p.stdout:
        words, who = line.split(), re.search(r"\((\d+)\)", line)
        with more:
            if words[0] in ("born", "exec", "died") and who:
                lines.setdefault(int(who[1]), []).append((words[0], time.monotonic() - float(words[1])))
            if "exit code 7" in line:
                told.add(int(who[1]))
            more.notify_all()
reader = threading.Thread(target=read)
reader.start()
ours, end = [], time.monotonic() + float(sys.argv[2])
while len(ours) < 12 and time.monotonic() < end:
    child = subprocess.Popen(["/bin/sh", "-c", "exit 7"])
    child.wait()
    with more:
        # while it does not record yet, and only then, a life may pass unseen
        seen = more.wait_for(lambda: child.pid in told, 0.5 if not ours else max(end - time.monotonic(), 0))
    ours += [child.pid] if seen else []
p.send_signal(2)
status = p.wait()
reader.join()
steps = [step for pid in ours for step in lines[pid]]
whole = all({"exec", "died"} <= {name for name, _ in lines[pid]} for pid in ours)
late = sorted(s for _, s in steps)
print(status, len(ours), whole, f"{late[len(late) // 2]:.3f} {late[-1]:.3f}" if late else "- -")
END
read -r status n whole median most < <(python3 late.py "$program" $patience 2>&1 | tail -1)
[ "$status" = 0 ] || bad "Ctrl-C of watch -a gives status $status"
[ "$n" = 12 ] || bad "only $n deaths were told while the watch went on"
[ "$whole" = True ] || bad "not each of them was told with its exec"
echo "$n deaths, their steps late by $median s (median), $most s (most)"

"$program" watch -a -d 0.5 >out 2>err || bad "-d: $(cat err)"

# a life is told, and the next finds no reader
mkfifo pipe
head -1 <pipe >out &
"$program" watch -a >pipe 2>err &
watcher=$!
ends_with_its_reader() {
	sh -c :
	has_ended $watcher
}
in_time ends_with_its_reader || { bad "watch outlives its reader"; kill -9 $watcher; }

"$program" watch -a >out 2>err &
watcher=$!
in_time is_recording $watcher || bad "no instance of its own"
kill -9 $watcher
wait $watcher 2>/dev/null
"$program" restore 2>/dev/null
ls $tracefs/instances | grep -- "^tasklife-$watcher-" && bad "instances of a killed watch are left"
nothing_left
exit $failed
