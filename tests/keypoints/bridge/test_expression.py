"""Expressions are found as ARKit weights, and what a face is by itself is none."""

import numpy as np
import pytest
import torch

from gesta.keypoints.bridge.body_fit import BodyFit
from gesta.keypoints.bridge.fit import fit_picture
from gesta.keypoints.bridge.sequence import fit_sequence
from gesta.keypoints.layout import GROUPS
from gesta.motion.face import ARKIT_INDEX
from gesta.records import Keypoints
from tests.keypoints.bridge.planted import SIZE, planted

FACE = GROUPS["face"]


def seen_with(weights: dict[str, float], frames: int = 1) -> Keypoints:
    """A planted person who makes a face, with what their points shift by put onto them."""
    person = planted(planted().numbers.repeat(frames, 1))
    fit = fit_picture(person.keypoints.frames(0, 1))
    face = torch.zeros(1, 52)
    for name, weight in weights.items():
        face[0, ARKIT_INDEX[name]] = weight
    moved = (
        BodyFit(**{**vars(fit), "face": face}).landed() - BodyFit(**{**vars(fit), "face": torch.zeros(1, 52)}).landed()
    )
    points = np.array(person.keypoints.points)
    points[-1] += moved[0].numpy()
    return person.keypoints.replaced(points=points)


def test_a_face_at_rest_has_none() -> None:
    assert float(fit_picture(planted().keypoints).face.max()) < 0.05


@pytest.mark.parametrize(
    ("weights", "near"),
    [
        ({"jawOpen": 0.5}, 0.15),
        ({"mouthSmileLeft": 0.6, "mouthSmileRight": 0.6}, 0.2),
        ({"eyeBlinkLeft": 0.8}, 0.2),
        ({"jawOpen": 0.3, "eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.6}, 0.2),
    ],
)
def test_what_a_face_does(weights: dict[str, float], near: float) -> None:
    face = fit_picture(seen_with(weights)).face[0]
    for name, weight in weights.items():
        assert float(face[ARKIT_INDEX[name]]) == pytest.approx(weight, abs=near)
    assert float(face.min()) >= 0.0 and float(face.max()) <= 1.0
    others = [index for name, index in ARKIT_INDEX.items() if name not in weights]
    assert float(face[others].max()) < 0.3


def test_large_eyes_are_no_expression() -> None:
    keypoints = planted().keypoints
    points = np.array(keypoints.points)
    for eye in (slice(FACE.start + 36, FACE.start + 42), slice(FACE.start + 42, FACE.start + 48)):
        middle = points[0, eye].mean(axis=0)
        points[0, eye] = middle + (points[0, eye] - middle) * 1.2
    assert float(fit_picture(keypoints.replaced(points=points)).face.max()) < 0.12


def test_no_face_has_no_expression() -> None:
    scores = np.array(planted().keypoints.scores)
    scores[:, FACE] = 0.0
    assert float(fit_picture(planted().keypoints.replaced(scores=scores)).face.abs().max()) == 0.0


def test_a_film_knows_how_a_face_is_made() -> None:
    keypoints = seen_with({"eyeBlinkLeft": 0.9, "eyeBlinkRight": 0.9}, frames=6)
    face = fit_sequence(keypoints).face[:, ARKIT_INDEX["eyeBlinkLeft"]]
    assert float(face[:5].max()) < 0.1
    assert float(face[5]) == pytest.approx(0.9, abs=0.15)
    assert keypoints.size == SIZE
