"""Hands between and on top of their moves: dragging, trailing, never quite the same."""

import numpy as np
import pytest

from gesta.procedural.fingers import FINGER_JOINTS, finger_rotations
from gesta.procedural.hand_life import CURLS, DELAYS_S, HandLife
from gesta.procedural.paths import MOST_BULGE, Variety
from gesta.procedural.profiles import step
from gesta.procedural.shapes import HAND_SHAPES
from gesta.procedural.trailing import Follower, Pendulum
from gesta.records import HandMove, HandPose
from gesta.units import MOTION_FPS

TIMES_S = np.arange(90) / MOTION_FPS


def hand_going_down(size_m: float = 0.3) -> dict[str, np.ndarray]:
    """A flat hand, palm down, that strikes downward from 1.0 s to 1.5 s."""
    rows = len(TIMES_S)
    position = np.tile((0.05, 0.0, 0.3), (rows, 1))
    position[:, 1] -= size_m * step((TIMES_S - 1.0) / 0.5)
    channels = {"position": position, "palm": np.tile((0.0, -1.0, 0.0), (rows, 1))}
    channels["loose"] = np.ones((rows, 1))
    sizes = {"twist": 1, "wrist": 2, "swivel": 1, "forearm": 1, "collar": 2, "knuckles": FINGER_JOINTS}
    shape = np.tile(HAND_SHAPES["relaxed"].values(), (rows, 1))
    return channels | {name: np.zeros((rows, size)) for name, size in sizes.items()} | {"fingers": shape}


def test_a_hand_bends_back_as_the_arm_starts_and_on_as_it_brakes() -> None:
    channels = hand_going_down()
    HandLife("left", 0).push(channels, TIMES_S, 0.0, 0.0)
    flexion = channels["wrist"][:, 0]
    # The palm faces down, the way of the strike: a hand left behind is bent away from its palm.
    assert flexion[30:38].min() < -3.0
    assert flexion[38:48].max() > 3.0
    assert np.argmin(flexion) < np.argmax(flexion)
    assert abs(flexion[:30]).max() < 1e-9
    assert abs(flexion[-15:]).max() < 0.5, "it does not settle"
    assert abs(flexion).max() < 25.0


def test_fingers_give_way_and_come_after_the_hand() -> None:
    channels = hand_going_down()
    HandLife("left", 0).push(channels, TIMES_S, 0.0, 0.0)
    curl = channels["fingers"][:, 3] - HAND_SHAPES["relaxed"].ring
    assert np.argmin(curl) >= np.argmin(channels["wrist"][:, 0])
    assert curl.min() < -0.01 < 0.01 < curl.max()


def test_a_follower_is_late_by_its_delay() -> None:
    ramp = TIMES_S[:, None]
    behind_s = (ramp - Follower(0.04).push(ramp))[-1, 0]
    assert behind_s == pytest.approx(0.04, abs=1e-3)
    assert list(DELAYS_S[:CURLS]) == sorted(DELAYS_S[:CURLS])


def test_a_pendulum_hangs_straight_at_rest_and_at_steady_speed() -> None:
    swing = Pendulum(0.1, 3.0, 0.6).push(np.stack([np.full(90, 0.7), TIMES_S], axis=1))
    np.testing.assert_allclose(swing[:, 0], 0.0, atol=1e-9)
    assert abs(swing[-1, 1]) < 1e-3


def test_stretches_of_any_length_give_what_the_whole_gives() -> None:
    whole = hand_going_down()
    HandLife("right", 3).push(whole, TIMES_S, 1.3, 1.0)
    life, parts = HandLife("right", 3), hand_going_down()
    for start, stop in ((0, 1), (1, 20), (20, 20), (20, 47), (47, 90)):
        life.push({name: values[start:stop] for name, values in parts.items()}, TIMES_S[start:stop], 1.3, 1.0)
    for name, values in whole.items():
        np.testing.assert_allclose(parts[name], values, atol=1e-9)


def test_fingers_never_stop_and_stay_coupled() -> None:
    times_s = np.arange(60 * MOTION_FPS) / MOTION_FPS
    channels = {name: np.tile(values[:1], (len(times_s), 1)) for name, values in hand_going_down(0.0).items()}
    HandLife("left", 1).push(channels, times_s, 1.0, 1.0)
    curls = channels["fingers"][:, :CURLS]
    together = np.corrcoef(curls.T)[np.triu_indices(CURLS, 1)]
    assert 0.4 < together.mean() < 0.9
    _, turned = finger_rotations("left", channels["fingers"], channels["knuckles"])
    moved = np.linalg.norm(np.diff(turned, axis=0), axis=(-2, -1))
    assert (np.median(moved, axis=0)[:8] > 0.0).all()
    _, straight = finger_rotations("left", channels["fingers"])
    assert np.abs(turned - straight).max() > 0.02, "knuckles never stray"


def reach(position: tuple[float, float, float], arc: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> HandMove:
    return HandMove("left", "stroke", "beat", 0.0, 0.5, HandPose(position, (0.0, -1.0, 0.0)), arc)


def test_paths_bulge_away_from_the_elbow_by_a_share_of_their_length() -> None:
    variety, start = Variety(0), np.array((0.05, -0.3, 0.25))
    bulges = np.array([variety.bulge(reach((0.05, 0.0, 0.3)), start) for _ in range(300)])
    way = np.array((0.0, 0.3, 0.05))
    np.testing.assert_allclose(bulges @ way, 0.0, atol=1e-9)
    sizes = np.linalg.norm(bulges, axis=1) / np.linalg.norm(way)
    assert sizes.max() <= MOST_BULGE + 1e-9
    assert 0.05 < np.median(sizes) < 0.2
    assert bulges[:, 2].mean() > 0.01, "forearms turn, so the hand swings out forward"
    assert len(np.unique(bulges.round(6), axis=0)) == 300


def test_a_family_keeps_its_arc_and_standing_still_has_none() -> None:
    variety, start = Variety(0), np.array((0.05, -0.2, 0.3))
    wide = np.mean([variety.bulge(reach((0.25, -0.2, 0.3), (0.0, 0.1, 0.0)), start) for _ in range(200)], axis=0)
    np.testing.assert_allclose(wide, (0.0, 0.1, 0.0), atol=0.01)
    assert np.linalg.norm(variety.bulge(reach((0.05, -0.2, 0.3)), start)) < 1e-9


def test_no_pose_comes_out_twice_alike() -> None:
    variety = Variety(2)
    meant = {
        "position": np.zeros(3),
        "twist": np.zeros(1),
        "wrist": np.zeros(2),
        "fingers": np.array(HAND_SHAPES["flat"].values()),
    }
    found = [variety.varied(meant, 0.2, 1.0) for _ in range(200)]
    twists = np.array([values["twist"][0] for values in found])
    assert 4.0 < twists.std() < 12.0
    assert abs(twists.mean()) < 2.0
    curls = np.array([values["fingers"][:CURLS] for values in found])
    assert 0.4 < np.corrcoef(curls.T)[0, 1] < 0.95
