"""Any motion file that gesta knows, told apart by what is in it."""

from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.motion.bvh_read import read_bvh
from gesta.motion.hand_model import HandModel
from gesta.motion.npz_members import NpzMembers
from gesta.motion.npz_read import read_npz
from gesta.motion.show import read_show
from gesta.records import Motion

SHOW_KEY = "body_pose_axis"
"""The array by which a SHOW clip is known."""


def read_motion(path: str | Path, *, up: str | None = None, hands: HandModel | None = None) -> Motion:
    """Read gesta's own motion.npz, an AMASS, BEAT2, SMPL-X or SMPL+H npz, a SHOW clip, or a BVH file.

    Args:
        path: the file.
        up: "y" or "z", where the file needs it said (see `read_npz` and `read_bvh`).
        hands: the user's SMPL-X hands, for files whose fingers need them.

    Raises:
        InputError: the file is missing, damaged, too large or of another kind.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".bvh":
        return read_bvh(path, up=up)
    if suffix != ".npz":
        raise InputError(f"Cannot read {path} as motion: give an .npz or a .bvh file.")
    with NpzMembers(path) as members:
        is_show = SHOW_KEY in members.names
    if is_show:
        return read_show(path, hands=hands)
    mean: np.ndarray | None = hands.mean_hands if hands is not None else None
    return read_npz(path, up=up or "y", mean_hands=mean)
