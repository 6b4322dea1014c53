# SPDX-License-Identifier: GPL-2.0-or-later
"""Traces made for tests: what a trace seldom holds, and must not break anything. TAP for tests in Python."""

import os
import sys

TMP = os.environ["TL_TMP"]
number = failed = 0


def check(name, complaint):
    """A complaint is what is wrong; nothing is fine."""
    global number, failed
    number += 1
    failed += bool(complaint)
    print(f"{'not ok' if complaint else 'ok'} {number} - {name}")
    if complaint:
        print("# " + str(complaint)[:2000].replace("\n", "\n# "))


def skip(name, why):
    global number
    number += 1
    print(f"ok {number} - {name} # SKIP {why}")


def finish():
    print(f"1..{number}")
    sys.exit(failed > 0)


HOSTILE = [b'=cmd|" /C calc"!A', b"<script>x</script>", b'"quo"te\\', b"a;b,c\td", b"\x1b[31mred\x1b[0m", b"\xff\xfe\xe2\x28", b"'apos",
           b"-1+1", b"@SUM(A1)", "프로세스이름은열".encode()[:15], b"&amp;<g>", b"%s%n{}", b"]]>--", b"\xef\xbf\xbf", b"-->|x",
           "＝1＋1".encode()]


def line(comm, pid, cpu, t, text):
    return b"%16s-%-7d [%03d] ..... %.6f: %s\n" % (comm, pid, cpu, t, text)


def births_and_deaths(n, names=(b"sleep", b"true", b"cc1")):
    """Lives of a shell: forked, executed, some killed by another, reaped, freed."""
    out = [b"# tracer: nop\n#\n"]
    t = 100.0
    for i in range(n):
        pid, name = 1000 + i % 30000, names[i % len(names)]
        out += [line(b"sh", 50, 0, t, b"sched_process_fork: comm=sh pid=50 child_comm=sh child_pid=%d" % pid),
                line(name, pid, 1, t + .0001, b"sched_process_exec: filename=/bin/%s pid=%d old_pid=%d" % (name, pid, pid))]
        if i % 3 == 0:
            out += [line(b"killer", 51, 0, t + .0002, b"signal_generate: sig=9 errno=0 code=0 comm=%s pid=%d grp=1 res=0" % (name, pid)),
                    line(name, pid, 1, t + .0003, b"signal_deliver: sig=9 errno=0 code=0 sa_handler=0 sa_flags=0")]
        out += [line(name, pid, 1, t + .0004, b"sched_process_exit: comm=%s pid=%d prio=120" % (name, pid)),
                line(name, pid, 1, t + .0005, b"signal_generate: sig=17 errno=0 code=%d comm=sh pid=50 grp=1 res=0" % (2 if i % 3 == 0 else 1)),
                line(b"sh", 50, 0, t + .0006, b"sched_process_wait: comm=sh pid=0 prio=120"),
                line(b"<idle>", 0, 0, t + .0008, b"sched_process_free: comm=%s pid=%d prio=120" % (name, pid))]
        t += .001
    return b"".join(out)


SWITCH = b"sched_switch: prev_comm=%s prev_pid=%d prev_prio=120 prev_state=%s ==> next_comm=%s next_pid=%d next_prio=120"
# A name as a text trace can hold it: fifteen characters, each two cells wide.
WIDE = "가나다라마바사아자차카타파하힣".encode()

ODD = {
    "no-birth-no-death": line(b"lonely", 7, 0, 1.0, SWITCH % (b"lonely", 7, b"S", b"swapper/0", 0)),
    "one": line(b"sh", 50, 0, 1.0, b"sched_process_fork: comm=sh pid=50 child_comm=sh child_pid=60"),
    "zero-length": line(b"sh", 50, 0, 1.0, b"sched_process_fork: comm=sh pid=50 child_comm=sh child_pid=60") +
    line(b"sh", 60, 0, 1.0, b"sched_process_exit: comm=sh pid=60 prio=120"),
    "wide-names": births_and_deaths(6, (WIDE, b"sh")),
    "ten-hours": births_and_deaths(3) + births_and_deaths(3).replace(b" 100.", b" 36100."),
    "lost": births_and_deaths(2) + b"CPU:1 [LOST 1234 EVENTS]\n" + births_and_deaths(2).replace(b" 100.", b" 101."),
    "switches": b"".join(
        line(b"a", 61, c, 1 + i / 10 + c / 1000, SWITCH % (b"a", 61 + c, b"S", b"swapper", 0)) +
        line(b"<idle>", 0, c, 1.05 + i / 10 + c / 1000, SWITCH % (b"swapper", 0, b"R", b"a", 61 + c))
        for i in range(40) for c in (0, 1)),
}


def written(name, data):
    path = os.path.join(TMP, name + ".txt")
    with open(path, "wb") as f:
        f.write(data)
    return path
