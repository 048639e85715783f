#!/bin/sh
# The unit tests under valgrind, suite by suite, as many at a time as there are processors; ends with
# "N passed, M failed", a suite each. What valgrind has to say of a suite that failed is shown.
#
#     UNIT=build/tests/unit tests/valgrind.sh [SUITE...]
#
# Leaks of the libraries' own are in tests/valgrind.supp.
#
# Everything takes forty times as long, so of the random scenarios only a few are run: the sanitizers get them all.
set -u
cd "$(dirname "$0")/.."
UNIT=${UNIT:-build/tests/unit}
logs=$(mktemp -d) && trap 'rm -rf "$logs"' EXIT
export UNIT logs CK_FORK=no MMVIZ_RANDOM_JOBS=1 MMVIZ_RANDOM_SEEDS="${MMVIZ_RANDOM_SEEDS:-20}"

[ $# -gt 0 ] || set -- $(sed -n 's/^SUITE(\(.*\))$/\1/p' tests/suites.h)
printf '%s\n' "$@" | xargs -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" -I{} sh -c '
	if valgrind -q --error-exitcode=1 --leak-check=full --show-leak-kinds=definite \
		--suppressions=tests/valgrind.supp "$UNIT" {} \
		>"$logs/{}" 2>&1; then
		echo "ok valgrind {}" | tee "$logs/{}.ok"
	else
		echo "FAILED valgrind {}"
		head -n 60 "$logs/{}"
	fi'
passed=$(ls "$logs" | grep -c '\.ok$')
echo "$passed passed, $(($# - passed)) failed"
[ "$passed" = $# ]
