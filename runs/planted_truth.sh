#!/usr/bin/env bash
# Planted truth: does what SQA attends to find the strokes of a speaker whose strokes are known?
#
#   runs/planted_truth.sh FOLDER_OF_RECORDINGS [WORK_FOLDER]
#
# From nothing: takes every fifth recording of the folder (of the 60 LibriSpeech recordings in DATA/speech/libri these
# are twelve, 37 minutes; two of them, 5.6 minutes, are held out), moves them by the procedural speaker, trains
# tokenizers once, then the generator of recipes/planted.toml nine times: three mask policies x three seeds. Prints the
# table of runs/planted_truth.py, which says what is measured.
#
# Each training takes less than 7 minutes on two cores that have nothing else to do. Everything goes on where it was
# stopped when the same command is given again; what is finished is left alone.
#
#   MINUTES   length of the pieces in which each training is done (9)
#   JOBS      trainings beside each other (1); with more, OMP_NUM_THREADS=1 is faster
#   PYTHON    .venv/bin/python
#   SEEDS     "0 1 2"
#   POLICIES  "speech_query random motion_energy"
#   SETTINGS  changes to all nine trainings, for example "motion_training.steps=2500"; give a work folder of their own
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
speech="$(realpath "$1")"
work="$(realpath -m "${2:-gesta_runs/planted}")"
cd "$(dirname "$0")/.."
export python="${PYTHON:-.venv/bin/python}" work
export minutes="${MINUTES:-9}" settings="${SETTINGS:-}" recipe=recipes/planted.toml
seeds="${SEEDS:-0 1 2}" policies="${POLICIES:-speech_query random motion_energy}"

if [ ! -d "$work/recordings" ]; then
    mkdir -p "$work/recordings.partial"
    find "$speech" -maxdepth 1 -type f \( -name '*.ogg' -o -name '*.flac' -o -name '*.wav' \) | LC_ALL=C sort |
        awk 'NR % 5 == 2' | while read -r file; do ln -sf "$file" "$work/recordings.partial/"; done
    mv "$work/recordings.partial" "$work/recordings"
fi
"$python" -m gesta prepare synthetic "$work/recordings" -o "$work/dataset" --validation-share 0.15 \
    --licence "that of the recordings"

# Trains a stage in pieces into a folder, or one piece of it if $pieces is set: stage, folder, further settings.
piecewise() {
    local stage="$1" folder="$2"
    shift 2
    until [ -e "$folder/$stage/model/finished.json" ]; do
        "$python" -m gesta train "$stage" "$recipe" "data.dataset=$work/dataset" "output=$folder" "$@" \
            --minutes "$minutes"
        [ -z "${pieces:-}" ] || break
    done
}
# Trains the generator: seed, policy.
generator() {
    piecewise motion "$work/$2-$1" "tokenizer_model=$work/tokenizer/model" \
        "motion.masking.policy=$2" "motion_training.seed=$1" $settings
}
export -f piecewise generator

piecewise tokenizer "$work"
# What all trainings read is made by the first one alone, in a piece of one step.
read -r seed _ <<<"$seeds"
read -r policy _ <<<"$policies"
[ -d "$work/$policy-$seed" ] || minutes=0 pieces=1 generator "$seed" "$policy"
for seed in $seeds; do
    for policy in $policies; do echo "$seed $policy"; done
done | xargs -P "${JOBS:-1}" -L 1 bash -euo pipefail -c 'generator "$@"' generator
"$python" runs/planted_truth.py "$work"
