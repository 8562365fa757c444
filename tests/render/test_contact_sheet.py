"""Contact sheets of the body: each of the 52 shapes is seen, and changes the face on its own side."""

import numpy as np
import pytest

from gesta.motion.face import ARKIT_NAMES
from gesta.render.preview import frames
from gesta.render.still_poses import FACES, StillPose, still_motion

SIDE = 180
SEEN = 6
"""Levels of 255 that a pixel changes by before anybody sees it."""


@pytest.fixture(scope="module")
def changes() -> dict[str, np.ndarray]:
    """Where each shape changes the picture of a face, (H, W) bool by name."""
    rest = StillPose("rest", FACES[0].turns)
    pictures = frames(still_motion([rest, *FACES]), range(len(FACES) + 1), (SIDE, SIDE), "face").astype(int)
    moved = np.abs(pictures[1:] - pictures[0]).max(axis=3) > SEEN
    return dict(zip(ARKIT_NAMES, moved, strict=True))


@pytest.mark.parametrize("name", ARKIT_NAMES)
def test_every_shape_is_seen_in_the_sheet(changes: dict[str, np.ndarray], name: str) -> None:
    assert changes[name].sum() >= 12, f"{name} changes nothing that anybody sees"


@pytest.mark.parametrize("name", [name for name in ARKIT_NAMES if name.endswith("Left")])
def test_left_is_right_of_right(changes: dict[str, np.ndarray], name: str) -> None:
    def column(shape: str) -> float:
        return float(np.nonzero(changes[shape])[1].mean())

    other = f"{name.removesuffix('Left')}Right"
    if other in changes:
        assert column(name) > column(other)
