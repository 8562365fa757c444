"""Lifts films' points to arms in space and says where people's hands are: clusters of wrists, as a table.

    python runs/arm_poses.py FOLDER_OF_POINTS [--clusters 8] [-o arms.csv]

FOLDER_OF_POINTS holds files that `gesta.keypoints.files.read_keypoints` reads, of people who face the camera. Written:
`share` of the frames, the middle wrist `outward`, `up`, `forward` (metres from the shoulder, on the built-in
skeleton), `spread` (metres, standard deviation about it) and `palm` (how far the palm faces the camera, -1 to 1).
"""

import argparse
import csv
import sys
from pathlib import Path

import numpy as np
from scipy.cluster.vq import kmeans2

from gesta.errors import InputError
from gesta.keypoints.files import read_keypoints
from gesta.keypoints.lift import lift_arms
from gesta.writing import replacing

COLUMNS = ("share", "outward", "up", "forward", "spread", "palm")
PALM_WEIGHT_M = 0.05
"""What a palm that turns over counts for beside metres of the wrist's way."""


def hands_of(folder: Path) -> np.ndarray:
    """Wrist and palm of every hand seen in a folder's files: (N, 4)."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        lifted = lift_arms(read_keypoints(path))
        both = np.concatenate((lifted.wrists, lifted.palms[..., None]), axis=-1)
        found.append(both[lifted.seen])
        sys.stdout.write(f"{path.name}: {len(both)} frames, {lifted.seen.mean():.0%} of hands seen\n")
    if not found:
        raise InputError(f"There are no points in {folder}: give a folder of .npz files.")
    return np.concatenate(found)


def clusters(hands: np.ndarray, count: int) -> list[tuple[float, ...]]:
    """The table's rows, the most frequent first."""
    weighted = hands * (1.0, 1.0, 1.0, PALM_WEIGHT_M)
    _, labels = kmeans2(weighted, count, seed=0, minit="++")
    rows = []
    for label in np.unique(labels):
        one = hands[labels == label]
        spread = float(np.sqrt(one[:, :3].var(axis=0).sum()))
        rows.append((len(one) / len(hands), *(float(value) for value in one[:, :3].mean(axis=0)), spread))
        rows[-1] = (*rows[-1], float(one[:, 3].mean()))
    return sorted(rows, reverse=True)


def main() -> None:
    """Read the command line, print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--clusters", type=int, default=8)
    parser.add_argument("-o", dest="output", type=Path, default=None, help="CSV file to write")
    options = parser.parse_args()
    rows = clusters(hands_of(options.folder), options.clusters)
    table = [COLUMNS, *(tuple(f"{value:.3f}" for value in row) for row in rows)]
    csv.writer(sys.stdout).writerows(table)
    if options.output is not None:
        with replacing(options.output) as beside, beside.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(table)


if __name__ == "__main__":
    main()
