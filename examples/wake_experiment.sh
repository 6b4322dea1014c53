#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Who wakes whom: each wake-up of sleep and cat with the kernel's stack of the one that wakes.
# As root, in a guest of the laboratory (it leaves the event armed).
cd /sys/kernel/tracing || exit
which='comm == "sleep" || comm == "cat"'
echo "$which" >events/sched/sched_waking/filter
echo "stacktrace if $which" >events/sched/sched_waking/trigger
echo 1 >events/sched/sched_waking/enable
sleep 1 | cat
echo 0 >tracing_on
grep -v '^#' trace
