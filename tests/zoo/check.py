#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compare what tasklife says with what the zoo's programs say of themselves.

usage: check.py [--quiet] [--tsv] [--stacks] EXPORT EXPECT
EXPORT  output of `tasklife export --to ndjson FILE`
EXPECT  the lines that zoo wrote (ZOO_EXPECT)

One row per case: right, unknown (tasklife says null or nothing), coarse
(true, but only the kind of it), wrong, missing (no such task), skipped.
--stacks: the recording has the kernel's call paths, which tell the kinds
apart: there coarse is a failure, elsewhere it counts as unknown. Exit status
0 when nothing is wrong, missing or such, 1 otherwise, 4 when an input cannot
be read.
"""
import json
import sys

RIGHT, UNKNOWN, COARSE, WRONG, MISSING, SKIPPED, FAILED = ("right", "unknown", "coarse", "wrong", "missing", "skipped",
                                                           "failed")
WORST = [RIGHT, UNKNOWN, COARSE, MISSING, WRONG]
BAD = {COARSE, WRONG, MISSING, FAILED}

# Told from a code or a status alone, where there is no call path: true, but less than the whole truth. The same goes for
# `oom` where `oom.memcg` is meant.
KIND_OF = {
    "clone": {"fork", "vfork", "thread"},  # of a birth whose clone flags were not recorded
    "exit": {"thread_exit"},  # of an only thread: exit(2) and exit_group(2) leave the same notice and status
    "kill": {"pidfd"},  # both fill in the same siginfo: kernel/signal.c prepare_kill_siginfo
    "forced": {"fault.memory", "exec_failed", "rseq", "signal_frame", "fault.protection", "fault.trap"},
    "fault": {"fault.memory", "fault.protection", "fault.illegal", "fault.arithmetic", "fault.trap", "seccomp"},
    "kernel": {"oom", "oom.memcg", "oom.sysrq", "tty.key", "tty.hangup", "tty.session_end", "timer.alarm", "limit.cpu",
               "limit.fsize", "pidns_end", "tracer_exit", "orphan_pgrp", "pipe", "cgroup_kill", "ptrace_kill",
               "sigio", "tty.job"},
}


def at(obj, *path):
    """Walk dicts; None wherever the way ends."""
    for key in path:
        if not isinstance(obj, dict):
            return None
        obj = obj.get(key)
    return obj


def judge(said, want):
    """One value. `want` may be a list of alternatives."""
    if isinstance(want, list):
        grades = [judge(said, one) for one in want]
        return min(grades, key=WORST.index)
    if isinstance(want, dict):
        if said is None or at(said, "tid") is None and "tid" in want:
            return UNKNOWN
        return max((judge(at(said, k), v) for k, v in want.items()), key=WORST.index, default=RIGHT)
    if want is None:
        return RIGHT if said is None else WRONG
    if said is None or said == "unknown":
        return UNKNOWN
    if isinstance(said, str) and isinstance(want, str) and (want in KIND_OF.get(said, ()) or want.startswith(said + ".")):
        return COARSE
    return RIGHT if said == want else WRONG


def trigger_of(task):
    """`trigger` stands with the signal that killed."""
    direct = at(task, "death", "trigger")
    if direct is not None:
        return direct
    for s in task.get("signals") or []:
        if s.get("source") == at(task, "death", "source") and s.get("sig") == at(task, "death", "signal"):
            return s.get("trigger")
    return None


def last_exec(task):
    execs = task.get("execs") or []
    return execs[-1].get("comm") if execs else None


def signal_seen(task, want):
    """The best of the task's signals of that number."""
    grades = [max((judge(s.get(k), v) for k, v in want.items()), key=WORST.index)
              for s in task.get("signals") or [] if s.get("sig") == want["sig"]]
    return min(grades, key=WORST.index, default=UNKNOWN)


def reaper_of(task):
    """Who reaped, or the process of which some thread did."""
    by, process = at(task, "reaped", "by"), at(task, "reaped", "by_process", "tid")
    return {**by, "process": 0} if by else {"process": process} if process else None


# What an expectation says, and where tasklife says it.
FIELDS = {
    "comm": lambda t: t.get("comm"),
    "birth": lambda t: at(t, "birth", "kind"),
    "creator": lambda t: at(t, "birth", "creator"),
    "parent": lambda t: at(t, "birth", "real_parent"),
    "exec": last_exec,
    "death": lambda t: at(t, "death", "cause"),
    "signal": lambda t: at(t, "death", "signal"),
    "source": lambda t: at(t, "death", "source"),
    "by": lambda t: at(t, "death", "by"),
    "trigger": trigger_of,
    "exit_code": lambda t: at(t, "death", "exit_code"),
    "core_dumped": lambda t: at(t, "death", "core_dumped"),
    "notified": lambda t: at(t, "notified", "code"),
    "reaper": reaper_of,
    "auto": lambda t: at(t, "reaped", "auto"),
    "process": lambda t: at(t, "process", "end"),
    "children": lambda t: len(t.get("children") or []),
}


def is_killed_by_another(task):
    """Every killer of the zoo is a child of somebody who was seen."""
    by = at(task, "death", "by")
    return by is not None and by.get("tgid") not in (None, task.get("tgid"))


def compare(task, want):
    """{field: grade} of one task against one expectation."""
    grades = {f: judge(get(task), want[f]) for f, get in FIELDS.items() if f in want}
    if "signal_seen" in want:
        grades["signal_seen"] = signal_seen(task, want["signal_seen"])
    if isinstance(want.get("by"), dict) and is_killed_by_another(task):
        grades["ancestry"] = RIGHT if at(task, "death", "by", "ancestry") else UNKNOWN
    return grades


def score(grades):
    return sum({RIGHT: 1, UNKNOWN: 0, COARSE: 0, WRONG: -2}[g] for g in grades.values())


def candidates(tasks, want):
    if "tid" in want:
        return [t for t in tasks if t.get("tid") == want["tid"]]
    if "comm" in want:
        names = want["comm"] if isinstance(want["comm"], list) else [want["comm"]]
        return [t for t in tasks if t.get("comm") in names or set(names) & set(t.get("comms") or [])]
    return [t for t in tasks if at(t, "birth", "kind") == want.get("birth")]


def load(path):
    out = []
    with open(path, encoding="utf-8", errors="replace") as f:
        for n, line in enumerate(f, 1):
            if not line.strip():
                continue
            try:
                out.append(json.loads(line))
            except ValueError as e:
                print(f"check.py: {path}:{n}: {e}", file=sys.stderr)
                raise SystemExit(4)
    return out


class Case:
    def __init__(self):
        self.grade, self.notes, self.tasks, self.result, self.why = RIGHT, [], 0, None, ""

    def add(self, grade, note=None):
        if WORST.index(grade) > WORST.index(self.grade):
            self.grade = grade
        if note:
            self.notes.append(note)


def short(value):
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def examine(case, tasks, want, stacks):
    case.tasks += 1
    found = candidates(tasks, want)
    name = want.get("comm") or want.get("birth") or "?"
    if not found:
        case.add(MISSING, f"{short(name)}({want.get('tid', '?')}): no such task")
        return
    task, grades = max(((t, compare(t, want)) for t in found), key=lambda p: score(p[1]))
    for field, grade in grades.items():
        if grade == COARSE and not stacks:
            grade = UNKNOWN
        if grade == RIGHT:
            continue
        said = FIELDS[field](task) if field in FIELDS else None
        case.add(grade, f"{short(name)}({task.get('tid')}).{field}: {grade}, says {short(said)}, is {short(want.get(field))}")


def check(tasks, expected, stacks=False):
    cases = {}
    for want in expected:
        case = cases.setdefault(want["case"], Case())
        if "result" in want:
            case.result, case.why = want["result"], want.get("why", "")
            continue
        examine(case, tasks, want, stacks)
    for case in cases.values():
        if case.result in (SKIPPED, FAILED):
            case.grade = case.result
    return cases


def show(cases, quiet, tsv):
    counts = {}
    for name, case in cases.items():
        counts[case.grade] = counts.get(case.grade, 0) + 1
        if tsv:
            print("\t".join([name, case.grade, str(case.tasks), case.why or "; ".join(case.notes)]))
            continue
        if quiet and case.grade in (RIGHT, SKIPPED):
            continue
        print(f"{name:14} {case.grade:8} {case.tasks:3}  {case.why}")
        for note in case.notes:
            print(f"{'':29}{note}")
    total = ", ".join(f"{counts.get(g, 0)} {g}" for g in (RIGHT, UNKNOWN, COARSE, WRONG, MISSING, SKIPPED, FAILED))
    print(total, file=sys.stderr if tsv else sys.stdout)
    return 1 if BAD & set(counts) else 0


def main(argv):
    flags = [a for a in argv if a.startswith("--")]
    files = [a for a in argv if not a.startswith("--")]
    if len(files) != 2 or set(flags) - {"--quiet", "--tsv", "--stacks"}:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        tasks = [t for t in load(files[0]) if "tid" in t]
        expected = load(files[1])
    except OSError as e:
        print(f"check.py: {e}", file=sys.stderr)
        return 4
    return show(check(tasks, expected, "--stacks" in flags), "--quiet" in flags, "--tsv" in flags)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
