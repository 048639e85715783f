#!/bin/sh
# Measure the budgets: every measuring program in turn. Figures are for reading; nothing here fails a build.
set -u
cd "$(dirname "$0")/.." || exit 1
for source in tests/bench_*.c; do
	name=$(basename "$source" .c)
	echo "== ${name#bench_}"
	"${BUILD:-build}/$name" || echo "$name ended with status $?"
done
