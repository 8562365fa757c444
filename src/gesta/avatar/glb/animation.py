"""The motion in a GLB file: keys for each joint's rotation, the pelvis' position and the weights of the shapes.

Keys are left out as long as what is played stays within the errors below. A joint that carries much may be off by
less than one that carries little, so that errors do not add up to something that is seen at the end of a chain.
"""

from collections.abc import Iterator

import numpy as np
from pygltflib import Animation, AnimationChannel, AnimationChannelTarget, AnimationSampler

from gesta.avatar.glb.buffer import Buffer, View
from gesta.avatar.glb.keys import continuous, number_keys, rotation_keys
from gesta.avatar.posing import EYES, Figure
from gesta.avatar.rig import Rig
from gesta.motion.rotations import quaternion_from_matrix
from gesta.records import Motion
from gesta.units import MOTION_FPS

ROTATION_ERROR_DEGREES = 0.2
"""The most that a joint's own rotation is off at a frame."""
SWING_ERROR_M = 0.0001
"""The most that a joint's own error moves what is furthest of what it carries."""
TRANSLATION_ERROR_M = 0.0002
"""The most that the pelvis' position is off, along each axis."""
POSITION_ERROR_M = 0.0005
"""The most that any joint is off in the world: what the errors above come to in a speaking body, tested."""
WEIGHT_ERROR = 0.005
"""The most that the weight of a shape is off."""
FLESH_M = 0.05
"""How far the surface reaches beyond the last joint."""
FRAMES_PER_BLOCK = 4096


def body_animation(motion: Motion, figure: Figure, mesh_node: int, weights: np.ndarray, buffer: Buffer) -> Animation:
    """Write the keys into the buffer; the joints are the nodes 0, 1, ... in the order of the rig.

    Args:
        motion: T frames.
        figure: whose rig is animated.
        mesh_node: the node whose mesh has the shapes.
        weights: (T, M) of every morph target.
        buffer: takes the keys.
    """
    tracks = _Tracks(buffer)
    errors = rotation_errors(figure.rig)
    for joint, quaternions in _rotations(motion, figure.rig):
        tracks.add(joint, "rotation", rotation_keys(quaternions, errors[joint]), quaternions)
    translation = motion.translation
    keys = number_keys(translation, np.full(3, TRANSLATION_ERROR_M))
    tracks.add(figure.rig.parents.index(-1), "translation", keys, translation)
    if weights.shape[1]:
        keys = number_keys(weights, np.full(weights.shape[1], WEIGHT_ERROR))
        tracks.add(mesh_node, "weights", keys, weights)
    return Animation(name="motion", samplers=tracks.samplers, channels=tracks.channels)


def rotation_errors(rig: Rig) -> np.ndarray:
    """(J,) radians each joint may be off: ROTATION_ERROR_DEGREES, or less where it carries something far away."""
    rest, reach = rig.rest_positions, np.full(len(rig.names), FLESH_M)
    for joint in range(len(rig.names)):
        above = rig.parents[joint]
        while above >= 0:
            reach[above] = max(reach[above], FLESH_M + float(np.linalg.norm(rest[joint] - rest[above])))
            above = rig.parents[above]
    return np.minimum(np.radians(ROTATION_ERROR_DEGREES), SWING_ERROR_M / reach)


def _rotations(motion: Motion, rig: Rig) -> Iterator[tuple[int, np.ndarray]]:
    """Each joint of the rig with its (T, 4) quaternions; never more than one joint's and the helpers' at a time."""
    bones = motion.rotations.shape[1]
    starts = range(0, motion.frame_count, FRAMES_PER_BLOCK)
    helpers = np.concatenate(
        [rig.local(motion.rotations[start : start + FRAMES_PER_BLOCK])[:, bones:] for start in starts]
    )
    # Where the face's weights turn the eyes, their joints must not turn them again.
    still = rig.bones.indices(EYES) if motion.face_basis == "arkit52" else []
    for joint in range(len(rig.names)):
        matrices = motion.rotations[:, joint] if joint < bones else helpers[:, joint - bones]
        matrices = matrices.astype(np.float64)
        if joint in still:
            matrices[:] = np.eye(3)
        yield joint, continuous(quaternion_from_matrix(matrices))


class _Tracks:
    """Channels with their samplers; equal times are stored once."""

    def __init__(self, buffer: Buffer) -> None:
        self.samplers: list[AnimationSampler] = []
        self.channels: list[AnimationChannel] = []
        self._buffer = buffer
        self._times: dict[bytes, int] = {}

    def add(self, node: int, path: str, keys: np.ndarray, values: np.ndarray) -> None:
        """Animate what `path` names of a node by the rows of `values` at the frames `keys`."""
        if (known := keys.tobytes()) not in self._times:
            times = (keys / MOTION_FPS).astype("<f4")
            self._times[known] = self._buffer.add(View.KEYS, times, bounds=True)
        rows = values[keys].astype("<f4")
        # Weights are one long list of numbers (section 3.11), everything else has an element per key.
        output = self._buffer.add(View.KEYS, rows.ravel() if path == "weights" else rows)
        self.samplers.append(AnimationSampler(input=self._times[known], output=output, interpolation="LINEAR"))
        target = AnimationChannelTarget(node=node, path=path)
        self.channels.append(AnimationChannel(sampler=len(self.samplers) - 1, target=target))
