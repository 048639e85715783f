#!/bin/sh
# libFuzzer on the parser and on the ELF loader. A finding ends it with status 1.
#
#     BUILD=build/fuzz FUZZ_SECONDS=60 tests/fuzz.sh [scenario] [elf]
#
# What was found stays in $BUILD/findings and is tried first the next time; what was learned stays in
# $BUILD/corpus/NAME. One input again: $BUILD/fuzz_NAME FILE
set -u
cd "$(dirname "$0")/.." || exit 1
BUILD=${BUILD:-build/fuzz}
seconds=${FUZZ_SECONDS:-60}
status=0

# Every word of the language, quoted as libFuzzer's dictionaries are: the events from their table.
dictionary() {
	printf '#define EVENT(id, word, arguments, ...) word arguments\n#include "src/events.def"\n' |
		"${CC:-cc}" -E -P -I. - | tr -d '"' | tr -s ' |[]' '\n' | grep -v '^[A-Z+@-]*$' |
		sed 's/=.*/=/; s/@.*//'
	sed -n 's/.*\[M_.*\] = "\(.*\)",/\1=/p' src/header.c
	echo 'title machine say say.zh label pause quiz focus expect include repeat end answer= choices= $i
		i386 i386-pae i386-6.1 i386-6.1-pae arm x86-64 3G/1G 2G/2G 1G/3G flat sparse
		tas ticket clh mcs qspin on off 0:16M 2:10,20
		result minflt majflt rss vmas pte free nr_free objs slabs mapcount zone same_frame swap_used
		== != <= >= 4K 3p 1.5M 0xc0000000 none rwx dontneed dontfork dofork free willneed populate_read
		code data bss heap stack subject wide pie data9k data64k' | tr -s ' \t' '\n'
}

mkdir -p "$BUILD/findings" "$BUILD/seeds/scenario" "$BUILD/seeds/elf"
dictionary | sort -u | sed 's/.*/"&"/' >"$BUILD/scenario.dict"
for file in scenarios/*.txt tests/cases/*.txt tests/scenarios/*.txt; do
	cp "$file" "$BUILD/seeds/scenario/$(echo "$file" | tr / -)"
done
# The headers of the recordings' programs, in a file with a hole behind them, and the smallest one whole.
for file in tests/cases/subject tests/cases/wide tests/cases/pie scenarios/hello64; do
	program=${file##*/}
	head -c 4096 "$file" >"$BUILD/seeds/elf/$program"
	printf '\001' | dd of="$BUILD/seeds/elf/$program" bs=1 seek=15 conv=notrunc 2>/dev/null
done
cp tests/cases/subject "$BUILD/seeds/elf/subject-whole"

# fuzz NAME OPTION...
fuzz() {
	name=$1
	shift
	mkdir -p "$BUILD/corpus/$name" "$BUILD/findings/$name"
	echo "== $name, $seconds s: $BUILD/$name.log"
	if "$BUILD/fuzz_$name" -max_total_time="$seconds" -timeout=30 -rss_limit_mb=4096 -print_final_stats=1 \
		-artifact_prefix="$BUILD/findings/$name/" "$@" "$BUILD/corpus/$name" "$BUILD/findings/$name" \
		"$BUILD/seeds/$name" >"$BUILD/$name.log" 2>&1; then
		grep -E '^(Done|stat::number_of_executed)' "$BUILD/$name.log"
	else
		grep -E 'law is broken|ERROR|runtime error|SUMMARY|Test unit written' "$BUILD/$name.log"
		status=1
	fi
}

[ $# -gt 0 ] || set -- scenario elf
for name; do
	case $name in
	scenario) fuzz scenario -dict="$BUILD/scenario.dict" -max_len=4096 ;;
	elf) fuzz elf -max_len=16384 ;;
	*) echo "fuzz.sh: no fuzzer is named $name" >&2 && status=2 ;;
	esac
done
exit $status
