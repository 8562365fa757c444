"""Measures what the measures of films can tell, on films whose truth is known: our own speaker's takes, projected.

    python runs/film_measures.py DATASET [--windows 1000] [--takes 12]

DATASET is what `gesta prepare synthetic` made, here that of runs/default_corpus.sh. Nothing here was trained on: takes
are those that test. Prints, as tables in Markdown,

* the Fréchet gesture distance of two halves of one style, of two styles, and of a style against itself in a mirror,
  larger and trembling, each of `--windows` latents a side, all seen by one camera;
* the normalised margin of the hands and their median speed as 3D motion has them, and as films of the same takes have
  them, by how far the camera stands to the side.
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from gesta.data.clips import Dataset
from gesta.data.manifest import ClipRecord
from gesta.keypoints.bridge.body_fit import landed
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.proportions import NAMES, sizes
from gesta.keypoints.layout import BODY_NAMES, GROUPS, HANDS, body_index
from gesta.keypoints.resampling import resampled
from gesta.metrics.keypoints.correct import REGIONS
from gesta.metrics.keypoints.encoder import gesture_encoder
from gesta.metrics.keypoints.gesture_distance import GestureLatents, gesture_distance
from gesta.metrics.keypoints.hands import film_hands
from gesta.metrics.keypoints.tremble import tremble
from gesta.metrics.keypoints.windows import HOP_FRAMES, WINDOW_FRAMES
from gesta.metrics.motion.envelope import speech_envelope
from gesta.metrics.motion.report import measure
from gesta.randomness import generator
from gesta.records import KEYPOINT_COUNT, Keypoints, Motion
from gesta.units import MOTION_FPS, VIDEO_FPS

SIZE = (512, 512)
FOCAL_PX, DISTANCE_M = 600.0, 1.6
STYLE, OTHER = "restless", "presenter"
YAWS_DEG = (0, 30, 60)
LARGER, TREMBLE_PX = 1.3, 2.0
FRAMES_AT_ONCE = 1024


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--windows", type=int, default=1000)
    parser.add_argument("--takes", type=int, default=12)
    given = parser.parse_args()
    dataset = Dataset.open(given.dataset)
    sys.stdout.write(distances(dataset, given.windows))
    sys.stdout.write("\n" + beside_motion(dataset, given.takes))


def filmed(motion: Motion, yaw_deg: float = 0.0) -> Keypoints:
    """The points of a motion, seen by a camera that stands to the side; every point is seen."""
    yaw = np.radians(yaw_deg)
    turn = np.array([[np.cos(yaw), 0.0, np.sin(yaw)], [0.0, 1.0, 0.0], [-np.sin(yaw), 0.0, np.cos(yaw)]])
    own, blocks = sizes(torch.zeros(1, len(NAMES))), []
    middle = np.median(motion.translation, axis=0)
    for start in range(0, motion.frame_count, FRAMES_AT_ONCE):
        part = motion.frames(start, start + FRAMES_AT_ONCE)
        rotations = part.rotations.copy()
        rotations[:, 0] = turn @ rotations[:, 0]
        pelvis = (part.translation - middle) @ turn.T + [0.0, -0.4, -DISTANCE_M]
        places = figure_points()(torch.from_numpy(rotations), torch.tensor(pelvis, dtype=torch.float32), own)
        blocks.append(landed(places, FOCAL_PX, torch.tensor(SIZE) / 2.0).numpy())
    points = np.concatenate(blocks)
    return resampled(Keypoints(points, np.ones((len(points), KEYPOINT_COUNT)), SIZE, MOTION_FPS), VIDEO_FPS)


def takes(dataset: Dataset, style: str) -> list[ClipRecord]:
    """The takes of a style that test, long ones first."""
    found = [clip for clip in dataset.split("test") if clip.speaker == style]
    return sorted(found, key=lambda clip: (-clip.frames, clip.id))


def films(dataset: Dataset, clips: list[ClipRecord], windows: int) -> Iterator[Keypoints]:
    """Films of some takes that have so many windows in all."""
    for clip in clips:
        film = filmed(dataset.motion(clip))
        has = (film.frame_count - WINDOW_FRAMES) // HOP_FRAMES + 1
        taken = min(has, windows)
        if taken > 0:
            yield film.frames(0, WINDOW_FRAMES + (taken - 1) * HOP_FRAMES)
            windows -= taken
        if windows <= 0:
            return


def distances(dataset: Dataset, windows: int) -> str:
    """The table of distances."""
    chance = generator(0, "runs", "film measures")

    def latents(name: str, clips: list[ClipRecord], change: str = "") -> GestureLatents:
        found = GestureLatents(name, gesture_encoder())
        for film in films(dataset, clips, windows):
            found.add(changed(film, change, chance))
        return found

    own = takes(dataset, STYLE)
    real = latents("real films", own[::2])
    rows = {
        f"{STYLE}, other takes": latents("films", own[1::2]),
        f"{OTHER}": latents("films", takes(dataset, OTHER)[::2]),
        f"{STYLE}, the same in a mirror": latents("films", own[::2], "mirrored"),
        f"{STYLE}, the same {LARGER:g} times as large": latents("films", own[::2], "larger"),
        f"{STYLE}, the same trembling by {TREMBLE_PX:g} pixels": latents("films", own[::2], "trembling"),
    }
    still = filmed(dataset.motion(own[0]))
    shaken = {name: changed(still, change, chance) for name, change in (("as it is", ""), ("trembling", "trembling"))}
    lines = [f"| {STYLE} ({real.count} latents) against | FGD |", "|---|---|"]
    lines += [f"| {name} | {gesture_distance(real, side):.2f} |" for name, side in rows.items()]
    found = ", ".join(f"{name} {tremble(film, REGIONS['body']):.4f}" for name, film in shaken.items())
    lines += ["", f"Trembling of one take's body points, in widths of the shoulders: {found}."]
    return "\n".join(lines) + "\n"


def changed(film: Keypoints, how: str, chance: np.random.Generator) -> Keypoints:
    """The same film in a mirror, with larger movements of the arms, or trembling."""
    points = film.points.astype(np.float64)
    if how == "mirrored":
        points = points[:, other_side()]
        points[..., 0] = SIZE[0] - points[..., 0]
    if how == "larger":
        mean = points.mean(axis=0, keepdims=True)
        points = mean + LARGER * (points - mean)
    if how == "trembling":
        points = points + chance.normal(0.0, TREMBLE_PX, points.shape)
    return film.replaced(points=points)


def other_side() -> np.ndarray:
    """For each of the body's and the hands' points, the one on the other side; the face's stay, none of them counts."""
    found = np.arange(KEYPOINT_COUNT)
    for name in BODY_NAMES:
        side, _, rest = name.partition("_")
        other = {"left": "right", "right": "left"}.get(side)
        found[body_index(name)] = body_index(f"{other}_{rest}" if other else name)
    for hand, other in zip(HANDS, reversed(HANDS), strict=True):
        found[GROUPS[hand]] = np.arange(GROUPS[other].start, GROUPS[other].stop)
    return found


def beside_motion(dataset: Dataset, count: int) -> str:
    """The table of margins and speeds, means and standard errors over takes."""
    rows: dict[str, list[tuple[float, float]]] = {"3D": [], **{f"film, {yaw} degrees": [] for yaw in YAWS_DEG}}
    for clip in islice(takes(dataset, STYLE), count):
        motion, envelope = dataset.motion(clip), speech_envelope(dataset.speech(clip).source.blocks())
        report = measure(motion, envelope)
        if report.hand_alignment is None or report.hands is None or report.hands.speed_m_s is None:
            continue
        rows["3D"].append((report.hand_alignment.normalised_margin, report.hands.speed_m_s["p50"]))
        for yaw in YAWS_DEG:
            hands = film_hands(filmed(motion, yaw), envelope)
            if hands is not None and hands.alignment is not None:
                rows[f"film, {yaw} degrees"].append((hands.alignment.normalised_margin, hands.speed_m_s["p50"]))
    lines = ["| seen | takes | margin | median speed of the wrists, m/s |", "|---|---|---|---|"]
    for name, found in rows.items():
        margins, speeds = np.array(found).T
        error = margins.std(ddof=1) / np.sqrt(len(margins))
        lines.append(f"| {name} | {len(found)} | {margins.mean():.3f} +- {error:.3f} | {speeds.mean():.3f} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
