# SPDX-License-Identifier: GPL-2.0-or-later
# What the live tests of the program begin with; sourced by them, run by nobody. Leaves the shell in a folder of the
# test's own, with: program, tmp, tracefs, failed, bad, says, needs_recording, in_time, is_recording, is_named, nothing_left.
#
# Nothing here may rest on how fast this machine is: what has to be so before a test goes on is waited for.
set -u
program=$(realpath "${TASKLIFE:-build/tasklife}")
tmp=${TL_TMP:-$(mktemp -d)}
tracefs=/sys/kernel/tracing
# mounted inside debugfs alone: there the program finds it
[ -d $tracefs/instances ] || [ ! -d /sys/kernel/debug/tracing/instances ] || tracefs=/sys/kernel/debug/tracing
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

patience=900 # s, for what takes a moment on a machine that is neither slow nor busy

# in_time COMMAND...: waits until it holds
in_time() {
	local end=$((SECONDS + patience))
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

# is_recording PID: that recorder hears what happens from now on
is_recording() {
	# an instance is born with tracing on, and without events
	grep -qs ^1 "$tracefs/instances/tasklife-$1-lives/events/sched/sched_process_exit/enable" &&
		grep -qsx 1 "$tracefs/instances/tasklife-$1-lives/tracing_on"
}

# is_named PID NAME: its exec is done
is_named() {
	[ "$(cat "/proc/$1/comm" 2>/dev/null)" = "$2" ]
}

# child_of PID NAME: its child of that name; /proc is there where tracing is, procps need not be
child_of() {
	grep -lsx "PPid:[[:space:]]*$1" /proc/[0-9]*/status | while IFS=/ read -r _ _ pid _; do
		is_named "$pid" "$2" && echo "$pid"
	done | grep .
}

has_ended() {
	! kill -0 "$1" 2>/dev/null
}

# nothing_left: no instance that was not there at the beginning and whose recorder is gone. Others may record here
# meanwhile, and be about to put theirs back.
found=$(ls $tracefs/instances 2>/dev/null)
left() {
	local inst
	for inst in $(ls $tracefs/instances | sed -n '/^tasklife-[0-9]*-/p'); do
		grep -qx -- "$inst" <<<"$found" || [ -d "/proc/$(cut -d- -f2 <<<"$inst")" ] ||
			[ ! -d "$tracefs/instances/$inst" ] || echo "$inst"
	done
}

nothing_left() {
	local inst
	for inst in $(left); do
		bad "instance $inst is left"
	done
}

# skipped with the reason where this machine or user may not record
needs_recording() {
	needs_root
	local status=0
	"$program" run -- true >out 2>err || status=$?
	case $status in
	0) return ;;
	125) echo "SKIP: $(head -1 err)" && exit 77 ;;
	*) echo "status of run -- true: $status, $(head -5 err)" && exit 1 ;;
	esac
}
