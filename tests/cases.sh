#!/bin/sh
# The recorded cases: `mmviz --state NAME.txt` is NAME.state, byte for byte, and every law holds on the way.
set -u
out=$(mktemp) && trap 'rm -f "$out"' EXIT
cd "$(dirname "$0")/cases" || exit 1
for case in *.txt; do
	name=${case%.txt}
	if MMVIZ_CHECK=1 "$PROG" --state "$case" >"$out" 2>&1 && cmp -s "$out" "$name.state"; then
		echo "ok case $name"
	else
		echo "FAILED case $name"
		diff "$out" "$name.state" | head -n 6
	fi
done
