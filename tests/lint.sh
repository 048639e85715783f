#!/bin/sh
# Format, cppcheck, clang-tidy over all sources. Ends with "N passed, M failed".
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
log=$(mktemp) && trap 'rm -f "$log"' EXIT

# Run a tool; it passes when it ends with status 0.
tool() {
	name=$1
	shift
	if "$@" >"$log" 2>&1; then
		echo "ok $name"
		passed=$((passed + 1))
	else
		echo "FAILED $name"
		grep -v 'warnings generated' "$log" | head -n 60
		failed=$((failed + 1))
	fi
}

flags="-std=c11 -D_GNU_SOURCE -DMMVIZ_VERSION='\"0\"' -I. $(pkg-config --cflags ncursesw libelf check)"
tool clang-format clang-format --dry-run -Werror sim/*.c src/*.c ui/*.c tests/*.c tests/record/*.c
tool cppcheck cppcheck -q -j2 --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
	--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -I. sim src ui tests/record
for folder in sim src ui; do
	tool "clang-tidy $folder" sh -c "ls $folder/*.c | xargs -P2 -I{} clang-tidy --quiet --warnings-as-errors='*' {} -- $flags"
done
tool "clang-tidy tests/record" sh -c "ls tests/record/[!g]*.c | xargs -P2 -I{} clang-tidy --quiet --warnings-as-errors='*' {} -- $flags"
# The recorder is a program for i386: its headers are there where it can be built.
if echo '#include <stdio.h>' | clang -m32 -fsyntax-only -x c - 2>/dev/null; then
	tool "clang-tidy recorder" sh -c "ls tests/record/g*.c | xargs -P2 -I{} clang-tidy --quiet --warnings-as-errors='*' {} -- \
		-m32 -D_FILE_OFFSET_BITS=64 $flags"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
