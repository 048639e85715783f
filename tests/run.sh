#!/bin/sh
# All tests of mmviz, a group after the other; ends with "N passed, M failed".
#
#     PROG=./mmviz UNIT=build/tests/unit tests/run.sh [GROUP...]
#
# Groups: unit       the Check suites of every module
#         cases      the recordings of a real kernel in tests/cases, byte for byte
#         replay     transcripts of a real kernel's memory in tests/recorded/kernel, line by line
#         scenarios  the lectures: every `expect` holds, with every law of the machine checked after every event
#         command    the command line: options, exit status, errors, pipes
#         proc       the files of --proc, as scripts read them
#         terminal   the real program in a real terminal (tmux)
set -u
cd "$(dirname "$0")/.."
PROG=${PROG:-mmviz}
case $PROG in /*) ;; *) PROG=$PWD/$PROG ;; esac
UNIT=${UNIT:-build/tests/unit}
REPLAY=${REPLAY:-build/replay}
case $REPLAY in /*) ;; *) REPLAY=$PWD/$REPLAY ;; esac
export PROG UNIT REPLAY
passed=0 failed=0
log=$(mktemp) && trap 'rm -f "$log"' EXIT

[ $# -gt 0 ] || set -- unit cases replay scenarios command proc terminal
for group; do
	echo "-- $group"
	if [ "$group" = unit ]; then
		"$UNIT" >"$log" 2>&1
		status=$?
		cat "$log"
		checks=$(sed -n 's/.*Checks: \([0-9]*\).*/\1/p' "$log")
		bad=$(sed -n 's/.*Failures: \([0-9]*\), Errors: \([0-9]*\).*/\1 + \2/p' "$log")
		bad=$((${bad:-1}))
		[ $status = 0 ] || [ $bad -gt 0 ] || bad=1
		good=$((${checks:-0} - bad))
	else
		sh "tests/$group.sh" >"$log" 2>&1
		status=$?
		cat "$log"
		good=$(grep -c '^ok ' "$log")
		bad=$(grep -c '^FAILED ' "$log")
		[ $status = 0 ] || [ "$bad" -gt 0 ] || bad=1
		[ "$((good + bad))" -gt 0 ] || bad=1
	fi
	passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
