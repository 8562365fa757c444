"""Writing motion.npz, which AMASS and BEAT2 tools and the SMPL-X Blender add-on read.

`poses` (T,165) axis-angle, `trans` (T,3), `betas`, `expressions`, `gender`, `model`, `mocap_frame_rate` and
`flat_hand_mean` are SMPL-X's. The rest is gesta's: `format_version`, `skeleton`, `face_basis`, `arkit` with
`arkit_names`, `contacts`, `attention`, `parts`, `floor_known` and `provenance` (JSON). Reading is in `npz_read`.
"""

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gesta.motion.face import ARKIT_NAMES
from gesta.motion.face_joints import FACE_JOINTS, face_joint_rotations
from gesta.motion.npz_members import write_member
from gesta.motion.rotations import axis_angle_from_matrix
from gesta.motion.skeleton import skeleton
from gesta.motion.writing import replacing
from gesta.records import FACE_CHANNELS, JOINT_COUNT, PARTS, Motion
from gesta.units import MOTION_FPS

FORMAT_VERSION = 1
SKELETON_NAME = "gesta-55"
MODEL_NAME = "smplx2020"
GENDER = "neutral"
BETA_COUNT = 300
POSE_CHANNELS = JOINT_COUNT * 3
EXPRESSION_CHANNELS = FACE_CHANNELS["flame100"]
ARKIT, FLAME = "arkit52", "flame100"
REST_PELVIS = np.array([0.003, -0.351, 0.012], dtype=np.float32)
"""The pelvis joint of SMPL-X's neutral body at rest, metres: Motion.translation = trans + REST_PELVIS."""
FRAMES_PER_BLOCK = 1024


def write_npz(motion: Motion, path: str | Path) -> Path:
    """Write a motion to an npz file; an older file stays whole until the new one is.

    Jaw and eye joints are derived from the ARKit weights (see `face_joints`); everything else is as it is.

    Returns:
        The path written.

    Raises:
        OutputError: the file cannot be written.
    """
    path = Path(path)
    frames = motion.frame_count
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", compresslevel=1) as archive:

        def rows(name: str, channels: int, part: Callable[[slice], np.ndarray], pack: bool = False) -> None:
            blocks = (part(block) for block in _blocks(frames))
            write_member(archive, name, (frames, channels), np.float32, blocks, pack=pack)

        rows("poses", POSE_CHANNELS, lambda block: _poses(motion, block))
        rows("trans", 3, lambda block: motion.translation[block] - REST_PELVIS)
        if motion.face_basis == FLAME:
            rows("expressions", EXPRESSION_CHANNELS, lambda block: motion.face[block])
        else:
            empty = np.zeros((FRAMES_PER_BLOCK, EXPRESSION_CHANNELS), dtype=np.float32)
            rows("expressions", EXPRESSION_CHANNELS, lambda block: empty[: block.stop - block.start], pack=True)
            rows("arkit", len(ARKIT_NAMES), lambda block: motion.face[block])
        if (contacts := motion.contacts) is not None:
            rows("contacts", contacts.shape[1], lambda block: contacts[block])
        for name, values in _small_arrays(motion).items():
            write_member(archive, name, values.shape, values.dtype, [values], pack=True)
    return path


def _blocks(frames: int) -> Iterator[slice]:
    """Consecutive stretches of frames."""
    for start in range(0, frames, FRAMES_PER_BLOCK):
        yield slice(start, min(start + FRAMES_PER_BLOCK, frames))


def _poses(motion: Motion, block: slice) -> np.ndarray:
    """(n, 165) axis-angle of some frames, jaw and eyes from ARKit."""
    rotations = motion.rotations[block]
    if motion.face_basis == ARKIT:
        rotations = rotations.copy()
        rotations[:, skeleton().indices(FACE_JOINTS)] = face_joint_rotations(motion.face[block])
    return axis_angle_from_matrix(rotations).reshape(-1, POSE_CHANNELS)


def _small_arrays(motion: Motion) -> dict[str, np.ndarray]:
    """Everything that is not a row of numbers per frame, and the attention."""
    values: dict[str, np.ndarray] = {
        "betas": np.zeros(BETA_COUNT, dtype=np.float32),
        "gender": np.array(GENDER),
        "model": np.array(MODEL_NAME),
        "mocap_frame_rate": np.array(MOTION_FPS, dtype=np.int32),
        "flat_hand_mean": np.array(True),
        "format_version": np.array(FORMAT_VERSION, dtype=np.int32),
        "skeleton": np.array(SKELETON_NAME),
        "face_basis": np.array(motion.face_basis),
        "parts": np.array([part for part in PARTS if part in motion.parts], dtype="U16"),
        "floor_known": np.array(motion.floor_known),
        "provenance": np.array(json.dumps(dict(motion.provenance), default=str, ensure_ascii=True)),
    }
    if motion.face_basis == ARKIT:
        values["arkit_names"] = np.array(ARKIT_NAMES)
    if motion.attention is not None:
        values["attention"] = motion.attention
    return values
