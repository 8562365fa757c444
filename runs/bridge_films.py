"""Turns our own motions into points and the points into motion again, and says what is lost.

    python runs/bridge_films.py [--takes 4] [--seconds 8] [--seed 0]

Takes of the procedural speaker, each in another style, are projected to the points of a person of another build, with
an error of 0.5 % of the shoulders' width (one deviation). Printed for each: the error in space of elbows and wrists
that are seen, from the neck, in widths of the shoulders; mean jerk and the 99th percentile of the speed of wrists,
found over true; frames fitted in a second; then the peak memory of all.
"""

import argparse
import resource
import sys
import time

import numpy as np
import torch
from bridge_truth import BUILD, JUDGED, NOISE, SIZE, camera

import gesta
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.projection import points_in_space, project_motion
from gesta.keypoints.bridge.sequence import fit_sequence
from gesta.keypoints.layout import VISIBLE, body_index
from gesta.procedural.fit import DEMO_VOICE
from gesta.procedural.presets import PRESETS
from gesta.randomness import generator
from gesta.records import Motion
from gesta.units import MOTION_FPS

AWAY_M, FOCAL = 1.6, 1.45
"""Metres before the camera, and its focal length in longer sides of the picture."""


def main() -> None:
    """Project, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    chance, styles = generator(given.seed, "bridge films"), sorted(PRESETS)
    sys.stdout.write("style          error  90 %   jerk  speed  frames/s\n")
    for take in range(given.takes):
        style = styles[take % len(styles)]
        motion = gesta.load("procedural").speak(DEMO_VOICE, seed=1000 + take, style=style).motion
        motion = motion.frames(0, min(motion.frame_count, round(given.seconds * MOTION_FPS)))
        sys.stdout.write(f"{style:14s}{_row(motion, chance)}\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory {peak:.0f} MB\n")


def _row(motion: Motion, chance: np.random.Generator) -> str:
    person = _person(chance)
    keypoints = project_motion(motion, person, SIZE)
    pair = [body_index(name) for name in ("left_shoulder", "right_shoulder")]
    across = np.linalg.norm(keypoints.points[:, pair[0]] - keypoints.points[:, pair[1]], axis=-1).mean()
    noisy = keypoints.points + NOISE * across * chance.normal(size=keypoints.points.shape)
    keypoints = keypoints.replaced(points=noisy.astype(np.float32))
    start = time.perf_counter()
    fit = fit_sequence(keypoints)
    rate = motion.frame_count / (time.perf_counter() - start)
    judged = [body_index(name) for name in JUDGED]
    true, found = (
        _from_neck(space)
        for space in (points_in_space(motion, person, motion.translation).numpy(), fit.points().numpy())
    )
    away = np.linalg.norm(true - found, axis=-1)[:, judged][keypoints.scores[:, judged] >= VISIBLE]
    wrists = [body_index(f"{side}_wrist") for side in ("left", "right")]
    jerk, speed = (
        measure(found[:, wrists]) / measure(true[:, wrists])
        for measure in (lambda way: _change(way, 3).mean(), lambda way: np.percentile(_change(way, 1), 99))
    )
    return f"{np.median(away):6.3f}{np.percentile(away, 90):6.3f}{jerk:7.2f}{speed:7.2f}{rate:10.1f}"


def _person(chance: np.random.Generator) -> BodyFit:
    sizes = torch.tensor(1.0 + chance.uniform(-BUILD, BUILD, (1, 11)), dtype=torch.float32)
    return camera(sizes, FOCAL * max(SIZE), np.array((0.0, -0.5, -AWAY_M)))


def _from_neck(space: np.ndarray) -> np.ndarray:
    left, right = (space[:, body_index(f"{side}_shoulder")] for side in ("left", "right"))
    across = np.median(np.linalg.norm(left - right, axis=-1))
    return np.asarray((space - space[:, [body_index("neck")]]) / across)


def _change(way: np.ndarray, times: int) -> np.ndarray:
    return np.linalg.norm(np.diff(way, n=times, axis=0), axis=-1)


if __name__ == "__main__":
    main()
