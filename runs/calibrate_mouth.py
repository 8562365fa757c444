"""Fits the table by which the mouth is read from the sound to recorded faces, and says how well it does.

    python runs/calibrate_mouth.py FOLDER_OF_FACES [-o src/gesta/procedural/mouth_readout.csv]

The folder holds pairs NAME.npz (weights (T, N) at 30 frames a second, names (N)) and NAME.flac, as FACEGOOD's
Audio2Face recordings come (MIT). Prints correlations on recordings left out of the fit, then fits to all of them.
The jaw is stretched so that its 95th percentile is the recorded one; closing so that it peaks at 1 about as often as
recorded lips shut.
"""

import argparse
import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.procedural.mouth_readout import CONSTANT, FRAMES_BEFORE, READ, USUAL, moments, surroundings
from gesta.procedural.mouth_sound import HEARD, SHAPES, Ear, raw_shapes
from gesta.records import Prosody
from gesta.records.speech import MOST_FRAMES_AHEAD

SOURCES = {
    "jaw": (("mouth_stretch_c",), 1.0),
    "round": (("mouth_pucker_l", "mouth_funnel_dl", "mouth_oh_c"), 0.6),
    "bare": (("mouth_lowerLipDepress_l", "mouth_upperLipRaise_l"), 0.3),
    "closed": (("mouth_press_l", "mouth_suck_ul", "mouth_suck_dl"), 0.2),
}
"""Which native weights are what, the strongest counts, and the weight that is all of it."""
RIDGE = 150.0
UPPER_SHARE = {"jaw": 5.0, "round": 5.0, "bare": 5.0, "closed": 2.0}
"""Percent of frames that a column's stretch brings to what the recorded faces reach as often."""


@dataclass(frozen=True)
class Face:
    """A recorded face: its (T, R) readings and the prosody of what it says."""

    read: np.ndarray
    prosody: Prosody


def load(recording: Path) -> Face:
    """A recording's face."""
    with np.load(recording, allow_pickle=False) as stored:
        names, weights = [str(name) for name in stored["names"]], stored["weights"].astype(np.float64)
    columns = [np.max([weights[:, names.index(name)] for name in SOURCES[read][0]], axis=0) for read in READ]
    read = np.clip(np.column_stack(columns) / [SOURCES[name][1] for name in READ], 0.0, 1.0)
    prosody = analyse(open_speech(recording.with_suffix(".flac")))
    frames = min(len(read), prosody.frame_count)
    return Face(read[:frames], prosody.frames(0, frames))


def around(face: Face, usual: np.ndarray, ahead: int) -> np.ndarray:
    """What is heard around each frame: (T, X)."""
    rows = Ear(usual).listen(face.prosody)
    before = np.zeros((FRAMES_BEFORE, len(HEARD)))
    return surroundings(np.concatenate((before, rows)), len(face.read), ahead)


def fit(heard: list[np.ndarray], faces: list[Face]) -> np.ndarray:
    """Ridge weights, stretched: (X, R)."""
    sounds, read = np.concatenate(heard), np.concatenate([face.read for face in faces])
    weights = np.linalg.solve(sounds.T @ sounds + RIDGE * np.eye(sounds.shape[1]), sounds.T @ read)
    guessed = sounds @ weights
    for column, name in enumerate(READ):
        share = 100.0 - UPPER_SHARE[name]
        low, high = np.percentile(guessed[:, column], (50, share))
        wanted_low, wanted_high = np.percentile(read[:, column], (50, share))
        gain = (wanted_high - wanted_low) / (high - low)
        weights[:, column] *= gain
        weights[-1, column] += wanted_low - gain * low
    return weights


def main() -> None:
    """Fit, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    faces = [load(path) for path in sorted(given.folder.glob("*.npz"))]
    usual = np.mean([raw_shapes(face.prosody) for face in faces], axis=0)
    rows = [(0, USUAL, name, f"{value:.4f}", *[""] * 3) for name, value in zip(HEARD[-SHAPES:], usual, strict=True)]
    for ahead in (0, MOST_FRAMES_AHEAD):
        heard = [around(face, usual, ahead) for face in faces]
        guessed = []
        for left_out in range(len(faces)):
            kept = [index for index in range(len(faces)) if index != left_out]
            weights = fit([heard[index] for index in kept], [faces[index] for index in kept])
            guessed.append(np.clip(heard[left_out] @ weights, 0.0, 1.0))
        ours, read = np.concatenate(guessed), np.concatenate([face.read for face in faces])
        told = [f"{name} {np.corrcoef(ours[:, i], read[:, i])[0, 1]:.2f}" for i, name in enumerate(READ)]
        sys.stdout.write(f"{ahead} frames ahead, r on recordings left out: {', '.join(told)}\n")
        keys = [*((moment, name) for moment in moments(ahead) for name in HEARD), (CONSTANT, CONSTANT)]
        rows += [
            (ahead, *key, *(f"{value:.4f}" for value in values))
            for key, values in zip(keys, fit(heard, faces), strict=True)
        ]
    if given.output:
        with given.output.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([("ahead", "moment", "heard", *READ), *rows])


if __name__ == "__main__":
    main()
