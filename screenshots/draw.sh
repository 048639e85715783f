#!/bin/sh
# Draw the pictures of this folder from the program itself.
set -eu
cd "$(dirname "$0")/.."
PROG=${PROG:-./mmviz}
shot() { # NAME SIZE SCENARIO AT [OPTION...]
	name=$1 size=$2 scenario=$3 at=$4
	shift 4
	LC_ALL=C.UTF-8 "$PROG" --screen "$size" --at "$at" --svg "screenshots/$name.svg" "$@" "scenarios/$scenario.txt" >/dev/null
	echo "screenshots/$name.svg"
}
shot cow-120x40 120x40 cow 7
