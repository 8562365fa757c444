"""Contacts: a foot is down when it is low and slow for three frames."""

import numpy as np

from gesta.motion.contacts import contacts, planted
from tests.motion.moving import made_motion
from tests.motion.test_representation import standing


def test_low_and_slow_for_three_frames() -> None:
    soles = np.zeros((12, 2, 3))
    soles[:, :, 1] = 0.05
    soles[3:6, 0, 1] = 0.019
    soles[7:9, 0, 1] = 0.019
    # The first low frame is entered by a fall of 31 mm, which is faster than 0.15 m/s.
    assert np.flatnonzero(planted(soles)[:, 0]).tolist() == []
    soles[2:7, 0, 1] = 0.019
    assert np.flatnonzero(planted(soles)[:, 0]).tolist() == [3, 4, 5, 6, 7, 8]
    assert not planted(soles)[:, 1].any()


def test_a_fast_foot_is_not_down() -> None:
    soles = np.zeros((10, 1, 3))
    soles[:, 0, 0] = np.arange(10) * 0.006
    assert not planted(soles).any()
    soles[:, 0, 0] = np.arange(10) * 0.004
    assert planted(soles).all()


def test_a_standing_body_stands_and_an_unknown_floor_says_nothing() -> None:
    found = contacts(standing(4))
    assert found is not None
    assert found.tolist() == [[1, 1, 1, 1]] * 4
    assert contacts(made_motion().replaced(floor_known=False)) is None
    assert contacts(made_motion().replaced(parts=frozenset({"upper"}))) is None
    assert contacts(standing(1)) is not None
