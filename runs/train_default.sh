#!/usr/bin/env bash
# The model that ships: its corpus, its tokenizers, its generator, in pieces of at most ten minutes.
#
#   runs/train_default.sh SPEECH FACE [WORK_FOLDER] [KEY=VALUE ...]
#
# SPEECH and FACE are folders of recordings, see runs/default_corpus.sh. KEY=VALUE are settings of recipes/default.toml to
# change. WORK_FOLDER (gesta_runs/default) gets the corpus and both stages; WORK_FOLDER/motion/model is the model, which
# `gesta speak --model` takes. Everything goes on where it was stopped when the same command is given again. Some three
# hours on two cores.
#
# Processors that have no instructions for bfloat16 (no avx512_bf16 and no amx_bf16 in /proc/cpuinfo) are quicker with
# motion_training.precision=float32.
#
#   MINUTES     length of the pieces in which each stage is trained (9)
#   TOKENIZERS  a folder of tokenizers that are trained already, for example
#               src/gesta/assets/models/echomask-small
#   PROCESSES   that share each step of the generator, on the CPU (1)
#   PYTHON      .venv/bin/python
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
speech="$(realpath "$1")" face="$(realpath "$2")"
work="$(realpath -m "${3:-gesta_runs/default}")"
tokenizers="${TOKENIZERS:+$(realpath "$TOKENIZERS")}"
shift $(($# < 3 ? $# : 3))
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"

# Freed memory is kept for the next step: to give it back and fetch it again takes a quarter of the time.
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456
[ -e "$work/corpus/dataset/card.md" ] || PYTHON="$python" runs/default_corpus.sh "$speech" "$face" "$work/corpus"
launch() { "$python" -m gesta "$@"; }
launch_shared() { "$python" -m torch.distributed.run --standalone --nproc_per_node "$PROCESSES" -m gesta "$@"; }
train() {
    local how="$1" stage="$2"
    shift 2
    until [ -e "$work/$stage/model/finished.json" ]; do
        "$how" train "$stage" recipes/default.toml "data.dataset=$work/corpus/dataset" "output=$work" \
            --minutes "${MINUTES:-9}" "$@"
    done
}
[ "${PROCESSES:-1}" = 1 ] || set -- tokenizer_training.device=cpu motion_training.device=cpu "$@"
if [ -n "$tokenizers" ]; then set -- "tokenizer_model=$tokenizers" "$@"; else train launch tokenizer "$@"; fi
if [ "${PROCESSES:-1}" = 1 ]; then
    train launch motion "$@"
else
    train launch_shared motion "$@"
fi
