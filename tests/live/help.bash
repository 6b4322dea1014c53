# SPDX-License-Identifier: GPL-2.0-or-later
# What the live tests of the program begin with; sourced by them, run by nobody. Leaves the shell in a folder of the
# test's own, with: program, tmp, tracefs, failed, bad, says, needs_recording.
set -u
program=$(realpath "${TASKLIFE:-build/tasklife}")
tmp=${TL_TMP:-$(mktemp -d)}
tracefs=/sys/kernel/tracing
failed=0
cd "$tmp" || exit 1
unset LC_ALL LC_MESSAGES LANG TASKLIFE_LANG

bad() {
	echo "not as it should be: $1"
	failed=1
}

# says PATTERN [FILE]
says() {
	grep -qE -- "$1" "${2:-out}" || bad "not said: $1 in $(head -20 "${2:-out}")"
}

needs_root() {
	[ "$(id -u)" = 0 ] && return
	echo "SKIP: recording needs root"
	exit 77
}

# skipped with the reason where this machine or user may not record
needs_recording() {
	needs_root
	"$program" run -- true >out 2>err
	[ $? = 125 ] || return 0
	echo "SKIP: $(head -1 err)"
	exit 77
}
