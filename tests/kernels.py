# SPDX-License-Identifier: GPL-2.0-or-later
"""The laboratory's kernels, for tests that boot them."""

import os
import subprocess

CACHE = os.environ.get("TASKLIFE_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tasklife")
BUILD = os.environ.get("TL_BUILD") or os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build")
PROGRAM = os.path.realpath(os.environ.get("TASKLIFE") or os.path.join(BUILD, "tasklife"))


def not_to_be_had(kernel):
    """Why this kernel is not here and cannot be fetched; None: it is here now."""
    out = subprocess.run([PROGRAM, "lab", "fetch", kernel], capture_output=True, text=True, check=False)
    if not out.returncode:
        return None
    said = [line for line in out.stderr.splitlines() if line.startswith("tasklife: ")]  # a hint may follow
    return f"{kernel} is not in the cache and cannot be had: {' '.join(said[-1:])}"
