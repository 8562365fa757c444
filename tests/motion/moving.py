"""Made-up motions for tests."""

import numpy as np

from gesta.motion.rotations import matrix_from_axis_angle
from gesta.records import FACE_CHANNELS, JOINT_COUNT, Motion


def made_motion(frames: int = 40, face_basis: str = "arkit52", seed: int = 0, size: float = 0.8) -> Motion:
    """A smooth motion of every joint, for tests; jaw and eyes at rest where the face is ARKit's."""
    random = np.random.default_rng(seed)
    phase = random.uniform(0, 6, (JOINT_COUNT, 3)) + np.linspace(0, 4, frames)[:, None, None]
    poses = random.uniform(-size, size, (JOINT_COUNT, 3)) * np.sin(phase)
    if face_basis == "arkit52":
        poses[:, 22:25] = 0.0
    face = random.uniform(0, 1, (frames, FACE_CHANNELS[face_basis]))
    travel = np.cumsum(random.normal(0, 0.01, (frames, 3)), axis=0) + [0.0, 0.95, 0.0]
    return Motion(
        matrix_from_axis_angle(poses.astype(np.float32)),
        travel.astype(np.float32),
        face.astype(np.float32),
        face_basis=face_basis,
        contacts=(random.uniform(0, 1, (frames, 4)) > 0.5).astype(np.float32),
        attention=random.uniform(0, 1, frames).astype(np.float32),
        provenance={"model": "made", "seed": seed},
    )
