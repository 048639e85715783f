#!/bin/sh
# The command line: options, exit statuses, errors with their place, pipes.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8

# NAME STATUS PATTERN COMMAND...: the command ends with STATUS and prints something that matches.
expect() {
	name=$1 status=$2 pattern=$3
	shift 3
	"$@" >"$work/out" 2>&1 </dev/null
	got=$?
	if [ $got = "$status" ] && grep -qE -e "$pattern" "$work/out"; then
		echo "ok $name"
	else
		echo "FAILED $name: status $got, not $status; or no /$pattern/ in:"
		head -n 20 "$work/out"
	fi
}
file() { cat >"$work/$1"; }

expect "--version" 0 '^mmviz [0-9]' "$PROG" --version
expect "--help names every option" 0 '--screen' "$PROG" --help
expect "no file is a usage error" 2 'scenario' "$PROG"
expect "a missing file" 2 'nowhere.txt' "$PROG" --check "$work/nowhere.txt"
expect "a folder is no scenario" 2 '.' "$PROG" --check "$work"
expect "an unknown option names the nearest" 2 '--state' "$PROG" --stat scenarios/first.txt
expect "a bad size for --screen" 2 'screen' "$PROG" --screen 12 scenarios/first.txt

file good.txt <<'S'
spawn sh
write sh data value=x
expect minflt sh == 1
expect rss sh >= 3
S
file bad.txt <<'S'
spawn sh
frok sh kid
write sh nowhere
mmap sh buf 4Q
expect rss sh === 3
S
file fails.txt <<'S'
spawn sh
expect vmas sh == 77
S
expect "--check of a good scenario" 0 '2' "$PROG" --check "$work/good.txt"
expect "--check of a failed expect shows both values" 1 '77' "$PROG" --check "$work/fails.txt"
expect "an error has its place" 2 'bad.txt:2:1' "$PROG" --check "$work/bad.txt"
expect "an error has the nearest word" 2 'fork' "$PROG" --check "$work/bad.txt"
expect "all errors of a file: the last line's too" 2 'bad.txt:5:' "$PROG" --check "$work/bad.txt"
expect "an error has its caret" 2 '\^' "$PROG" --check "$work/bad.txt"
expect "--machine overrides the header" 0 '.' "$PROG" --machine "i386-6.1 ram=64M" --check "$work/good.txt"
expect "--machine out of range names the range" 2 '8M' "$PROG" --machine "i386 ram=1M" --check "$work/good.txt"
expect "--trace tells the fault" 0 'page_fault' "$PROG" --trace "$work/good.txt"
expect "--screen prints the screen" 0 'good.txt' "$PROG" --screen 80x24 --at 2 "$work/good.txt"
expect "--at with a micro-step" 0 'good.txt' "$PROG" --screen 80x24 --at 2.3 "$work/good.txt"
expect "--at with a label" 0 'cow.txt' "$PROG" --screen 120x40 --at fork scenarios/cow.txt
expect "--at with an unknown label" 2 'nolabel' "$PROG" --screen 80x24 --at nolabel scenarios/cow.txt
expect "--what tells a user's page" 0 'mapped by  kid  b7ffe000  rw' "$PROG" --what "kid buf" --at 7 scenarios/cow.txt
expect "--what tells a frame" 0 'kernel image, page 0 of 1024' "$PROG" --what "pfn 100" scenarios/cow.txt
expect "--what of no address names the nearest" 2 'did you mean "buf"' "$PROG" --what "kid bfu" --at 7 scenarios/cow.txt
expect "--what at an unknown label" 2 'nolabel' "$PROG" --what 0 --at nolabel scenarios/cow.txt
expect "--at without --screen" 2 '--at needs --proc, --screen or --what' "$PROG" --at 1 --check "$work/good.txt"
expect "--keys are pressed" 0 'write sh x' "$PROG" --screen 80x24 --at 2 --keys ':write sh x<Left>' "$work/good.txt"
expect "--keys with an unknown name" 2 'no key is called <Nokey>' "$PROG" --screen 80x24 --keys 'n<Nokey>' "$work/good.txt"
expect "--keys without --screen" 2 '--keys needs --screen' "$PROG" --keys n "$work/good.txt"
expect "--proc writes files" 0 '^MemTotal: ' sh -c "'$PROG' --proc '$work/proc' --at 1 '$work/good.txt' && cat '$work/proc/meminfo'"
expect "--proc leaves a foreign directory alone" 2 'did not write' "$PROG" --proc "$work" "$work/good.txt"
expect "--proc says why a directory cannot be made" 2 'No such file' "$PROG" --proc "$work/no/proc" "$work/good.txt"
expect "--proc with an unknown label" 2 'nolabel' "$PROG" --proc "$work/proc" --at nolabel "$work/good.txt"
expect "--proc wants a directory" 2 'value' "$PROG" "$work/good.txt" --proc
expect "--svg draws" 0 '.' "$PROG" --screen 80x24 --svg "$work/x.svg" "$work/good.txt"
expect "the drawing is SVG" 0 '<svg' cat "$work/x.svg"

"$PROG" --state - <"$work/good.txt" >"$work/stdin" 2>&1
"$PROG" --state "$work/good.txt" >"$work/named" 2>&1
if cmp -s "$work/stdin" "$work/named" && [ -s "$work/named" ]; then echo "ok - is standard input"; else echo "FAILED - is standard input"; fi

# A file that a scenario names may be anything, and nothing waits for a pipe's other end.
mkfifo "$work/pipe.elf"
printf 'spawn sh pipe.elf\n' >"$work/fifo.txt"
expect "a pipe is no program" 2 'fifo.txt:1:10: .*a pipe, not a file' "$PROG" --check "$work/fifo.txt"
printf 'include pipe.elf\n' >"$work/fifo.txt"
expect "a pipe is not included" 2 'fifo.txt:1:9: .*a pipe, not a file' "$PROG" --check "$work/fifo.txt"
printf 'spawn sh /bin/sh\n' >"$work/host.txt"
expect "a program of the host is refused" 2 'host.txt:1:10: /bin/sh: ' "$PROG" --check "$work/host.txt"

{ echo 'spawn sh' && echo 'mmap sh buf 64M' && for i in 1 2 3 4 5 6 7 8; do echo "read sh buf 64M"; done; } >"$work/long.txt"
"$PROG" --trace "$work/long.txt" 2>"$work/pipe" | head -n 1 >/dev/null
if [ -s "$work/pipe" ]; then echo "FAILED a closed pipe ends quietly" && cat "$work/pipe"; else echo "ok a closed pipe ends quietly"; fi
if [ -w /dev/full ]; then
	"$PROG" --state "$work/good.txt" >/dev/full 2>"$work/full"
	if [ $? = 2 ] && [ -s "$work/full" ]; then echo "ok a full disk is an error"; else echo "FAILED a full disk is an error"; fi
fi

if docs/tree.sh check; then
	echo "ok HACKING.md has the files as they are"
else
	echo "FAILED HACKING.md has the files as they are; docs/tree.sh writes them"
fi

make -s install DESTDIR="$work/root" PREFIX=/usr >"$work/install" 2>&1
if [ -x "$work/root/usr/bin/mmviz" ] && [ -f "$work/root/usr/share/man/man1/mmviz.1" ] &&
	[ -f "$work/root/usr/share/man/man5/mmviz-scenario.5" ] && "$PROG" --check "$work/root/usr/share/mmviz/scenarios/exec.txt" >/dev/null; then
	echo "ok make install"
else
	echo "FAILED make install" && cat "$work/install"
fi
