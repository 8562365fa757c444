"""Make the package's copy of a trained SMGA: its matrices with 16 bits, its card.

    python runs/ship_keypoints.py MODEL OUT --card CARD.md

MODEL is what `gesta train keypoints` made. OUT is a folder whose name becomes the model's, for the package
src/gesta/assets/models/smga-small; what lies there is replaced. Once it is there, `gesta film --motion smga` takes it
if no model is named. What comes out is read again, lets our own body speak the demo voice, and must not be larger than
10 MB.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

import gesta
from gesta.audio.read import open_speech
from gesta.audio.video_features.make import make_video_features
from gesta.bundles.film_folder import FilmBundle, load_film_bundle, save_film_bundle
from gesta.data.film_points import on_canvas
from gesta.data.filmed_people import drawn_person
from gesta.data.projected_clips import projected_piece
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.models.common import LICENCE
from gesta.randomness import generator
from gesta.render.still_poses import SPEAKING, still_motion

VOICE = Path(gesta.__file__).parent / "assets" / "demo_voice.flac"
LARGEST_BYTES = 10_000_000


def spoken(bundle: FilmBundle) -> int:
    """How many frames the model makes of the demo voice; they must be numbers."""
    if bundle.smga is None or bundle.config.keypoints is None:
        sys.exit("It makes no keypoints.")
    person = drawn_person(generator(0, "ship"))
    initial = on_canvas(projected_piece(still_motion([SPEAKING]), person, 0, 1))
    features = make_video_features(bundle.config.keypoints.features)
    parts = list(KeypointSpeaker(bundle.smga).stretches(features, open_speech(VOICE), initial))
    if not all(np.isfinite(part.points).all() for part in parts):
        sys.exit("It makes points that are no numbers.")
    return sum(part.frame_count for part in parts)


def main() -> None:
    """Ship it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--card", type=Path, required=True)
    given = parser.parse_args()
    bundle = load_film_bundle(given.model)
    config = bundle.config.model_copy(update={"name": given.out.name, "licence": LICENCE})
    card = given.card.read_text(encoding="utf-8")
    save_film_bundle(given.out, FilmBundle(config, bundle.smga), card, half=True)
    size = sum(path.stat().st_size for path in given.out.iterdir())
    frames = spoken(load_film_bundle(given.out))
    sys.stdout.write(f"{given.out}: {size / 1e6:.1f} MB; the demo voice became {frames} frames.\n")
    if size > LARGEST_BYTES:
        sys.exit(f"It is larger than {LARGEST_BYTES / 1e6:.0f} MB.")


if __name__ == "__main__":
    main()
