#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# a script is loaded twice: itself, then its interpreter
cat /proc/self/comm
