# SPDX-License-Identifier: GPL-2.0-or-later
"""C source as a list of tokens, for the checks beside this file: comments are dropped, strings joined."""

import os
import re

ROOT = os.environ.get("TL_SOURCE_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TOKEN = re.compile(
    r'(?P<comment>/\*.*?\*/|//[^\n]*)|(?P<str>"(?:[^"\\\n]|\\.)*")|(?P<chr>\'(?:[^\'\\\n]|\\.)*\')'
    r'|(?P<id>[A-Za-z_]\w*)|(?P<nl>\n)|(?P<op>[^\s\w])|(?P<num>\d\w*)', re.S)
ESCAPE = re.compile(r'\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)', re.S)
SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}


def files(folders=("src", "include"), suffixes=(".c", ".h", ".def")):
    for folder in folders:
        for where, _dirs, names in os.walk(os.path.join(ROOT, folder)):
            for name in sorted(names):
                if name.endswith(suffixes):
                    yield os.path.relpath(os.path.join(where, name), ROOT)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def unescape(body):
    """What the compiler makes of a string's inside; \\xNN above ASCII are taken as bytes of UTF-8."""
    raw = bytearray()
    last = 0
    for m in ESCAPE.finditer(body):
        raw += body[last:m.start()].encode()
        e, last = m[1], m.end()
        if e[0] == "x":
            raw.append(int(e[1:], 16) & 255)
        elif e[0] in "01234567":
            raw.append(int(e, 8) & 255)
        else:
            raw += SIMPLE.get(e, e).encode()
    raw += body[last:].encode()
    return raw.decode(errors="replace")


def tokens(text):
    """(kind, text, line) without comments; kind is str, chr, id, op, num. A string's text is its value."""
    line = 1
    for m in TOKEN.finditer(text):
        kind = m.lastgroup
        if kind not in ("comment", "nl"):
            yield kind, unescape(m[0][1:-1]) if kind == "str" else m[0], line
        line += m[0].count("\n")


def no_proc():
    """Why the commands of the manual cannot all be tried; None: they can. A bare chroot has neither /proc nor /dev/stdin."""
    return None if os.path.exists("/proc/self") else "/proc is not mounted"


class Tap:
    """One `ok` per question; complaints become comments below a `not ok`."""

    def __init__(self):
        self.n = self.bad = 0

    def check(self, name, complaints):
        self.n += 1
        complaints = list(complaints)
        self.bad += bool(complaints)
        print(f"{'not ok' if complaints else 'ok'} {self.n} - {name}")
        for c in complaints:
            print(f"# {c}")

    def skip(self, name, reason):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {reason}")

    def done(self):
        print(f"1..{self.n}")
        return 1 if self.bad else 0
