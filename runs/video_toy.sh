#!/usr/bin/env bash
# Do MMGT's two stages learn? They are trained on one clip of a few seconds, which they then know by heart.
#
#   runs/video_toy.sh drawn [WORK_FOLDER]             the mannequin, drawn: for anybody
#   runs/video_toy.sh example DATA [WORK_FOLDER]      MMGT's published example, in DATA/video, with DATA/poses: local only
#
# Makes the clip with its 134 points, trains the stages keypoints, image and video of recipes/toy_video.toml, films the
# clip's own speech from its first picture, and prints and draws with runs/video_toy.py how near that comes. Everything
# goes on where it was stopped when the same command is given again.
#
#   SETTINGS  settings of the recipe to change, for example "video.picture.side=96 image_training.steps=2000"
#   MINUTES   length of the pieces in which each training is done (9)
#   PYTHON    .venv/bin/python
set -euo pipefail
usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
[ $# -ge 1 ] || usage
kind="$1"
shift
data=""
if [ "$kind" = example ]; then
    [ $# -ge 1 ] || usage
    data="$(realpath "$1")"
    shift
elif [ "$kind" != drawn ]; then
    usage
fi
work="$(realpath -m "${1:-gesta_runs/toy_video_$kind}")"
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
minutes="${MINUTES:-9}"
read -r -a settings <<<"${SETTINGS:-}"
mkdir -p "$work"

if [ ! -e "$work/source" ]; then
    if [ "$kind" = drawn ]; then
        "$python" runs/drawn_film.py -o "$work/source.part"
    else
        [ -e "$work/points.npz" ] || "$python" runs/example_points.py "$data/video" "$data/poses" -o "$work/points.npz"
        "$python" runs/example_clip.py "$data/video" "$work/points.npz" -o "$work/source.part"
    fi
    mv "$work/source.part" "$work/source"
fi

for stage in keypoints image video; do
    until [ -e "$work/run/$stage/model/finished.json" ]; do
        "$python" -m gesta train "$stage" recipes/toy_video.toml "data.dataset=$work/dataset" \
            "data.prepare.source=$work/source" "output=$work/run" "${settings[@]}" --minutes "$minutes"
    done
done
"$python" runs/video_toy.py "$work"
