#!/usr/bin/env bash
# The small SMGA that ships: its corpus, seen by many cameras as many people, and its training, in pieces.
#
#   runs/train_keypoints.sh MOTION [WORK_FOLDER] [KEY=VALUE ...]
#
# MOTION is a data set of motion, as runs/default_corpus.sh makes it. KEY=VALUE are settings of recipes/keypoints.toml to
# change. WORK_FOLDER (gesta_runs/keypoints) gets the data set and WORK_FOLDER/keypoints/model, the model, which
# `gesta film --motion smga --model` takes and runs/ship_keypoints.py makes the package's copy of. Everything goes on
# where it was stopped when the same command is given again.
#
#   SHARE      of MOTION's clips (0.25)
#   WORKERS    processes that project (2)
#   MINUTES    length of the pieces in which it is trained (9)
#   PYTHON     .venv/bin/python
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
motion="$(realpath "$1")"
work="$(realpath -m "${2:-gesta_runs/keypoints}")"
shift $(($# < 2 ? $# : 2))
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"

# Freed memory is kept for the next step: to give it back and fetch it again takes time.
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456
"$python" -m gesta prepare keypoints "$motion" -o "$work/dataset" --share "${SHARE:-0.25}" --workers "${WORKERS:-2}"
until [ -e "$work/keypoints/model/finished.json" ]; do
    "$python" -m gesta train keypoints recipes/keypoints.toml "data.dataset=$work/dataset" "output=$work" \
        --minutes "${MINUTES:-9}" "$@"
done
