"""Measured hands, and the tables of families, rests and shapes beside them."""

from importlib import resources

import numpy as np
import pytest

from gesta.procedural.families import families, rests
from gesta.procedural.fingers import FULL_SPREAD_DEG, TOGETHER_DEG
from gesta.procedural.measured_hands import TABLE_FILE, measured_hands
from gesta.procedural.shapes import HAND_SHAPES

FREE = sorted(name for name, family in families().items() if family.scatter > 0.5)
"""Families that touch nothing."""
REST_SPLAY_DEG = 34.0
CLOSED = 0.6
"""From this curl on a hand is a fist."""


def centres() -> np.ndarray:
    return np.array([(hand.outward, hand.up, hand.forward) for hand in measured_hands()])


def test_the_table_is_whole_and_says_where_it_is_from() -> None:
    text = (resources.files("gesta.procedural") / TABLE_FILE).read_text(encoding="utf-8")
    assert text.startswith("#")
    assert "Apache-2.0" in text
    hands = measured_hands()
    assert sum(hand.share for hand in hands) == pytest.approx(1.0, abs=0.01)
    for hand in hands:
        assert np.linalg.norm((hand.palm_outward, hand.palm_up, hand.palm_forward)) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("name", FREE)
def test_gestures_are_made_where_hands_were_seen(name: str) -> None:
    assert np.linalg.norm(centres() - families()[name].place, axis=1).min() < 0.11


@pytest.mark.parametrize("name", ["before_belly", "clasped", "lap", "lap_clasped"])
def test_hands_rest_where_hands_were_seen(name: str) -> None:
    assert np.linalg.norm(centres() - rests()[name].left.position, axis=1).min() < 0.06


@pytest.mark.parametrize("name", ["relaxed", "cupped"])
def test_fingers_that_do_nothing_are_curled_and_together_as_measured(name: str) -> None:
    shape = HAND_SHAPES[name]
    seen = [hand for hand in measured_hands() if hand.curl < CLOSED]
    middle = np.average([hand.curl for hand in seen], weights=[hand.share for hand in seen])
    assert abs(np.mean((shape.index, shape.middle, shape.ring, shape.little)) - middle) < 0.08
    together, full = (table["index"] - table["pinky"] for table in (TOGETHER_DEG, FULL_SPREAD_DEG))
    splay_deg = REST_SPLAY_DEG + together + shape.spread * (full - together)
    assert min(hand.splay for hand in seen) - 1.0 < splay_deg < max(hand.splay for hand in seen) + 5.0
