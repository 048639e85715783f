#!/bin/sh
# The real program in a real terminal: every lecture is played to its end, backward to its start and forward again
# in tmux at three sizes; then resizing, the prompt, and how the terminal is given back.
set -u
cd "$(dirname "$0")/.." || exit 1
server=mmviz-test-$$ terminals=0
work=$(mktemp -d)
trap 'tmux -L $server-$terminals kill-server 2>/dev/null; rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8

t() { tmux -L $server-$terminals -f /dev/null "$@"; }
ok() { echo "ok $1"; }
bad() {
	echo "FAILED $1"
	[ ! -f "${2:-}" ] || cat "$2"
}
start() { # SIZE COMMAND...: the command in a new terminal; its end is written into $work/status
	size=$1
	shift
	rm -f "$work/status"
	# a server of its own: one that is still ending would take the new session with it
	t kill-server 2>/dev/null
	terminals=$((terminals + 1))
	t new-session -d -x "${size%x*}" -y "${size#*x}" \
		"TERM=tmux-256color $*; echo \$? >$work/status; echo program has ended; sleep 100" \; set -g status off
	t resize-window -x "${size%x*}" -y "${size#*x}"
}
keys() { t send-keys "$@"; }
# The screen once it no longer changes (0.1 s), into a file.
capture() {
	last=
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		t capture-pane -p >"$1"
		now=$(cksum <"$1")
		[ "$now" != "$last" ] || [ ! -s "$1" ] || break
		last=$now
		sleep 0.1
	done
}
# Wait until the screen shows a text.
await() {
	for try in $(seq 100); do
		t capture-pane -p >"$work/await"
		! grep -q -e "$1" "$work/await" || return 0
		sleep 0.05
	done
	return 1
}
nr_events() { "$PROG" --check "$1" | sed -n 's/.* \([0-9]*\) events.*/\1/p' | tail -n 1; }

for scenario in scenarios/*.txt; do
	name=$(basename "$scenario" .txt)
	events=$(nr_events "$scenario")
	for size in 80x24 120x40 200x60; do
		what="$name plays forward and back at $size"
		start $size "$PROG $scenario"
		if ! await "0/$events"; then
			bad "$what: does not start" "$work/await"
			continue
		fi
		keys G
		await "$events/$events"
		keys g
		await " 0/$events"
		capture "$work/begin"
		# a question takes a key of its own
		i=0 presses=$((events + $(grep -c '^quiz ' "$scenario")))
		while [ $i -lt $presses ]; do
			keys n
			i=$((i + 1))
		done
		await "$events/$events" || bad "$what: the last event is not reached" "$work/await"
		capture "$work/end"
		i=0
		while [ $i -lt "$events" ]; do
			keys p
			i=$((i + 1))
		done
		await " 0/$events" || bad "$what: the way back does not reach the start" "$work/await"
		capture "$work/back"
		keys G
		await "$events/$events"
		capture "$work/again"
		if ! cmp -s "$work/begin" "$work/back"; then
			diff "$work/begin" "$work/back" >"$work/diff"
			bad "$what: the start looks different after the way back" "$work/diff"
		elif ! cmp -s "$work/end" "$work/again"; then
			diff "$work/end" "$work/again" >"$work/diff"
			bad "$what: the end looks different the second time" "$work/diff"
		else
			ok "$what"
		fi
		keys q
		await "program has ended" && [ "$(cat "$work/status")" = 0 ] || bad "$name ends with status 0 at $size"
	done
done

# Micro-steps: forward through an event and back again shows the same screens in reverse.
start 120x40 "$PROG scenarios/cow.txt"
await " 0/" && keys G g n n n n n n && await " 6/"
capture "$work/s0"
for i in 1 2 3 4 5 6; do keys s && capture "$work/s$i"; done
same=yes
for i in 5 4 3 2 1 0; do
	keys S
	capture "$work/r"
	cmp -s "$work/r" "$work/s$i" || { same=no && diff "$work/s$i" "$work/r" >"$work/diff"; }
done
if [ $same = yes ] && ! cmp -s "$work/s0" "$work/s1"; then ok "micro-steps forward and back"; else bad "micro-steps forward and back" "$work/diff"; fi

# Any size, at any time.
for size in 20x5 10x3 61x17 200x60 80x24 300x90 120x40; do
	t resize-window -x "${size%x*}" -y "${size#*x}"
	capture "$work/screen"
	if grep -q "program has ended" "$work/screen" || [ ! -s "$work/screen" ]; then bad "resize to $size" "$work/screen"; else ok "resize to $size"; fi
done

# The mouse: a click brings a panel to the front, the wheel scrolls, a click on the timeline goes there.
mouse() { t send-keys -l "$(printf '\033[M%s' "$1")"; } # button, column and line as characters
t resize-window -x 120 -y 40
keys G g n n && await " 2/" && capture "$work/unscrolled"
mouse ' \4' && mouse '#\4' && await '┏ 4 Walk' && ok "a click chooses a panel" || bad "a click chooses a panel" "$work/await"
mouse 'a*(' && mouse 'a*('
capture "$work/scrolled"
if cmp -s "$work/unscrolled" "$work/scrolled"; then bad "the wheel scrolls" "$work/scrolled"; else ok "the wheel scrolls"; fi
mouse ' BF' && mouse '#BF' && await ' 7/' && ok "a click on the timeline goes there" || bad "a click on the timeline goes there" "$work/await"

# The prompt: an event of the language, a mistake, a jump, saving, quitting.
keys g
keys : && t send-keys -l "spawn visitor" && keys Enter
await visitor && ok "an event typed at the prompt runs" || bad "an event typed at the prompt runs" "$work/await"
keys : && t send-keys -l "forc visitor kid" && keys Enter
await 'fork' && ok "the prompt names the nearest word" || bad "the prompt names the nearest word" "$work/await"
keys Escape Escape
keys : && t send-keys -l "save $work/saved.txt" && keys Enter
sleep 0.3
if "$PROG" --check "$work/saved.txt" >"$work/saved.log" 2>&1 && grep -q "spawn visitor" "$work/saved.txt"; then
	ok "a saved session runs again"
else
	bad "a saved session runs again" "$work/saved.log"
fi
keys : && t send-keys -l "goto 5" && keys Enter
await " 5/" && ok "goto" || bad "goto" "$work/await"
keys : && t send-keys -l "quit" && keys Enter
await "program has ended" && ok "quit" || bad "quit" "$work/await"

# The terminal is given back, whatever ends the program.
for signal in TERM HUP INT SEGV; do
	start 80x24 "sh -c 'echo \$\$ >$work/pid; exec $PROG scenarios/first.txt'"
	await " 0/"
	kill -$signal "$(cat "$work/pid")"
	if await "program has ended" && [ "$(t display-message -p '#{alternate_on}')" = 0 ] &&
		[ "$(t display-message -p '#{cursor_flag}')" = 1 ]; then
		ok "SIG$signal gives the terminal back"
	else
		bad "SIG$signal gives the terminal back" "$work/await"
	fi
done

# No colours, 16 colours, ASCII: the same program, readable.
for setting in "NO_COLOR=1" "TERM=vt100" "TERM=screen" "LC_ALL=C"; do
	start 80x24 "env $setting $PROG scenarios/cow.txt"
	keys n n n
	if await " 3/"; then ok "runs with $setting"; else bad "runs with $setting" "$work/await"; fi
	if [ "$setting" = LC_ALL=C ]; then
		t capture-pane -p >"$work/ascii"
		if LC_ALL=C grep -q '[^ -~]' "$work/ascii"; then bad "ASCII only in the C locale" "$work/ascii"; else ok "ASCII only in the C locale"; fi
	fi
	keys q
done
