#!/bin/sh
# Run scenarios on a real kernel, and say where mmviz shows something else.
#
#     record.sh CASE FILE...      these scenarios; NAME.state is written beside NAME.txt where it is missing
#     record.sh RANDOM SEED N     N random scenarios from this seed on, kept in build/record
#
# The kernels are Debian's for i386, 686 and 686-pae, in qemu; PID 1 of an initramfs is the recorder (guest.h). Scenarios of
# one machine (profile and RAM) go into one boot. The kernel's command line takes away what recordings do not have:
# norandmaps (addresses by chance), vdso32=0 (the kernel's page in each process), transparent_hugepage=never.
#
# Recordings are kept as build/record/run/NAME.recorded. In them lines that begin with % are fields of /proc/PID (fields.h),
# compared when FIELDS is set, but no part of the state listing.
# RECORD names the program build/record-script, GUEST the recorder. BOOT_SECONDS limits one boot.
set -eu
cd "$(dirname "$0")/../.."
RECORD=${RECORD:-build/record-script}
GUEST=${GUEST:-build/record-guest}
work=build/record
kernels=$work/kernels
quiet="console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off"
without="norandmaps vdso32=0 transparent_hugepage=never"

# The newest kernel package of a flavour, unpacked: its path.
kernel() { # 686 or 686-pae
	if ! ls "$kernels/$1"/boot/vmlinuz-* >/dev/null 2>&1; then
		dpkg --print-foreign-architectures | grep -qx i386 || {
			dpkg --add-architecture i386
			apt-get update -qq
		} >&2
		package=$(apt-cache depends "linux-image-$1:i386" | sed -n 's/.*Depends: *\(linux-image-[^ ]*\).*/\1/p' | head -n 1)
		mkdir -p "$kernels/$1"
		(cd "$kernels" && apt-get download -qq -o APT::Sandbox::User=root "$package") >&2
		dpkg-deb --fsys-tarfile "$kernels/${package%:*}"_*.deb | tar -x -C "$kernels/$1" ./boot
	fi
	ls "$kernels/$1"/boot/vmlinuz-*
}

# An initramfs with a script, the files that it opens, and the recorder.
pack() { # SCRIPT TO
	root=$(mktemp -d)
	chmod 755 "$root" # processes are not root's
	mkdir "$root/files"
	cp "$GUEST" "$root/init"
	cp "$1" "$root/script"
	sort -u "$run/files" | while read -r file; do cp "$file" "$root/files/"; done
	(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$2"
	rm -rf "$root"
}

boot() { # PROFILE-RAM.script: records to PROFILE-RAM.log
	machine=$(basename "$1" .script)
	case $machine in
	*-pae-*) flavour=686-pae ;;
	*) flavour=686 ;;
	esac
	pack "$1" "$run/initramfs"
	timeout "${BOOT_SECONDS:-1800}" qemu-system-i386 -accel tcg -m "${machine##*-}" -display none -monitor none -no-reboot \
		-kernel "$(kernel $flavour)" -initrd "$run/initramfs" -append "$quiet $without" \
		-serial "file:$run/$machine.log" >&2 || echo "FAILED boot $machine"
}

recording() { echo "$run/$(basename "$1" .txt).recorded"; }

# One file a case.
cut_log() {
	tr -d '\r' <"$1" | awk -v run="$run" '
		/^case / {
			if (to) close(to)
			sub(/.*\//, ""); sub(/\.txt$/, ".recorded")
			to = run "/" $0
			printf "" >to
			next
		}
		/^recorder: end/ { to = "" }
		to { print >to }'
}

compare() { # SCENARIO
	recorded=$(recording "$1")
	[ -e "$recorded" ] || : >"$recorded"
	[ "$what" = RANDOM ] || [ -e "${1%.txt}.state" ] || grep -v '^%' "$recorded" >"${1%.txt}.state"
	"$RECORD" list "$1" | grep -v "^$left_out" >"$run/expected"
	grep -v "^$left_out" "$recorded" >"$run/found" || true
	if cmp -s "$run/expected" "$run/found"; then
		echo "ok $1"
		return
	fi
	echo "FAILED $1"
	# the first line that differs, and its event
	awk -v expected="$run/expected" '
		/^@/ { event = $0 }
		{ if ((getline line <expected) <= 0) line = "(nothing)" }
		line != $0 { print "  " event "\n  kernel " $0 "\n  mmviz  " line; shown = 1; exit }
		END { if (!shown) print "  the recording ends early" }' "$run/found" | cut -c 1-300
}

what=$1
shift
left_out=%
[ -z "${FIELDS:-}" ] || left_out=nothing
run=$work/run
rm -rf "$run"
mkdir -p "$run"
if [ "$what" = RANDOM ]; then
	random=$work/random
	mkdir -p "$random"
	[ -e "$random/cases" ] || ln -s "$PWD/tests/cases" "$random/cases"
	"$RECORD" random "$random" "$1" "$2"
	seeds=$(seq "$1" $(($1 + $2 - 1)))
	set --
	for seed in $seeds; do set -- "$@" "$random/random-$seed.txt"; done
fi
"$RECORD" script "$run" "$@"
for script in "$run"/*.script; do
	boot "$script"
	cut_log "${script%.script}.log"
done
for scenario; do compare "$scenario"; done >"$run/result"
cat "$run/result"
echo "$(grep -c '^ok' "$run/result") passed, $(grep -c '^FAILED' "$run/result") failed"
! grep -q '^FAILED' "$run/result"
