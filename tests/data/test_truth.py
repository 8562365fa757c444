"""The truth about a plan, frame by frame: later moves take over, names get numbers, strokes count once."""

from itertools import pairwise

import numpy as np
import pytest

from gesta.data.truth import LABELS, TRUTH, PlanTruth, labels_from
from gesta.errors import InputError
from gesta.records import HandMove
from gesta.records.plan import HandPose

POSE = HandPose((0.0, -0.2, 0.3), (0.0, -1.0, 0.0))


def move(hand: str, phase: str, family: str, start_s: float, end_s: float, cause: str = "accent") -> HandMove:
    return HandMove(hand, phase, family, start_s, end_s - start_s, POSE, cause=cause)


MOVES = [
    move("left", "preparation", "beat", 0.1, 0.5),
    move("left", "stroke", "beat", 0.4, 0.7),
    move("right", "stroke", "away", 0.6, 1.0, "content"),
    move("left", "retraction", "rest", 1.2, 2.0),
]


def test_every_frame_knows_what_each_hand_does() -> None:
    truth = PlanTruth()
    truth.hear(MOVES)
    rows = truth.rows(0, 60)
    labels = labels_from(rows, truth.names, "a test")
    expected = [""] * 3 + ["preparation"] * 9 + ["stroke"] * 9 + [""] * 15 + ["retraction"] * 24
    assert labels["left_phase"].tolist() == expected
    assert labels["right_family"].tolist() == [""] * 18 + ["away"] * 12 + [""] * 30
    assert set(labels["right_cause"][18:30]) == {"content"}
    assert np.flatnonzero(rows[:, TRUTH.index("strokes")]).tolist() == [*range(12, 30)]
    assert truth.counts == {"strokes": 2, "content_strokes": 1, "stroke_frames": 18}


@pytest.mark.parametrize("cuts", [(0, 7, 60), (0, 13, 20, 37, 60), tuple(range(61))])
def test_stretches_make_no_difference(cuts: tuple[int, ...]) -> None:
    whole, parts = PlanTruth(), PlanTruth()
    whole.hear(MOVES)
    expected = whole.rows(0, 60)
    found, told = [], 0
    for start, stop in pairwise(cuts):
        known = sum(move.start_s * 30 < stop for move in MOVES)
        parts.hear(MOVES[told:known])
        told = known
        found.append(parts.rows(start, stop))
    assert np.array_equal(np.concatenate(found), expected)
    assert (parts.names, parts.counts) == (whole.names, whole.counts)


def test_numbers_without_a_name_are_refused() -> None:
    rows = np.zeros((2, len(TRUTH)), np.float32)
    for bad in (3.0, -1.0, 0.5, np.nan):
        rows[1, 1 + LABELS.index("right_phase")] = bad
        with pytest.raises(InputError, match="right_phase"):
            labels_from(rows, {"phase": ("", "stroke")}, "'clip'")
