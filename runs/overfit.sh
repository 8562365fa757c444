#!/usr/bin/env bash
# Can the networks learn at all? They over-fit the little real motion at hand, and are measured on just that.
#
#   runs/overfit.sh DATA [WORK_FOLDER]
#
# DATA holds beat2/ (BEAT2's layout, with take 2_scott_0_1_1) and show/ (clips of SHOW), both for non-commercial
# research. Prepares each (the take of BEAT2, which its table keeps for tests, is trained on here), trains the tokenizers
# and then the generator of recipes/overfit_beat2.toml and recipes/overfit_show.toml, prints the tables of
# runs/overfit.py and draws strips into WORK_FOLDER/pictures. The trainings took 102 minutes in all on two cores that
# were busy with other work; everything goes on where it was stopped when the same command is given again.
#
#   MINUTES   length of the pieces in which each training is done (9)
#   PYTHON    .venv/bin/python
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
data="$(realpath "$1")"
work="$(realpath -m "${2:-gesta_runs/overfit}")"
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
minutes="${MINUTES:-9}"

mkdir -p "$work/beat2_source"
for folder in smplxflame_30 wave16k; do ln -sfn "$data/beat2/$folder" "$work/beat2_source/$folder"; done
printf 'id,type\n2_scott_0_1_1,train\n' >"$work/beat2_source/train_test_split.csv"
"$python" -m gesta prepare beat2 "$work/beat2_source" -o "$work/beat2" --speakers 2
"$python" -m gesta prepare show "$data/show" -o "$work/show" --validation-share 0

for name in beat2 show; do
    for stage in tokenizer motion; do
        until [ -e "$work/run_$name/$stage/model/finished.json" ]; do
            "$python" -m gesta train "$stage" "recipes/overfit_$name.toml" "data.dataset=$work/$name" \
                "output=$work/run_$name" --minutes "$minutes"
        done
    done
    "$python" runs/overfit.py "$work/$name" "$work/run_$name" "$work/pictures"
done
