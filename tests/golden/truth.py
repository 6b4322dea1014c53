#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lives told from traces against what the traced programs themselves saw.

    truth.py TASKLIFE DATA [-v]     DATA/golden/<guest>/{function,events,rich,boot,oomglobal}.txt, truth-*.tsv

A `wait` line of the truth is what waitid gave: exited, killed or dumped, with the number. For each, the process of
that pid must be told dead with the same status; "unknown" is counted apart from wrong. The killer's name (k_<case>)
must be that of `by`. Prints one line per trace and TAP; exit 77 without data.
"""
import collections
import glob
import json
import os
import subprocess
import sys

# Sources that cases.tsv names in words: case -> ids that `death.source` may have.
SOURCES = {
    'kill9': 'kill', 'kill9run': 'kill', 'kill9thr': 'kill', 'term': 'kill', 'termblock': 'kill', 'raise': 'tgkill',
    'sigself': 'kill', 'abort': 'tgkill', 'sigqueue': 'sigqueue', 'pidfdkill': 'pidfd', 'segv': 'fault.memory',
    'segvacc': 'fault.memory', 'stackovf': 'fault.memory', 'fpe': 'fault.arithmetic tgkill', 'ill': 'fault.illegal',
    'trap': 'fault.trap fault.illegal', 'bus': 'fault.memory', 'pipe': 'pipe', 'alrm': 'timer.alarm', 'ptimer': 'timer.posix',
    'xcpu': 'limit.cpu', 'xcpuhard': 'limit.cpu', 'xfsz': 'limit.fsize', 'pdeathsig': 'parent_death',
    'tgkill': 'tgkill', 'pgkill': 'kill', 'stopcont': 'kill', 'stopkill': 'kill', 'ptrkill': 'tracer_exit',
    'vforkkill': 'kill', 'oomcg': 'oom.memcg', 'oomsysrq': 'oom.sysrq', 'cgkill': 'cgroup_kill', 'ctrlc': 'tty.key',
    'ttyhup': 'tty.hangup tty.session_end', 'seshup': 'tty.session_end', 'orphpgrp': 'orphan_pgrp',
    'umhcore': 'tgkill', 'corefile': 'fault.memory', 'weirdcomm': 'kill', 'oomglobal': 'oom', 'execfatal': 'exec_failed rseq',
    'secctrap': 'seccomp',
}
# ARM does not trap a division by zero: the program raises the signal itself; its breakpoint is an undefined instruction.
# Without stacks these say less, never something else; and two names stand for their family.
COARSE = {'fault', 'forced', 'kernel', 'unknown', None}
FAMILY = {'pidfd': 'kill', 'oom.memcg': 'oom', 'oom.sysrq': 'oom'}


def lives_of(tasklife, trace):
    out = subprocess.run([tasklife, 'export', '--to', 'ndjson', trace], capture_output=True)
    lives = collections.defaultdict(list)
    trailer = {}
    for line in out.stdout.decode().splitlines():
        row = json.loads(line)
        if 'trace' in row:
            trailer = row['trace']
        elif 'tid' in row:
            lives[row['tid']].append(row)
    if out.returncode:
        print('#', trace, 'exit', out.returncode, out.stderr.decode()[-400:])
    return lives, trailer


def verdict_of(rows):
    """The process's end if the trace tells it, else the task's death."""
    dead = [r for r in rows if r.get('death')]
    if not dead:
        return None
    row = dead[-1]
    end = (row.get('process') or {}).get('end')
    death = row['death']
    if end and end.get('cause'):
        return {**death, **{k: v for k, v in end.items() if k != 't_ns'}}
    return death


def judge(case, kind, number, v):
    if v is None:
        return 'missing', 'no death told'
    cause = v['cause']
    if cause == 'unknown':
        return 'unknown', ''
    sig = v.get('signal')
    if kind == 'exited':
        if sig:
            return 'wrong', f'{cause} signal {sig}, exited {number}'
        code = v.get('exit_code')
        if code is not None and code != number:
            return 'wrong', f'exit code {code}, exited {number}'
        return 'right', ''
    if sig is None:
        return 'unknown' if cause in ('signal', 'peer_exit') else 'wrong', f'{cause}, {kind} {number}'
    if sig != number:
        return 'wrong', f'{cause} signal {sig}, {kind} {number}'
    return 'right', ''


def judge_source(case, comm, v):
    want = SOURCES.get(case)
    if not want or v is None or v['cause'] == 'unknown' or not comm.startswith('c_'):
        return None
    got = v.get('source')
    if got in want.split():
        by = (v.get('by') or {}).get('comm')
        if got in ('kill', 'tgkill', 'sigqueue', 'pidfd', 'cgroup_kill') and by is None:
            return 'wrong', f'source {got} by nobody'
        return 'right', ''
    if got in COARSE or FAMILY.get(want) == got:
        return 'unknown', f'source {got}, want {want}'
    return 'wrong', f'source {got}, want {want}'


def run(tasklife, guest, mode, truth, verbose):
    trace = f'{guest}/{mode}.txt'
    lives, trailer = lives_of(tasklife, trace)
    count = collections.Counter()
    for line in open(truth, encoding='utf-8', errors='replace'):
        f = line.rstrip('\n').split('\t')
        if f[0] != 'wait' or len(f) < 7:
            continue
        case, waiter, pid, kind, number = f[1], f[2], int(f[4]), f[5], int(f[6])
        v = verdict_of(lives.get(pid, []))
        subject = waiter.startswith('d_')
        comm = lives[pid][-1]['comm'] if lives.get(pid) else ''
        results = [('status',) + judge(case, kind, number, v)]
        if subject and kind != 'exited':
            s = judge_source(case, comm or '', v)
            if s:
                results.append(('source',) + s)
        for what, result, why in results:
            count[what, result] += 1
            if result != 'right' and (verbose or result == 'wrong'):
                print(f'#   {mode} {case} pid {pid} {comm}: {what} {result}: {why}')
    return count, trailer


def main():
    args = [a for a in sys.argv[1:] if a != '-v']
    verbose = '-v' in sys.argv
    program = args[0] if args else os.environ.get('TASKLIFE', 'build/tasklife')
    data = args[1] if len(args) > 1 else os.environ.get('TL_SHARED_DATA', '')
    guests = sorted(glob.glob(f'{data}/golden/*-*/'))
    if not guests:
        print('1..0 # SKIP no golden traces here (TL_SHARED_DATA)')
        return 77
    n = bad = 0
    for guest in guests:
        for mode, truth in (('function', 'function'), ('events', 'events'), ('rich', 'rich'), ('oomglobal', 'oom')):
            path = f'{guest}truth-{truth}.tsv'
            if not os.path.exists(path) or not os.path.exists(f'{guest}{mode}.txt'):
                continue
            count, trailer = run(program, guest.rstrip('/'), mode, path, verbose)
            wrong = sum(v for (w, r), v in count.items() if r == 'wrong')
            unparsed = trailer.get('unparsed_lines')
            n += 1
            good = not wrong and unparsed == 0
            bad += not good
            text = ' '.join(f'{w}:{r}={v}' for (w, r), v in sorted(count.items()))
            print(f"{'ok' if good else 'not ok'} {n} - {os.path.basename(guest.rstrip('/'))} {mode}: {text} "
                  f"unparsed={unparsed} orphans={trailer.get('orphan_stacks')}")
    print(f'1..{n}')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
