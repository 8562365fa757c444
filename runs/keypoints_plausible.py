"""Do the points that a small SMGA speaks move as people's do? A few numbers of its takes beside real sequences.

    python runs/keypoints_plausible.py MODEL POSES SPEECH...

MODEL is what `gesta train keypoints` made, POSES a folder of point sequences of gesturing people without sound, SPEECH
recordings. For each recording and sequence a take begins with the sequence's first frame; what is said in the sequence
is not known, so that only how points move can be compared, not when. A table in Markdown, means over sequences or
takes:

hands p50, p95   speed of the wrists, m/s, by the width of the shoulders
still            share of time in which they are under 0.15 m/s
lips             deviation of the lips' opening, in distances between the eyes
head             deviation of the nose against the neck, in widths of the shoulders
trembling        of body, hands and face, in thousandths of their measures (gesta.metrics.keypoints.tremble)
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from keypoints_proof import loaded_speaker, spoken
from saying import say

from gesta.audio.read import open_speech
from gesta.data.film_points import on_canvas
from gesta.keypoints.files import read_keypoints
from gesta.keypoints.layout import body_index
from gesta.keypoints.resampling import resampled
from gesta.keypoints.smoothing import smoothed
from gesta.metrics.keypoints.correct import REGIONS
from gesta.metrics.keypoints.hands import film_hands
from gesta.metrics.keypoints.lips import lip_opening
from gesta.metrics.keypoints.tremble import tremble
from gesta.records import Keypoints
from gesta.units import VIDEO_FPS

COLUMNS = ("hands p50", "hands p95", "still", "lips", "head", "trembling body", "hands", "face")
NOSE, NECK, SHOULDERS = body_index("nose"), body_index("neck"), ("left_shoulder", "right_shoulder")


def numbers(points: Keypoints) -> list[float]:
    """What the columns say of one sequence; not a number where it cannot be seen."""
    hands = film_hands(points, None)
    moving = [np.nan] * 3 if hands is None else [hands.speed_m_s["p50"], hands.speed_m_s["p95"], hands.still_share]
    left, right = (points.points[:, body_index(name)] for name in SHOULDERS)
    width = float(np.median(np.linalg.norm(left - right, axis=-1)))
    head = float(np.linalg.norm((points.points[:, NOSE] - points.points[:, NECK]).std(axis=0))) / width
    trembling = [tremble(points, region) for region in REGIONS.values()]
    return [*moving, float(np.nanstd(lip_opening(points))), head, *(1e3 * (one or np.nan) for one in trembling)]


def row(name: str, sequences: Iterable[Keypoints]) -> str:
    """A line of the table."""
    means = np.nanmean([numbers(points) for points in sequences], axis=0)
    return f"| {name} | " + " | ".join(f"{value:.3f}" for value in means) + " |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("poses", type=Path)
    parser.add_argument("speech", type=Path, nargs="+")
    parser.add_argument("--guidance", type=float, default=None, help="as the model samples, if not given")
    given = parser.parse_args()
    torch.set_grad_enabled(False)
    speaker, features = loaded_speaker(given.model)
    real = [resampled(on_canvas(read_keypoints(path)), VIDEO_FPS) for path in sorted(given.poses.glob("*.npz"))]
    takes = [
        spoken(speaker, features, open_speech(path), points.frames(0, 1), guidance=given.guidance)
        for path in given.speech
        for points in real
    ]
    say(f"| | {' | '.join(COLUMNS)} |")
    say("|---" * (1 + len(COLUMNS)) + "|")
    say(row("real", real))
    say(row("real, smoothed", map(smoothed, real)))
    say(row("spoken", takes))
    say(row("spoken, smoothed", map(smoothed, takes)))


if __name__ == "__main__":
    main()
