"""A picture of our own body, and the puppet of it."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gesta.extras import missing_modules
from gesta.records import Keypoints

if TYPE_CHECKING:
    from gesta.film.puppet.puppet import Puppet

SIDE = 384


@pytest.fixture(scope="session")
def picture() -> np.ndarray:
    """Our body with its hands in the picture: (SIDE, SIDE, 3) uint8."""
    from gesta.render.preview import frames
    from gesta.render.still_poses import SPEAKING, still_motion

    return frames(still_motion([SPEAKING]), [0], (SIDE, SIDE), "half")[0]


@pytest.fixture(scope="session")
def keypoints(picture: np.ndarray) -> Keypoints:
    """Where its points are."""
    if missing := missing_modules("film"):
        pytest.skip(f"the extra film is not installed: {', '.join(missing)}")
    from gesta.film.points import points_of

    return points_of(picture, None).points


@pytest.fixture(scope="session")
def puppet(picture: np.ndarray, keypoints: Keypoints) -> "Puppet":
    """The puppet of the picture."""
    from gesta.film.puppet.puppet import Puppet

    return Puppet.of(picture, keypoints)
