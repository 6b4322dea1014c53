#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The book's get_ftrace.sh, for a guest: the trace goes to the standard output
echo 0 >/sys/kernel/tracing/tracing_on
cat /sys/kernel/tracing/trace
