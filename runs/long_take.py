"""Do keypoints keep to their place over minutes? What runs/video_toy.sh has trained speaks its own clip over and over.

    python runs/long_take.py WORK_FOLDER [--seconds 60] [--anchor take|window]

WORK_FOLDER (with dataset/ and run/keypoints/ in it) is what runs/video_toy.sh has made. Prints, as Markdown, for each
tenth of the take: how far the points of each part are from their mean place in the clip, in pixels of 512, and in
brackets how fast they go, in pixels a frame; last, the same of the clip itself. `--anchor` speaks as a network of the
other kind would.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from gesta.audio.read import speech_from_samples
from gesta.audio.video_features.make import make_video_features
from gesta.bundles.film_folder import load_film_bundle
from gesta.data.film_set import FilmSet
from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.units import SAMPLE_RATE

PARTS = ("body", "face", "left_hand", "right_hand")


def measured(points: np.ndarray, middle: np.ndarray, seen: np.ndarray) -> list[str]:
    """Distance from the middle (N, 2) and speed of points (F, N, 2), by part; of those that the clip shows (N,)."""
    apart = np.linalg.norm(points - middle, axis=-1).mean(axis=0)
    speed = np.linalg.norm(np.diff(points, axis=0), axis=-1).mean(axis=0)
    shown = {part: np.arange(len(seen))[GROUPS[part]][seen[GROUPS[part]]] for part in PARTS}
    return [f"{apart[shown[part]].mean():.1f} ({speed[shown[part]].mean():.1f})" for part in PARTS]


def main() -> None:
    """Speak, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--anchor", choices=("take", "window"))
    arguments = parser.parse_args()
    films = FilmSet.open(arguments.work / "dataset")
    (clip,) = films.clips
    true = films.points(clip, 0, clip.frames)
    bundle = load_film_bundle(arguments.work / "run" / "keypoints" / "model")
    assert bundle.smga is not None and bundle.config.keypoints is not None
    config = bundle.smga.config
    if arguments.anchor:
        config = config.model_copy(update={"anchor": arguments.anchor})
    sound = np.concatenate(list(films.speech(clip).source.blocks()))
    speech = speech_from_samples(np.resize(sound, int(arguments.seconds * SAMPLE_RATE)), SAMPLE_RATE)
    features = make_video_features(bundle.config.keypoints.features)
    stretches = KeypointSpeaker(bundle.smga.eval(), config).stretches(features, speech, true.frames(0, 1))
    points = np.concatenate([made.points for made in stretches])
    middle, seen = true.points.mean(axis=0), (true.scores >= VISIBLE).all(axis=0)
    rows = [["from second", *PARTS], ["---"] * (1 + len(PARTS))]
    for place, part in enumerate(np.array_split(points, 10)):
        rows.append([f"{place * arguments.seconds / 10.0:g}", *measured(part, middle, seen)])
    rows.append(["the clip", *measured(true.points, middle, seen)])
    sys.stdout.writelines("| " + " | ".join(row) + " |\n" for row in rows)


if __name__ == "__main__":
    main()
