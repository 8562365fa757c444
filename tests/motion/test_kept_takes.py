"""Kept seconds in takes of every kind of model: all joints to a millimetre, and seams without a jump."""

from functools import cache

import numpy as np
import pytest

import gesta
from gesta.models.procedural import UNPLANNED_BLEND_FRAMES
from gesta.motion.keeping import BLEND_FRAMES, Kept
from gesta.motion.kinematics import forward
from gesta.records import Motion
from tests.cli.running import VOICE

SPANS = ((60, 80), (130, 131), (200, 240))
BLENDS = {"procedural": UNPLANNED_BLEND_FRAMES, "debug": BLEND_FRAMES}
KEPT_M = 1e-3
PELVIS_STEP_M = 0.05
"""What the pelvis may go in a frame: 1.5 m/s."""


@cache
def old() -> Motion:
    return gesta.load("procedural").speak(VOICE, seed=5, style="lively").motion


@cache
def new(model: str) -> Motion:
    return gesta.load(model).speak(VOICE, seed=1, keep=Kept(old(), SPANS, "old.npz")).motion


def places(motion: Motion) -> np.ndarray:
    """(T, 55, 3) metres in the world."""
    return forward(motion.rotations, motion.translation).positions


@pytest.mark.parametrize("model", BLENDS)
def test_every_joint_is_where_it_was_to_a_millimetre(model: str) -> None:
    apart = np.linalg.norm(places(new(model)) - places(old()), axis=-1)
    for start, stop in SPANS:
        assert apart[start:stop].max() < KEPT_M
        assert np.allclose(new(model).face[start:stop], old().face[start:stop], atol=1e-6)
    assert apart[100].max() > 0.05, "between the spans it moves as it likes"


@pytest.mark.parametrize("model", BLENDS)
def test_no_joint_jumps_in_a_seam(model: str) -> None:
    where, blend = places(new(model)), BLENDS[model]
    steps, usual = (np.linalg.norm(np.diff(path, axis=0), axis=-1) for path in (where, places(old())))
    for start, stop in SPANS:
        for first, last in ((start - blend - 1, start), (stop - 1, stop + blend)):
            way = np.linalg.norm(where[last] - where[first], axis=-1)
            # In a seam a hand may be in the middle of a stroke as well.
            assert (steps[first:last] < 2.0 * way / (blend + 1) + usual.max(axis=0)).all()


@pytest.mark.parametrize("model", BLENDS)
def test_the_pelvis_goes_on_from_where_it_was(model: str) -> None:
    steps = np.linalg.norm(np.diff(new(model).translation, axis=0), axis=-1)
    assert steps.max() < PELVIS_STEP_M
