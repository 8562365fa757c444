#!/usr/bin/env bash
# Is a GLB file that gesta writes sound, and the same in another program? By Khronos' validator and by Blender.
#
#   runs/check_glb.sh MOTION.npz WORK_FOLDER [LOOK]
#
# Writes the motion as GLB into WORK_FOLDER, asks the validator (npm's gltf-validator, installed there) for errors and
# warnings, and compares joints, shapes and surface in Blender with the motion itself. Needs node with npm, and 1 GB for
# Blender's Python package, which is installed into WORK_FOLDER unless another is named.
#
#   PYTHON           .venv/bin/python
#   BLENDER_PYTHON   WORK_FOLDER/blender/bin/python, a Python 3.11 with bpy 4.2
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
motion="$(realpath "$1")" work="$(realpath -m "$2")" look="${3:-host}"
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
mkdir -p "$work"
"$python" -m gesta export "$motion" --to glb -o "$work" --look "$look"
file="$work/$(basename "${motion%.*}").glb"

[ -d "$work/node_modules/gltf-validator" ] || npm install --silent --prefix "$work" gltf-validator@2.0.0-dev.3.10
(cd "$work" && node - "$file") <<'PROGRAM'
const file = process.argv[2];
require(process.cwd() + '/node_modules/gltf-validator')
  .validateBytes(new Uint8Array(require('fs').readFileSync(file)))
  .then(({issues}) => {
    console.log(`validator: ${issues.numErrors} errors, ${issues.numWarnings} warnings, ${issues.numInfos} notes`);
    issues.messages.forEach(message => console.log(`  ${message.code} ${message.pointer}: ${message.message}`));
    process.exit(issues.numErrors + issues.numWarnings ? 1 : 0);
  });
PROGRAM

blender="${BLENDER_PYTHON:-$work/blender/bin/python}"
if [ ! -x "$blender" ]; then
    python3.11 -m venv "$work/blender"
    "$blender" -m pip install --quiet "bpy==4.2.*"
fi
"$python" runs/check_glb.py "$motion" "$file" "$blender" "$look"
