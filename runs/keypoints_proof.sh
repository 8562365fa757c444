#!/usr/bin/env bash
# What are SMGA's ideas worth? Three networks of like size, three seeds each, trained alike and measured on unseen speech.
#
#   runs/keypoints_proof.sh MOTION [WORK_FOLDER]
#
# MOTION is a data set of motion, as runs/default_corpus.sh makes it; a tenth of it is projected first. The variants are
#
#   split-3    face and body apart, the face counted three times more, as published
#   single-3   one stream with more layers instead
#   split-1    apart, the face counted once more
#
# Each is trained for STEPS steps, at most eight minutes on two cores, then sampled with guidance 1 and 2 by
# runs/keypoints_proof.py, which says what the columns are. WORK_FOLDER (gesta_runs/keypoints_proof) gets the table,
# keypoints_proof.md and .json. It may be killed at any time; the same command goes on.
#
#   STEPS      800
#   SEEDS      "0 1 2"
#   CLIPS      that are measured (12)
#   SHARE      of MOTION's clips (0.1)
#   WORKERS    processes that project (2)
#   MINUTES    length of the pieces in which each training is done (4)
#   PYTHON     .venv/bin/python
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
motion="$(realpath "$1")"
work="$(realpath -m "${2:-gesta_runs/keypoints_proof}")"
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
steps="${STEPS:-800}"
mkdir -p "$work"

# Freed memory is kept for the next step: to give it back and fetch it again takes time.
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456
"$python" -m gesta prepare keypoints "$motion" -o "$work/dataset" --share "${SHARE:-0.1}" --workers "${WORKERS:-2}"

models=()
for seed in ${SEEDS:-0 1 2}; do
    for variant in split-3 single-3 split-1; do
        settings=("keypoints.streams=${variant%-*}" "keypoints.losses.face=${variant#*-}")
        [ "${variant%-*}" = split ] || settings+=("keypoints.sizes.layers=5")
        name="$variant-$seed"
        models+=("$name")
        until [ -e "$work/$name/keypoints/model/finished.json" ]; do
            "$python" -m gesta train keypoints recipes/keypoints.toml "data.dataset=$work/dataset" \
                "output=$work/$name" "keypoints_training.steps=$steps" "keypoints_training.seed=$seed" \
                keypoints_training.ema_decay=0.99 keypoints_training.save_every=50 \
                keypoints_training.validate_every=200 "${settings[@]}" --minutes "${MINUTES:-4}"
        done
    done
done
"$python" runs/keypoints_proof.py "$work/dataset" "$work" "${models[@]}" --clips "${CLIPS:-12}"
