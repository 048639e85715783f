#!/bin/sh
# Transcripts and tables of a real kernel's memory, replayed on our machine: `make replay DIR=FOLDER` for others.
set -u
cd "$(dirname "$0")/recorded" || exit 1
"$REPLAY" kernel facts | sed -e 's/^equal /ok replay /' -e 's/^differs /FAILED replay /' -e 's/^unknown /FAILED replay /'
