#!/bin/sh
# Write the tree of files into HACKING.md: a line a file, from the first line of its head comment.
#
#     docs/tree.sh          write it
#     docs/tree.sh check    say whether it is up to date
set -eu
cd "$(dirname "$0")/.."
new=$(mktemp) && trap 'rm -f "$new"' EXIT

line() { # FILE: its purpose, the first sentence of the head comment
	sed -n '1,4{s|^/\* *||;s|^ \* *||;s| *\*/$||;/^$/d;p;}' "$1" | head -n 1
}
tree() {
	for folder in sim src ui; do
		printf '**%s/**\n\n' $folder
		for file in $folder/*.c; do
			header=${file%.c}.h
			printf -- '- `%s`%s %s\n' "$(basename "$file")" "$([ -f "$header" ] && echo ' `.h`' || true)" "$(line "$file")"
		done
		for file in $folder/*.h $folder/*.def; do
			[ ! -f "${file%.h}.c" ] || continue
			[ -f "$file" ] || continue
			printf -- '- `%s` %s\n' "$(basename "$file")" "$(line "$file")"
		done
		echo
	done
	cat <<'TREE'
**scenarios/** lectures, ready to give. **tests/** `test_*.c` a suite a module, `bench_*.c` the budgets, `fuzz_*.c` the fuzzers, `cases/`
recordings of a real kernel, `record/` what makes them, `*.sh` the groups of `make check`. **docs/** the manual pages.
**screenshots/** pictures drawn by the program.
TREE
}
{
	sed '/<!-- files -->/q' HACKING.md
	echo
	tree
	echo
	sed -n '/<!-- \/files -->/,$p' HACKING.md
} >"$new"
if [ "${1:-write}" = check ]; then
	cmp -s "$new" HACKING.md
else
	cat "$new" >HACKING.md
fi
