#!/bin/sh
# Draw the pictures of this folder from the program itself.
set -eu
cd "$(dirname "$0")/.."
PROG=${PROG:-./mmviz}

shot() { # NAME SIZE SCENARIO AT [OPTION...]
	name=$1 size=$2 scenario=$3 at=$4
	shift 4
	LC_ALL=C.UTF-8 "$PROG" --screen "$size" --at "$at" --svg "screenshots/$name.svg" "$@" \
		"scenarios/$scenario.txt" >/dev/null
	echo "screenshots/$name.svg"
}

shot cow-120x40 120x40 cow 7
shot cow-80x24 80x24 cow 7
shot cow-200x60 200x60 cow 7
shot cow-step-light 120x40 cow 7.15 --theme light
shot cow-chinese 120x40 cow 5 --lang zh
shot buddy 120x40 buddy 4
shot demand 200x60 demand 4
shot slab 120x40 slab 9
shot segv-contrast 120x40 segv 7 --theme contrast
shot walk-ascii 80x24 walk 3 --ascii
shot space 120x40 vmalloc 4 --panel space --keys "[z"
shot segments 120x40 segments 6 --panel walk --keys z
shot locks 120x40 locks 9.86 --panel locks
shot numa 120x40 numa 6
shot vmalloc 120x40 vmalloc 14
