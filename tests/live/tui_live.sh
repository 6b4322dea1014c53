#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `tasklife tui -- CMD` on this kernel, in a terminal that tmux keeps: lives appear while the command runs, and when each
# ran and slept; no key is lost under load; what it writes comes when the screen is given back, and tracefs is as it was,
# also when the screen is left early.
. "$(dirname "$0")/help.bash"

command -v tmux >/dev/null || {
	echo "SKIP: tmux is not installed"
	exit 77
}
python3 -c 'import pty; pty.openpty()' 2>/dev/null || {
	echo "SKIP: this machine gives no terminals (no devpts)"
	exit 77
}
"$program" tui -h >/dev/null 2>&1 || {
	echo "SKIP: this build is without ncursesw"
	exit 77
}
needs_recording

mux() {
	TMUX='' LC_ALL=C.UTF-8 tmux -f /dev/null -S "$tmp/tui$number" "$@" </dev/null
}

on_screen() {
	mux capture-pane -p >screen && grep -qE -- "$1" screen
}

# shows PATTERN: sooner or later
shows() {
	in_time on_screen "$1" || bad "not on the screen: $1 in $(cat screen)"
}

number=0
start() {
	rm -f status
	number=$((number + 1)) # a server that ends may still hold its socket
	mux new-session -d -x 100 -y 30 "$1; echo \$? >status; exec sleep 3000"
}

over() {
	in_time [ -s status ]
	[ "$(cat status 2>/dev/null)" = "$1" ] || bad "status $(cat status 2>/dev/null), not $1"
}

# it goes on when it was seen
start "$program tui -- sh -c 'printf it-%s-this\\\\n said; /bin/true; until [ -e seen ]; do sleep 1; done; (kill -9 \$\$)'"
shows '● recording'
shows '^sleep\([0-9]+\) +alive'
touch seen
shows '^sh\([0-9]+\) +SIGKILL ← sh\('
shows '1 going on|lives *$'
grep -q it-said-this screen && bad "the command wrote over the screen: $(cat screen)"
mux send-keys q
over 0
shows '^it-said-this'
mux kill-server

start "$program tui -- sleep 3000"
shows '^sleep\([0-9]+\) '
shows '^sleep\([0-9]+\) +├.*───' # what it has been doing since nobody told anything of it
mux send-keys q
over 0
shows 'the command itself goes on, as process [0-9]+'
pid=$(grep -oE 'as process [0-9]+' screen | grep -oE '[0-9]+')
kill "$pid" || bad "it does not go on: $pid"
mux kill-server

# two that wake each other as often as they can, until they are told to end
cat >ping <<'END'
exec timeout 3000 perl -e '
	pipe(A, B); pipe(C, D);
	if (fork) { close(A); close(D); do { syswrite(B, "x", 1) } while (sysread(C, $x, 1)) && !-e "enough" }
	else { close(B); close(C); syswrite(D, "x", 1) while sysread(A, $x, 1) }'
END
rm -f enough
start "$program tui -- sh ping"
shows '^perl\([0-9]+\) +├.*[▁▂▃▄▅▆▇█▒?]'
for key in / p e r l x y z; do
	mux send-keys -l $key
done
shows '^/perlxyz *$'
for key in BSpace BSpace BSpace Enter Down r r; do
	mux send-keys $key
done
shows '^/perl  q '
touch enough
shows '^perl\([0-9]+\) +exit 0'
mux send-keys q
over 0
mux kill-server

start "$program tui -- $tmp/there-is-no-such-command"
over 127
mux kill-server
nothing_left
exit $failed
