"""Our face on that of a picture: what parts its lips is taken off, and its smile stays."""

import dataclasses

import numpy as np
import pytest

from gesta.film.puppet.face_map import INNER_LIPS, PARTING, SMILING, FaceMap
from gesta.film.puppet.puppet import Puppet
from gesta.keypoints.layout import GROUPS
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.records import Keypoints

FACE, LOWER_LIP = GROUPS["face"].start, (55, 56, 57, 58, 59, 65, 66, 67)


def gap(places: np.ndarray) -> float:
    """How far inner lips are apart, of the 68 points' places (68, 3)."""
    upper, lower = np.array(INNER_LIPS).T
    return float((places[lower, 1] - places[upper, 1]).mean())


def face_map(puppet: Puppet, keypoints: Keypoints, parted_px: float, expressed: dict[str, float]) -> FaceMap:
    """The face of the picture with its lower lip so much lower, and with what the fit says that it expresses."""
    points = keypoints.points.copy()
    points[0, [FACE + number for number in LOWER_LIP], 1] += parted_px
    face = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, weight in expressed.items():
        face[ARKIT_INDEX[name]] = weight
    body = dataclasses.replace(puppet._body, face=face)
    return FaceMap.of(body, keypoints.replaced(points=points), body.worn.landmarks["face"])


@pytest.mark.parametrize("expressed", [{}, {f"{PARTING[0]}{side}": 0.4 for side in ("Left", "Right")}])
def test_parted_lips_close_when_the_motion_closes_them(
    puppet: Puppet, keypoints: Keypoints, expressed: dict[str, float]
) -> None:
    found = face_map(puppet, keypoints, 5.0, expressed)
    rest = np.zeros(len(ARKIT_NAMES), np.float32)
    assert gap(found.moved(found.own)) > 4.0
    assert abs(gap(found.moved(rest))) < 1.5
    # What the fit says parts them counts before the jaw.
    lifted = found.own[ARKIT_INDEX["mouthUpperUpLeft"]]
    assert (lifted > 0.05) == bool(expressed) and (found.own[ARKIT_INDEX["jawOpen"]] > 0.05) >= (not expressed)


def test_a_smile_stays_and_the_motions_comes_on_top(puppet: Puppet, keypoints: Keypoints) -> None:
    found = face_map(puppet, keypoints, 0.0, {"mouthSmileLeft": 0.3, "mouthSmileRight": 0.5})
    np.testing.assert_allclose(found.own[SMILING], 0.4, atol=1e-6)
    face = np.zeros(len(ARKIT_NAMES), np.float32)
    corners = [48, 54]
    still = found.moved(found.shown(face))[corners]
    np.testing.assert_allclose(still[:, :2], found.places[corners], atol=1.0)
    face[SMILING] = 0.5
    np.testing.assert_allclose(found.shown(face)[SMILING], 0.7, atol=1e-6)
    assert (found.moved(found.shown(face))[corners, 1] < still[:, 1] - 0.5).all()
