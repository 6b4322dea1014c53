#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The checker itself: it must see what is wrong, missing and unknown."""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import check  # noqa: E402

TASK = {"tid": 7, "comm": "c_kill9", "comms": ["c_kill9"],
        "birth": {"kind": "fork", "creator": {"tid": 6, "comm": "d_kill9"}},
        "signals": [{"sig": 9, "source": "kill", "result": "queued", "from": {"tid": 8, "comm": "k_kill9"}}],
        "death": {"cause": "signal", "signal": 9, "source": "kill", "by": {"tid": 8, "comm": "k_kill9"}},
        "reaped": {"by": {"tid": 6, "comm": "d_kill9"}, "auto": False}}
WANT = {"case": "kill9", "tid": 7, "comm": "c_kill9", "birth": "fork", "death": "signal", "signal": 9, "source": "kill",
        "by": {"tid": 8, "comm": "k_kill9"}, "reaper": {"tid": 6, "comm": "d_kill9"}}


def grade(task, want, stacks=False):
    return check.check([task], [want], stacks)[want["case"]].grade


def changed(obj, **kw):
    return {**json.loads(json.dumps(obj)), **kw}


class Checker(unittest.TestCase):
    def test_right(self):
        self.assertEqual(grade(TASK, WANT), "right")

    def test_wrong_killer(self):
        death = changed(TASK["death"], by={"tid": 9, "comm": "k_other"})
        self.assertEqual(grade(changed(TASK, death=death), WANT), "wrong")

    def test_wrong_outweighs_unknown(self):
        death = changed(TASK["death"], signal=15, by=None)
        self.assertEqual(grade(changed(TASK, death=death), WANT), "wrong")

    def test_null_is_unknown(self):
        self.assertEqual(grade(changed(TASK, death=None), WANT), "unknown")
        self.assertEqual(grade(changed(TASK, death=changed(TASK["death"], cause="unknown")), WANT), "unknown")

    def test_the_kind_is_enough_without_stacks_only(self):
        want = changed(WANT, source="pidfd")
        self.assertEqual(grade(TASK, want), "unknown")
        self.assertEqual(grade(TASK, want, stacks=True), "coarse")
        self.assertEqual(grade(changed(TASK, death=changed(TASK["death"], source="oom")), changed(WANT, source="oom.memcg"),
                               stacks=True), "coarse")

    def test_the_kind_is_not_wrong(self):
        want = changed(WANT, source="rseq")
        self.assertEqual(grade(changed(TASK, death=changed(TASK["death"], source="forced")), want), "unknown")
        self.assertEqual(grade(changed(TASK, death=changed(TASK["death"], source="fault")), want), "wrong")

    def test_nobody(self):
        want = changed(WANT, by=None)
        self.assertEqual(grade(TASK, want), "wrong")
        self.assertEqual(grade(changed(TASK, death=changed(TASK["death"], by=None)), want), "right")

    def test_missing(self):
        self.assertEqual(grade(TASK, changed(WANT, tid=70)), "missing")

    def test_alternatives(self):
        self.assertEqual(grade(TASK, changed(WANT, source=["tgkill", "kill"])), "right")
        self.assertEqual(grade(TASK, changed(WANT, source=["tgkill", "sigqueue"])), "wrong")

    def test_best_of_two_generations(self):
        other = changed(TASK, comm="sh", death={"cause": "exit", "exit_code": 0})
        self.assertEqual(check.check([other, TASK], [WANT])["kill9"].grade, "right")

    def test_signal_seen(self):
        seen = {"sig": 9, "source": "kill", "result": "queued", "from": {"tid": 8, "comm": "k_kill9"}}
        self.assertEqual(grade(TASK, changed(WANT, signal_seen=seen)), "right")
        self.assertEqual(grade(TASK, changed(WANT, signal_seen=changed(seen, result="ignored"))), "wrong")
        self.assertEqual(grade(TASK, changed(WANT, signal_seen=changed(seen, sig=15))), "unknown")

    def test_skipped(self):
        cases = check.check([], [{"case": "gpf", "result": "skipped", "why": "only x86"}])
        self.assertEqual(cases["gpf"].grade, "skipped")


if __name__ == "__main__":
    unittest.main()
