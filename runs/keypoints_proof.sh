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
#   JOBS       trainings side by side, one thread each (2)
#   MINUTES    length of the pieces in which each training is done (9)
#   PYTHON     .venv/bin/python
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
motion="$(realpath "$1")"
work="$(realpath -m "${2:-gesta_runs/keypoints_proof}")"
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
jobs="${JOBS:-2}"
mkdir -p "$work"
# Trainings in the background end with this script.
trap 'running="$(jobs -p)"; [ -z "$running" ] || kill $running 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

# Freed memory is kept for the next step: to give it back and fetch it again takes time.
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456
"$python" -m gesta prepare keypoints "$motion" -o "$work/dataset" --share "${SHARE:-0.1}" --workers "${WORKERS:-2}"

piece() { # VARIANT-SEED: one piece of a training
    local variant="${1%-*}" settings=()
    [ "${variant%-*}" = split ] || settings=("keypoints.sizes.layers=5")
    OMP_NUM_THREADS=1 exec "$python" -m gesta train keypoints recipes/keypoints.toml "data.dataset=$work/dataset" \
        "output=$work/$1" "keypoints_training.steps=${STEPS:-800}" "keypoints_training.seed=${1##*-}" \
        keypoints_training.ema_decay=0.99 keypoints_training.save_every=50 keypoints_training.validate_every=200 \
        "keypoints.streams=${variant%-*}" "keypoints.losses.face=${variant#*-}" "${settings[@]}" --minutes "${MINUTES:-9}"
}

models=()
for seed in ${SEEDS:-0 1 2}; do
    for variant in split-3 single-3 split-1; do
        models+=("$variant-$seed")
    done
done
while true; do
    waiting=()
    for name in "${models[@]}"; do
        [ -e "$work/$name/keypoints/model/finished.json" ] || waiting+=("$name")
    done
    [ ${#waiting[@]} -gt 0 ] || break
    pids=()
    for name in "${waiting[@]:0:$jobs}"; do
        piece "$name" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid"
    done
done
"$python" runs/keypoints_proof.py "$work/dataset" "$work" "${models[@]}" --clips "${CLIPS:-12}"
