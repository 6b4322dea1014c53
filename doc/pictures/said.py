# SPDX-License-Identifier: GPL-2.0-or-later
"""What a picture of doc/pictures/list.tsv shows, as far as it comes from tasklife: the bytes a command says, the file it
leaves, the screen it draws; not how a browser or another program draws them. kept.tsv holds a hash of that and of the
picture for each picture made: said.py PROGRAM NAME... writes those (script/pictures does), tests/house/pictures reads them."""

import hashlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
KEPT = os.path.join(HERE, "kept.tsv")
LIVING = ("peek",)  # a living task is another one each time
PAGE = "tasklife export --all --to html -o page.html tests/golden/views/family/trace.txt"
READING = re.compile("reading|읽는 중".encode())  # in the title of the full screen: keys are for the list as it will be
PATIENCE = 600  # s; only what hangs takes so long


def listed():
    """(name, how, size, keys, command) of each picture; the page's is not in the list."""
    with open(os.path.join(HERE, "list.tsv"), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")
    yield ["page", "page", "", "", PAGE]


def sha(data):
    return hashlib.sha256(data).hexdigest()[:16]


def of_file(path):
    with open(path, "rb") as f:
        return f.read()


def ours(command):
    """The words of tasklife's own part, and how many lines of it are shown (None: all)."""
    lines = re.search(r"\| head -n (\d+)", command)
    return shlex.split(re.split(r" (?:\||&&) ", command)[0])[1:], int(lines[1]) if lines else None


def environment(size):
    env = dict(os.environ, LC_ALL="C.UTF-8", TERM="xterm-256color", TASKLIFE_LANG="en", COLUMNS=size or "100")
    for name in ("NO_COLOR", "TMUX"):
        env.pop(name, None)
    return env


def of_command(program, size, command, lang):
    words, head = ours(command)
    with tempfile.TemporaryDirectory(prefix="tasklife-pictures-") as here:
        for entry in os.listdir(ROOT):
            os.symlink(os.path.join(ROOT, entry), os.path.join(here, entry))
        before = set(os.listdir(here))
        said = subprocess.run([program, *lang, "--color", "always", *words], cwd=here, env=environment(size), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, check=True, timeout=300).stdout
        for left in sorted(set(os.listdir(here)) - before):
            path = os.path.join(here, left)
            said += of_database(path) if left.endswith(".db") else of_file(path)
    return b"".join(said.splitlines(True)[:head]) if head else said


def of_database(path):
    """Its rows: how SQLite lays them out is not ours."""
    import sqlite3
    with sqlite3.connect(path) as db:
        return "\n".join(db.iterdump()).encode()


SEEN_ON_BLANKS = {"4", "7"}  # underlined, reversed


def looks(screen):
    """What one sees of it, as bytes: each character with how it is drawn. curses leaves a blank as it came to be, bold or not,
    which depends on what it drew before."""
    drawn, state = [], {}
    for part in re.split(r"(\x1b\[[\d;]*m)", screen.decode(errors="replace")):
        if not part.startswith("\x1b["):
            shown = "".join(sorted(state.values()))
            blank = "".join(sorted(v for v in state.values() if v in SEEN_ON_BLANKS or v[0] == "4"))
            drawn += [(c, blank if c in " \n" else shown) for c in part]
            continue
        for code in part[2:-1].split(";"):
            kind = "fore" if code[:1] in ("3", "9") and len(code) == 2 else "back" if code[:1] == "4" and len(code) == 2 else code
            if code in ("", "0"):
                state = {}
            elif code in ("39", "49"):
                state.pop(kind, None)
            else:
                state[kind] = code
    return "".join(f"{c}{how}" if how else c for c, how in drawn).encode()


class Screen:
    """A command that has the whole of a terminal, which tmux keeps. CalledProcessError: tmux, or the command, has gone."""

    def __init__(self, program, size, command, lang):
        self.dir = tempfile.TemporaryDirectory(prefix="tasklife-pictures-")
        width, height = size.split("x")
        self.env = environment(width)
        del self.env["COLUMNS"]
        words = " ".join(map(shlex.quote, [program, *lang, "--color", "always", *ours(command)[0]]))
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", width, "-y", height, words)

    def tmux(self, *words, check=True):
        return subprocess.run(["tmux", "-S", os.path.join(self.dir.name, "socket"), *words], env=self.env, cwd=ROOT, stdin=subprocess.DEVNULL,
                              capture_output=True, check=check).stdout

    def now(self):
        return self.tmux("capture-pane", "-e", "-p")

    def settled(self, wanted=None):
        """The screen as soon as it is the one wanted, else when all was read and it has not changed for two seconds."""
        end, since, last = time.monotonic() + PATIENCE, time.monotonic(), self.now()
        while time.monotonic() < end and sha(looks(last)) != wanted:
            time.sleep(0.1)
            now = self.now()
            if now != last:
                since, last = time.monotonic(), now
            elif time.monotonic() - since > 2 and (wanted is None or time.monotonic() - since > 15) and now.strip() \
                    and not READING.search(now.split(b"\n")[0]):
                break
        return last

    def close(self):
        self.tmux("kill-server", check=False)
        self.dir.cleanup()


def of_screen(program, size, keys, command, lang, wanted):
    screen = Screen(program, size, command, lang)
    try:
        screen.settled()
        for key in keys.split():
            screen.tmux("send-keys", key)
        return screen.settled(wanted)
    finally:
        screen.close()


def said(program, row, korean, wanted=None):
    """A hash of what that picture shows; None: no two are alike."""
    name, how, size, keys, command = row
    lang = ["--lang", "ko" if korean else "en"]
    if name in LIVING:
        return None
    if how == "screen":
        return sha(looks(of_screen(program, size, keys, command, lang, wanted)))
    return sha(of_command(program, size, command, lang))


def kept():
    """picture -> (hash of what is shown, hash of the picture)"""
    with open(KEPT, encoding="utf-8") as f:
        return {p: (s, h) for p, s, h in (line.split() for line in f if not line.startswith("#"))}


def pictures(name):
    for korean in (False, True):
        file = f"{name}-ko.png" if korean else f"{name}.png"
        if os.path.exists(os.path.join(HERE, file)):
            yield file, korean


def keep(program, names):
    rows = kept() if os.path.exists(KEPT) else {}
    for row in listed():
        for file, korean in pictures(row[0]):
            if not names or row[0] in names:
                rows[file] = (said(program, row, korean) or "-", sha(of_file(os.path.join(HERE, file))))
    with open(KEPT, "w", encoding="utf-8") as f:
        f.write("# picture, a hash of what it shows, a hash of itself; written by script/pictures\n")
        f.writelines(f"{p} {s} {h}\n" for p, (s, h) in sorted(rows.items()))


if __name__ == "__main__":
    keep(os.path.abspath(sys.argv[1]), sys.argv[2:])
