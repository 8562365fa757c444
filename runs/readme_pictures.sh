#!/usr/bin/env bash
# Makes the pictures of README.md and docs/ again from the demo voice.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
"$python" - <<'PROGRAM'
import gesta
from gesta.render.preview import strip

take = gesta.load("procedural").speak("src/gesta/assets/demo_voice.flac", seed=3)
strip(take.motion, "docs/images/strip.png", count=8, camera="half")
PROGRAM
"$python" runs/body_pictures.py
"$python" -m gesta inspect src/gesta/assets/demo_voice.flac --seed 3 --output docs/images/inspect.png
drawn="$(mktemp -d)"
trap 'rm -r "$drawn"' EXIT
"$python" -m gesta body --portrait -o "$drawn/me.png"
"$python" -m gesta film src/gesta/assets/demo_voice.flac --image "$drawn/me.png" --seed 3 --size 512x512 -o "$drawn/film.mp4"
"$python" - "$drawn/film.strip.png" <<'PROGRAM'
import sys

from PIL import Image

Image.open(sys.argv[1]).quantize(256).save("docs/images/film.png", optimize=True)
PROGRAM
"$python" runs/drawn_film.py -o "$drawn" --size 512
"$python" runs/mmgt_figure.py "$drawn"
