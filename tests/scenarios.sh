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
# The program that some of them run is what its script writes.
if sh scenarios/hello.sh | cmp -s - scenarios/hello; then
	echo "ok scenarios/hello"
else
	echo "FAILED scenarios/hello is not what scenarios/hello.sh writes"
fi
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
