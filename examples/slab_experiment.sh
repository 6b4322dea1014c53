#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The task_struct of one fork: taken from its slab cache and given back, each time with the kernel's stack.
# As root, in a guest of the laboratory (it leaves the two events armed). Needs Linux 6.1 or later: before, the
# event kmem_cache_free does not name the cache.
cd /sys/kernel/tracing || exit
size=$(sed -n 's/^task_struct *[0-9]* *[0-9]* *\([0-9]*\).*/\1/p' /proc/slabinfo)
echo "task_struct: $size bytes each"
alloc=events/kmem/kmem_cache_alloc free=events/kmem/kmem_cache_free
echo "bytes_alloc == $size" >$alloc/filter
echo "stacktrace if bytes_alloc == $size" >$alloc/trigger
echo 'name == "task_struct"' >$free/filter
echo 'stacktrace if name == "task_struct"' >$free/trigger
echo 1 >$alloc/enable
echo 1 >$free/enable
(exit 3)
sleep 1
echo 0 >tracing_on
grep -v '^#' trace
