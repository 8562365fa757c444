#!/usr/bin/env bash
# The corpus of the default model: speech that may be used, moved by the procedural speaker; what tests is set aside.
#
#   runs/default_corpus.sh SPEECH FACE OUTPUT
#
# SPEECH and FACE are folders of recordings (docs/licences.md names them). Texts of our own are read by synthesisers,
# see synthesise_speech.sh for what that needs. OUTPUT gets `recordings`, the sounds, and `dataset`, what is trained on:
# each recording and an altered copy of it in five of eight styles, each take a person of its own whose numbers stray.
# What runs/held_out_speech.txt names only tests. Some 28 hours of motion; ten minutes on two cores; it may be stopped
# and goes on.
#
#   PYTHON     .venv/bin/python
#   WORKERS    2
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
speech="$(realpath "$1")" face="$(realpath "$2")" output="$(realpath -m "$3")"
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"

recordings="$output/recordings"
mkdir -p "$recordings"
cp --recursive --update "$speech/." "$recordings/speech"
mkdir -p "$recordings/face"
cp --update "$face"/*.flac "$recordings/face"
[ -d "$recordings/read" ] || PYTHON="$python" runs/synthesise_speech.sh runs/texts "$recordings/read"

"$python" -m gesta prepare synthetic "$recordings" -o "$output/dataset" \
    --styles still,calm,neutral,lively,restless,seated,presenter,host --styles-each 5 --people --spread 1 --copies 1 \
    --hold-out runs/held_out_speech.txt --validation-share 0.04 --workers "${WORKERS:-2}" \
    --licence "public domain; CC BY 4.0, LibriSpeech (c) 2014 by Vassil Panayotov; MIT, FACEGOOD; Apache-2.0, NVIDIA"
