#!/bin/sh
# The lectures: all their `expect` lines hold, the laws of the machine too; each says what it must say.
set -u
cd "$(dirname "$0")/.." || exit 1
out=$(mktemp) && trap 'rm -f "$out"' EXIT
for scenario in scenarios/*.txt tests/scenarios/*.txt; do
	[ -f "$scenario" ] || continue
	if MMVIZ_CHECK=1 "$PROG" --check "$scenario" >"$out" 2>&1; then
		echo "ok scenario $scenario: $(tail -n 1 "$out")"
	else
		echo "FAILED scenario $scenario"
		cat "$out"
	fi
done
# The programs that some of them run are what their scripts write.
for program in scenarios/hello scenarios/hello64; do
	if sh "$program.sh" | cmp -s - "$program"; then
		echo "ok $program"
	else
		echo "FAILED $program is not what $program.sh writes"
	fi
done
for scenario in scenarios/*.txt; do
	for word in say quiz; do
		if [ "$(grep -c "^ *$word " "$scenario")" = "$(grep -c "^ *$word\.zh " "$scenario")" ]; then
			echo "ok $scenario has as many $word.zh as $word"
		else
			echo "FAILED $scenario: $word and $word.zh do not go together"
		fi
	done
	for word in 'title ' 'say ' 'say.zh ' 'label ' 'expect '; do
		if grep -q "^ *$word" "$scenario"; then
			echo "ok $scenario has ${word% }"
		else
			echo "FAILED $scenario has no ${word% }"
		fi
	done
done
