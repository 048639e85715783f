#!/bin/sh
# --proc: the files as scripts read them. Sums of one file are compared with those of another.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
proc=$work/proc

# NAME A B: two numbers that must be equal.
equal() {
	if [ "$2" = "$3" ] && [ -n "$2" ]; then
		echo "ok $scenario: $1"
	else
		echo "FAILED $scenario: $1: \"$2\" and \"$3\""
	fi
}
# FILE NAME: the sum of the numbers in the lines that begin with NAME.
sum() { awk -v name="$2" '$1 == name { sum += $2 } END { print sum + 0 }' "$1"; }
# FILE: its 64-bit words, one a line, 16 hexadecimal digits.
words() { od -An -v -tx8 -w8 "$1" | tr -d ' '; }
# How many words there are of each kind: "COUNT WORD".
kinds() { awk '{ n[$1]++ } END { for (word in n) print n[word], word }' "$1"; }
# Kinds of words and a bit, counted from the right from 0: how many words have it.
with_bit() { awk -v digit=$((16 - $2 / 4)) -v bit=$((1 << $2 % 4)) '
	int((index("0123456789abcdef", substr($2, digit, 1)) - 1) / bit) % 2 { n += $1 } END { print n + 0 }' "$1"; }

check_machine() {
	free=$(sum "$proc/meminfo" MemFree:)
	equal "blocks of buddyinfo are MemFree" "$free" "$(awk '
		{ for (k = 0; k <= 10; k++) sum += $(5 + k) * 2 ^ k } END { print sum * 4 }' "$proc/buddyinfo")"
	equal "blocks of each zone are its free pages in zoneinfo" \
		"$(awk '{ sum = 0; for (k = 0; k <= 10; k++) sum += $(5 + k) * 2 ^ k; print $4, sum }' "$proc/buddyinfo")" \
		"$(awk '/^Node/ { zone = $4 } $1 == "nr_free_pages" { print zone, $2 }' "$proc/zoneinfo")"
	equal "zones' managed pages are MemTotal" "$(sum "$proc/meminfo" MemTotal:)" \
		$(($(sum "$proc/zoneinfo" managed) * 4))
	equal "high and low are MemTotal" "$(sum "$proc/meminfo" MemTotal:)" \
		$(($(sum "$proc/meminfo" HighTotal:) + $(sum "$proc/meminfo" LowTotal:)))
	equal "slabs of slabinfo are Slab" "$(sum "$proc/meminfo" Slab:)" \
		"$(awk 'NR > 2 { sum += $6 * $15 } END { print sum * 4 }' "$proc/slabinfo")"
	words "$proc/kpageflags" >"$work/flags"
	words "$proc/kpagecount" >"$work/count"
	kinds "$work/flags" >"$work/kinds"
	equal "frames with BUDDY are MemFree" "$free" $(($(with_bit "$work/kinds" 10) * 4))
	equal "frames with SLAB are Slab" "$(sum "$proc/meminfo" Slab:)" $(($(with_bit "$work/kinds" 7) * 4))
	equal "frames with PGTABLE are PageTables" "$(sum "$proc/meminfo" PageTables:)" \
		$(($(with_bit "$work/kinds" 26) * 4))
	equal "frames with MMAP are AnonPages and Mapped" $(($(with_bit "$work/kinds" 11) * 4)) \
		$(($(sum "$proc/meminfo" AnonPages:) + $(sum "$proc/meminfo" Mapped:)))
	equal "frames with MLOCKED are Mlocked" "$(sum "$proc/meminfo" Mlocked:)" $(($(with_bit "$work/kinds" 33) * 4))
	equal "as many counts as flags" "$(wc -l <"$work/count")" "$(wc -l <"$work/flags")"
}

# A directory of a process.
check_process() {
	rss=$(sum "$1/smaps" Rss:) told=$(sum "$1/status" VmRSS:)
	equal "${1##*/}: clean and dirty, shared and private are Rss" "$rss" \
		"$(awk '/^(Shared|Private)_(Clean|Dirty):/ { sum += $2 } END { print sum + 0 }' "$1/smaps")"
	equal "${1##*/}: RssAnon, RssFile and RssShmem are VmRSS" "$told" \
		"$(awk '/^Rss/ { sum += $2 } END { print sum + 0 }' "$1/status")"
	# with 6.1 a task counts beside, and status may be behind (sim/rss.c)
	if [ $exact = yes ]; then
		equal "${1##*/}: Rss of smaps is VmRSS" "$rss" "$told"
		equal "${1##*/}: Anonymous of smaps is RssAnon" "$(sum "$1/smaps" Anonymous:)" \
			"$(sum "$1/status" RssAnon:)"
	fi
	equal "${1##*/}: statm and stat say the same" "$((told / 4)) $((told / 4))" \
		"$(cut -d' ' -f2 "$1/statm") $(cut -d' ' -f24 "$1/stat")"
	equal "${1##*/}: areas of maps are those of smaps" "$(cat "$1/maps")" "$(grep -E '^[0-9a-f]+-' "$1/smaps")"
	equal "${1##*/}: their sizes are VmSize" "$(sum "$1/status" VmSize:)" "$(sum "$1/smaps" Size:)"
	zero=$(grep -n -m 1 '^.........[13579bdf]' "$work/flags") # KPF_ZERO_PAGE
	zero=$(printf %x $((${zero%%:*} - 1)))
	words "$1/pagemap" | awk -v zero="$(printf %014x "0x$zero")" '
		/^[89a-f]/ { present++; if (substr($1, 3) == zero && $1 ~ /^80/) zeros++ }
		END { print NR, (present - zeros) * 4 }' >"$work/pagemap"
	equal "${1##*/}: pagemap has 3 GiB of pages, and Rss of them beside zero pages" "786432 $rss" \
		"$(cat "$work/pagemap")"
}

check_all() {
	check_machine
	for pid in "$proc"/[0-9]*; do
		[ -d "$pid" ] && check_process "$pid"
	done
	equal "counts of frames are the sum of all Rss" \
		"$(kinds "$work/count" | while read -r n word; do echo $((n * 0x$word)); done | awk '{ sum += $1 } END { print sum * 4 }')" \
		"$(cat /dev/null "$proc"/[0-9]*/smaps 2>/dev/null | awk '/^Rss/ { sum += $2 } END { print sum + 0 }')"
	equal "all VmPTE are PageTables" "$(sum "$proc/meminfo" PageTables:)" \
		"$(cat /dev/null "$proc"/[0-9]*/status 2>/dev/null | awk '/^VmPTE/ { sum += $2 } END { print sum + 0 }')"
}

# NAME MMVIZ-ARGUMENTS...: the same directory serves all.
scenario() {
	scenario=$1
	shift
	if "$PROG" --proc "$proc" "$@"; then check_all; else echo "FAILED $scenario"; fi
}

exact=yes
scenario "cow.txt, fork" --at fork scenarios/cow.txt
scenario "cow.txt, a copy" --at 7 scenarios/cow.txt
scenario "cow.txt, the end" scenarios/cow.txt
cat >"$work/kinds.txt" <<'S'
spawn sh
mmap sh shared 64K shared
write sh shared 40K
mmap sh zeros 32K
read sh zeros 20K
mmap sh locked 16K locked
malloc sh chunk 100K
write sh chunk 100K
fork sh kid
write kid zeros 8K
madvise sh heap+4K 12K dontneed
madvise kid shared 12K dontneed
mprotect kid locked prot=none
fork kid baby
mremap baby shared 128K maymove
exec baby subject
S
cp tests/cases/subject "$work"
scenario "all kinds" "$work/kinds.txt"
exact=no
scenario "all kinds, PAE" --machine "i386-6.1-pae ram=128M" "$work/kinds.txt"
exact=yes
scenario "all kinds, 4G" --machine "i386 ram=4G" "$work/kinds.txt"
scenario "no process" --at 0 "$work/kinds.txt"
