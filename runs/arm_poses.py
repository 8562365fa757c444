"""Lifts films' points to arms and hands in space and says how people hold them: clusters, as a table.

    python runs/arm_poses.py FOLDER_OF_POINTS [--clusters 10] [--source TEXT] [-o src/gesta/procedural/arm_poses.csv]

FOLDER_OF_POINTS holds files that `gesta.keypoints.files.read_keypoints` reads, of people who face the camera. What the
columns are, says `gesta.procedural.measured_hands`. Hands that are not known (see `gesta.keypoints.lift_hands`) are
left out. The shipped table was made of `data/poses`.
"""

import argparse
import csv
import io
import sys
from collections.abc import Iterator
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.ndimage import gaussian_filter1d

from gesta.errors import InputError
from gesta.keypoints.files import read_keypoints
from gesta.keypoints.lift import lift_arms
from gesta.keypoints.lift_hands import lift_hands
from gesta.procedural.measured_hands import MeasuredHand
from gesta.records import Keypoints
from gesta.writing import replacing

KNOWN = 0.5
"""Confidence from which on a hand counts."""
SMOOTHING_S = 0.05
PLACE, PALM, CURL, SPLAY, SPEED = slice(0, 3), slice(3, 6), 6, 7, 8
WEIGHTS = np.array((1.0, 1.0, 1.0, 0.08, 0.08, 0.08, 0.15))
"""What a palm that turns and a hand that closes count for beside metres of the wrist's way."""
SOURCE = (
    "DWPose points of four films (776 frames, 24 a second) in antgroup/echomimic_v2, Apache-2.0; "
    "lifted by gesta.keypoints.lift and lift_hands, summed up by runs/arm_poses.py"
)


def hands_of(folder: Path) -> np.ndarray:
    """Wrist, palm, curl, splay and speed of every hand that is known in a folder's files: (N, 9)."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        keypoints = read_keypoints(path)
        arms = lift_arms(keypoints)
        hands = lift_hands(keypoints, arms)
        known = arms.seen & (hands.confidence > KNOWN)
        speeds = _speeds(keypoints, arms.wrists)
        numbers = (hands.curls.mean(axis=-1)[..., None], hands.splays[..., None], speeds[..., None])
        found.append(np.concatenate((arms.wrists, hands.palms, *numbers), axis=-1)[known])
        sys.stdout.write(f"# {path.name}: {keypoints.frame_count} frames, {known.mean():.0%} of hands known\n")
    if not found:
        raise InputError(f"There are no points in {folder}: give a folder of .npz files.")
    return np.concatenate(found)


def _speeds(keypoints: Keypoints, wrists: np.ndarray) -> np.ndarray:
    """Speeds of wrists (F, 2, 3) as the camera sees them, metres a second: (F, 2)."""
    smooth = gaussian_filter1d(wrists[..., :2], SMOOTHING_S * keypoints.fps, axis=0)
    return np.asarray(np.linalg.norm(np.gradient(smooth, axis=0), axis=-1) * keypoints.fps)


def clusters(hands: np.ndarray, count: int) -> list[MeasuredHand]:
    """The table's rows, the most frequent first."""
    _, labels = kmeans2(hands[:, : len(WEIGHTS)] * WEIGHTS, count, seed=0, minit="++")
    rows = []
    for label in np.unique(labels):
        one = hands[labels == label]
        palm = one[:, PALM].mean(axis=0)
        rows.append(
            MeasuredHand(
                len(one) / len(hands),
                *one[:, PLACE].mean(axis=0),
                float(np.sqrt(one[:, PLACE].var(axis=0).sum())),
                *palm / np.linalg.norm(palm),
                *(float(np.median(one[:, column])) for column in (CURL, SPLAY, SPEED)),
            )
        )
    return sorted(rows, key=lambda row: -row.share)


def lines(rows: list[MeasuredHand], hands: np.ndarray, source: str) -> Iterator[str]:
    """The table as text, what it was made of first."""
    yield f"# {source}.\n"
    low, middle, high = np.percentile(hands[:, CURL], (10, 50, 90))
    yield f"# {len(hands)} hands; curls {low:.2f} / {middle:.2f} / {high:.2f} at 10 / 50 / 90 %.\n"
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(field.name for field in fields(MeasuredHand))
    table.writerows([f"{value:.3f}" for value in astuple(row)] for row in rows)
    yield text.getvalue()


def main() -> None:
    """Read the command line, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clusters", type=int, default=10)
    parser.add_argument("--source", default=SOURCE, help="what the points are, for the table's head")
    parser.add_argument("-o", dest="output", type=Path, default=None, help="CSV file to write")
    options = parser.parse_args()
    hands = hands_of(options.folder)
    text = "".join(lines(clusters(hands, options.clusters), hands, options.source))
    sys.stdout.write(text)
    if options.output is not None:
        with replacing(options.output) as beside:
            beside.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
