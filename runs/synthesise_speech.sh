#!/usr/bin/env bash
# Speech with known times of words and sounds, from texts, by free synthesisers of Debian: see synthesise_speech.py.
#
#   runs/synthesise_speech.sh FOLDER_OF_TEXTS OUTPUT_FOLDER [--voices VOICE...]
#
# Needs the Debian packages espeak-ng, festival and festvox-kallpc16k. MBROLA's voices are not used: they are not free.
# FOLDER_OF_TEXTS holds NAME.en.txt, NAME.es.txt, NAME.cmn.txt. What comes out goes to: gesta prepare synthetic.
#
#   PYTHON    .venv/bin/python
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
for program in espeak-ng festival; do
    command -v "$program" >/dev/null || {
        echo "$program is not here; install: apt-get install espeak-ng festival festvox-kallpc16k" >&2
        exit 2
    }
done
texts="$(realpath "$1")" output="$(realpath -m "$2")"
shift 2
cd "$(dirname "$0")/.."
"${PYTHON:-.venv/bin/python}" runs/synthesise_speech.py "$texts" -o "$output" "$@"
