#!/usr/bin/env bash
# What are MMGT's ideas for films worth, small? Four networks, two seeds each, on one autoencoder and one process 1.
#
#   runs/video_proof.sh DATASET [WORK_FOLDER]
#
# DATASET holds films of many people, 64 x 64 pixels, as runs/video_people.sh makes it. The autoencoder and the stage
# image (process 1) are trained once, with recipes/video_proof.toml. On them stand the variants of the stage video:
#
#   full        as MMGT: regions of the picture hear the speech, each in its mask
#   no-masks    every region hears everywhere
#   no-hearing  no MM-HAA: speech is not heard
#   no-pose     drawn keypoints are withheld
#
# Then each films people that nobody was trained on, and runs/video_proof.py measures and draws; it says what the columns
# are. WORK_FOLDER (gesta_runs/video_proof) gets video_proof.md, .json and strips. Everything may be killed at any time;
# the same command goes on, and trains in pieces of at most MINUTES. By the processor time of single steps the whole should
# take about four hours on two free cores.
#
#   AUTOENCODER_STEPS  1200     IMAGE_STEPS  5000     STEPS  700 (stage video)
#   SEEDS       "0 1"
#   VARIANTS    "full no-masks no-hearing no-pose"
#   PEOPLE      that are measured (20)
#   FRAMES      of each (28, which is three windows)
#   KEYPOINTS   folder of a small SMGA, for a row of films from spoken keypoints; none: no such row
#   JOBS        trainings side by side, one thread each (2)
#   MINUTES     length of the pieces in which each training is done (9)
#   SETTINGS    further settings of the recipe, for all trainings
#   PYTHON      .venv/bin/python
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
dataset="$(realpath "$1")"
work="$(realpath -m "${2:-gesta_runs/video_proof}")"
keypoints="${KEYPOINTS:+$(realpath "$KEYPOINTS")}"
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
jobs="${JOBS:-2}"
read -r -a settings <<<"${SETTINGS:-}"
mkdir -p "$work"
# Trainings run in the background, so that they end with this script at once.
trap 'running="$(jobs -p)"; [ -z "$running" ] || kill $running 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

# Freed memory is kept for the next step: to give it back and fetch it again takes time.
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456

piece() { # FOLDER STAGE THREADS SETTING...: one piece of a training
    local folder="$1" stage="$2" threads="$3"
    shift 3
    OMP_NUM_THREADS="$threads" exec "$python" -m gesta train "$stage" recipes/video_proof.toml \
        "data.dataset=$dataset" "output=$work/$folder" "${settings[@]}" "$@" --minutes "${MINUTES:-9}"
}

done_already() { [ -e "$work/$1/$2/model/finished.json" ]; } # FOLDER STAGE

autoencoder="autoencoder_model=$work/shared/autoencoder/model"
until done_already shared autoencoder; do
    piece shared autoencoder "$jobs" "autoencoder_training.steps=${AUTOENCODER_STEPS:-1200}" &
    wait $!
done
until done_already shared image; do
    piece shared image "$jobs" "$autoencoder" "image_training.steps=${IMAGE_STEPS:-5000}" &
    wait $!
done

declare -A changes=(
    [full]=video.hearing.mask=after_output [no-masks]=video.hearing.mask=none
    [no-hearing]="video.hearing.places=[]" [no-pose]=video.pose=withheld
)
models=()
for seed in ${SEEDS:-0 1}; do
    for variant in ${VARIANTS:-full no-masks no-hearing no-pose}; do
        models+=("$variant-$seed")
    done
done
while true; do
    waiting=()
    for name in "${models[@]}"; do
        done_already "$name" video || waiting+=("$name")
    done
    [ ${#waiting[@]} -gt 0 ] || break
    pids=()
    for name in "${waiting[@]:0:$jobs}"; do
        piece "$name" video 1 "$autoencoder" "image_model=$work/shared/image/model" "${changes[${name%-*}]}" \
            "video_training.steps=${STEPS:-700}" "video_training.seed=${name##*-}" &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid"
    done
done
OMP_NUM_THREADS="$jobs" "$python" runs/video_proof.py "$dataset" "$work" "${models[@]}" --people "${PEOPLE:-20}" \
    --frames "${FRAMES:-28}" ${keypoints:+--keypoints "$keypoints"}
