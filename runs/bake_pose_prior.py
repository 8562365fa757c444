"""Make what the bridge takes for a likely pose: means, spreads and what hangs together, of many poses of our speaker.

    python runs/bake_pose_prior.py DATASET [OUT]

DATASET is what `gesta prepare synthetic` made, here that of runs/default_corpus.sh: poses of the procedural speaker in
all its styles, one a second. Every pose counts mirrored as well. OUT is src/gesta/assets/pose_prior.safetensors.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

import gesta
from gesta.data.clips import Dataset
from gesta.keypoints.bridge.pose_numbers import NAMES, SIDES, UPPER, numbers_of, place_of
from gesta.motion.skeleton import PELVIS
from gesta.units import MOTION_FPS

OUT = Path(gesta.__file__).parent / "assets" / "pose_prior.safetensors"
MIRROR = np.array((1.0, -1.0, -1.0))
"""What mirroring does to a rotation vector."""
EVERY_CLIP = 8
"""A part of the clips is enough: all styles are there, and neighbours are alike."""
LEAST_SPREAD = 0.03
"""Radians: nothing is held more firmly than that."""


def main() -> None:
    """Bake it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=OUT)
    given = parser.parse_args()
    dataset = Dataset.open(given.dataset)
    found = [
        numbers_of(np.asarray(dataset.motion(clip).rotations[::MOTION_FPS], np.float64))
        for clip in [clip for clip in dataset.clips if clip.split == "train"][::EVERY_CLIP]
    ]
    poses = np.concatenate(found)
    poses = np.concatenate([poses, mirrored(poses)])
    # Where a person faces is the picture's to say.
    poses[:, place_of(PELVIS)] = 0.0
    mean, spread = poses.mean(axis=0), np.maximum(poses.std(axis=0), LEAST_SPREAD)
    upper = np.concatenate([np.arange(*place_of(name).indices(poses.shape[1])) for name in UPPER])
    together = np.cov(poses[:, upper].T) + LEAST_SPREAD**2 * np.eye(len(upper))
    tensors = {
        "mean": mean, "spread": spread,
        "upper": np.linalg.cholesky(np.linalg.inv(together)).T,
    }  # fmt: skip
    save_file(
        {name: torch.tensor(values, dtype=torch.float32).contiguous() for name, values in tensors.items()}, given.out
    )


def mirrored(poses: np.ndarray) -> np.ndarray:
    """The same poses (N, D) seen in a mirror."""
    found = np.empty_like(poses)
    for name in NAMES:
        left, right = SIDES
        other = name.replace(left, right) if name.startswith(left) else name.replace(right, left)
        found[:, place_of(name)] = poses[:, place_of(other)] * MIRROR
    return found


if __name__ == "__main__":
    main()
