"""Curled fingers: straight, closed, and nearly straight at their ends in between."""

import numpy as np

from gesta.motion.finger_curl import FULL_CURL_DEG, flexion_deg


def test_open_and_closed_fingers() -> None:
    assert flexion_deg(np.array(0.0)).tolist() == [0.0, 0.0, 0.0]
    assert flexion_deg(np.array(1.0)).tolist() == list(FULL_CURL_DEG)


def test_ends_bend_last_and_joints_only_one_way() -> None:
    degrees = flexion_deg(np.linspace(0.0, 1.0, 50))
    assert (np.diff(degrees, axis=0) > 0.0).all()
    # People's end joints bend 0 to 9 degrees where their middle joints bend 10 to 20.
    little = flexion_deg(np.array(0.2))
    assert little[1] > 15.0
    assert little[2] < 9.0
