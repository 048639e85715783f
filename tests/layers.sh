#!/bin/sh
# Prove the layers: ui -> src -> sim, and nothing back; from the includes and from the symbols of the objects.
# Ends with "N passed, M failed".
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build}
passed=0 failed=0
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

verdict() { # NAME FILE: passes when the file of violations is empty
	if [ -s "$2" ]; then
		echo "FAILED $1"
		head -n 20 "$2"
		failed=$((failed + 1))
	else
		echo "ok $1"
		passed=$((passed + 1))
	fi
}
# Objects of the sources that are there: a build folder may keep those of files that have moved.
objects() { for source in "$1"/*.c; do echo "$BUILD/${source%.c}.o"; done; }
defined() { objects "$1" | xargs nm -g --defined-only | awk 'NF == 3 { print $3 }' | sort -u; }
undefined() { objects "$1" | xargs nm -g --undefined-only | awk 'NF == 2 { print $2 }' | sort -u; }

grep -nE '#include *[<"](stdio|curses|ncurses|gelf|libelf|time|unistd|fcntl|locale|src/|ui/)' sim/*.[ch] sim/*.def >"$work/a"
verdict "sim includes no I/O, clock, curses, libelf, src or ui" "$work/a"
grep -nE '#include *[<"](curses|ncurses|ui/)' src/*.[ch] src/*.def >"$work/b"
verdict "src includes neither curses nor ui" "$work/b"
grep -lE '#include *[<"]n?curses' ui/*.[ch] | grep -v '^ui/term.c$' >"$work/c"
verdict "curses is in ui/term.c alone" "$work/c"

for folder in sim src ui; do
	defined $folder >"$work/$folder.defined"
	undefined $folder >"$work/$folder.undefined"
done
cat "$work/src.defined" "$work/ui.defined" | sort -u | comm -12 - "$work/sim.undefined" >"$work/d"
verdict "no object of sim needs a symbol of src or ui" "$work/d"
comm -12 "$work/ui.defined" "$work/src.undefined" >"$work/e"
verdict "no object of src needs a symbol of ui" "$work/e"
# What the engine may ask of the C library: memory and strings, nothing that talks or tells the time.
comm -23 "$work/sim.undefined" "$work/sim.defined" |
	grep -vE '^(_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|mem(cpy|set|move|cmp|chr)|str(len|cmp|ncmp|chr|ncpy|nlen)|mmap|munmap|madvise|abort|__(asan|ubsan|gcov|sanitizer).*)$' \
	>"$work/f"
verdict "the engine calls the C library for memory and strings only" "$work/f"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
