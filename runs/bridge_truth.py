"""Plants poses of our body before unknown cameras and says how well the bridge finds them again in space.

    python runs/bridge_truth.py [--poses 200] [--seed 0]

The poses are the procedural speaker's, in all its styles, on the voice that ships; builds differ from our body's by up
to 10 %, cameras by focal length, distance and place, people turn a little away. Points hidden by the body or outside
of the picture are not given, the others with an error of 0.5 % of the shoulders' width (one deviation). Printed:
errors of elbows and wrists in space, from the neck, in widths of the shoulders; how often the sign of their depth (an
elbow's from its shoulder, a wrist's from its elbow) is right where it is more than a tenth of that width; errors in the
picture; the time of a fit.
"""

import argparse
import sys
import time
from collections.abc import Iterator

import numpy as np
import torch

import gesta
from gesta.errors import InputError
from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.bridge.pose_numbers import NUMBERS, matrices
from gesta.keypoints.bridge.projection import points_in_space, project_motion
from gesta.keypoints.bridge.proportions import NAMES as SIZES
from gesta.keypoints.layout import VISIBLE, body_index
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.procedural.fit import DEMO_VOICE
from gesta.procedural.presets import PRESETS
from gesta.randomness import generator
from gesta.records import Keypoints, Motion

SIZE = (768, 1024)
POSES_A_TAKE = 10
NOISE = 0.005
TURNED = (0.08, 0.25, 0.05)
"""Deviations of the pelvis' rotation vector, radians."""
BUILD = 0.1
JUDGED = {
    f"{side}_{joint}": f"{side}_{above}"
    for side in ("left", "right")
    for joint, above in (("elbow", "shoulder"), ("wrist", "elbow"))
}
"""Each point by what its depth is measured from."""
DEEP = 0.1
"""Depths below this, in widths of the shoulders, have no sign."""


def main() -> None:
    """Plant, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poses", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    chance = generator(given.seed, "bridge truth")
    errors, signs, flat, spent, refused = [], [], [], [], 0
    for pose in poses(given.poses, given.seed, chance):
        keypoints, true = planted(pose, chance)
        start = time.perf_counter()
        try:
            fit = fit_picture(keypoints)
        except InputError:
            refused += 1
            continue
        spent.append(time.perf_counter() - start)
        flat.append(float(fit.error))
        one, other = from_neck(true), from_neck(fit.points()[0].numpy())
        for name, above in JUDGED.items():
            if keypoints.scores[0, body_index(name)] >= VISIBLE:
                errors.append(np.linalg.norm(one[name] - other[name]))
                depths = [points[name][2] - points[above][2] for points in (one, other)]
                if abs(depths[0]) > DEEP:
                    signs.append(depths[0] * depths[1] > 0.0)
    rows = (
        ("poses", f"{given.poses}, {refused} of them refused"),
        ("elbows and wrists seen", len(errors)),
        ("error in space, median", f"{np.median(errors):.3f}"),
        ("error in space, 90th percentile", f"{np.percentile(errors, 90):.3f}"),
        ("sign of depth right", f"{np.mean(signs):.3f} of {len(signs)}"),
        ("error in the picture, median", f"{np.median(flat):.4f}"),
        ("error in the picture, largest", f"{np.max(flat):.4f}"),
        ("seconds a fit, mean", f"{np.mean(spent):.2f}"),
    )
    sys.stdout.writelines(f"{name:34s}{value}\n" for name, value in rows)


def poses(count: int, seed: int, chance: np.random.Generator) -> Iterator[Motion]:
    """Motions of one frame."""
    model, styles = gesta.load("procedural"), sorted(PRESETS)
    for number in range(count):
        if number % POSES_A_TAKE == 0:
            take = number // POSES_A_TAKE
            motion = model.speak(DEMO_VOICE, seed=1000 * (seed + 1) + take, style=styles[take % len(styles)]).motion
        at = int(chance.integers(motion.frame_count))
        yield motion.frames(at, at + 1)


def planted(motion: Motion, chance: np.random.Generator) -> tuple[Keypoints, np.ndarray]:
    """What a camera sees of a pose, and the truth: (P, 3) metres."""
    rotations = np.array(motion.rotations)
    turn = torch.tensor(chance.normal(size=(1, 3)) * TURNED, dtype=torch.float32)
    rotations[:, skeleton().index(PELVIS)] = matrices(turn).numpy()
    motion = motion.replaced(rotations=rotations)
    focal = chance.uniform(1.0, 2.2) * max(SIZE)
    # So that 0.9 to 1.3 metres fit into the picture's height where the body is.
    away = focal * chance.uniform(0.9, 1.3) / SIZE[1]
    aside, above = chance.normal(size=2) * 0.05
    sizes = torch.tensor(1.0 + chance.uniform(-BUILD, BUILD, (1, len(SIZES))), dtype=torch.float32)
    at_origin = camera(sizes, focal, np.zeros(3))
    # At rest the pelvis is half a metre below the neck; the picture's middle is a little below the neck.
    where = np.array((aside, above - 0.5, -away))
    there = camera(sizes, focal, where)
    found = project_motion(motion, there, SIZE)
    pair = [body_index(name) for name in ("left_shoulder", "right_shoulder")]
    across = np.linalg.norm(np.subtract(*found.points[0, pair]))
    noisy = found.points + NOISE * across * chance.normal(size=found.points.shape)
    space = points_in_space(motion, at_origin, motion.translation)
    return found.replaced(points=noisy.astype(np.float32)), space[0].numpy()


def camera(sizes: torch.Tensor, focal: float, pelvis: np.ndarray) -> BodyFit:
    """A camera and a person at rest before it, as a fit has them."""
    place = torch.tensor(pelvis[None], dtype=torch.float32)
    centre = torch.tensor(SIZE, dtype=torch.float32) / 2.0
    none = torch.zeros(1)
    return BodyFit(torch.zeros(1, NUMBERS), place, sizes, focal, centre, none, none, torch.zeros(1, 52))


def from_neck(points: np.ndarray) -> dict[str, np.ndarray]:
    """Points (P, 3) by name, from the neck, in widths of the shoulders."""
    left, right = (points[body_index(f"{side}_shoulder")] for side in ("left", "right"))
    across = np.linalg.norm(left - right)
    names = {*JUDGED, *JUDGED.values()}
    return {name: (points[body_index(name)] - points[body_index("neck")]) / across for name in names}


if __name__ == "__main__":
    main()
