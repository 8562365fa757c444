"""Hands between and on top of their moves: dragging, trailing, never quite the same."""

import numpy as np
import pytest

from gesta.procedural.families import rests
from gesta.procedural.fingers import FINGER_JOINTS, finger_rotations
from gesta.procedural.hand_life import CURLS, DELAYS_S, HandLife
from gesta.procedural.paths import MOST_AWAY_M, MOST_BULGE, Variety
from gesta.procedural.profiles import step
from gesta.procedural.shapes import HAND_SHAPES
from gesta.procedural.touching import arrives_touching, touches
from gesta.procedural.trailing import Follower, Pendulum, Rate
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


def held_still(loose: float, seconds: int = 60) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """A hand that goes nowhere, loose or lying on something, and when."""
    times_s = np.arange(seconds * MOTION_FPS) / MOTION_FPS
    channels = {name: np.tile(values[:1], (len(times_s), 1)) for name, values in hand_going_down(0.0).items()}
    return channels | {"loose": np.full((len(times_s), 1), loose)}, times_s


@pytest.mark.parametrize("loose", [0.0, 1.0])
def test_hands_that_lie_on_each_other_move_but_not_apart(loose: float) -> None:
    places = []
    for hand, outward in (("left", 1.0), ("right", -1.0)):
        channels, times_s = held_still(loose)
        HandLife(hand, 4).push(channels, times_s, 1.0, 1.0)
        places.append(channels["position"] * (outward, 1.0, 1.0))
    apart = np.ptp(places[0] - places[1], axis=0)
    assert np.ptp(places[0], axis=0).min() > 0.001, "dead"
    assert apart.max() < 1e-9 if loose == 0.0 else apart.min() > 0.005


def test_every_joint_of_every_finger_lives_and_more_so_in_a_busy_hand() -> None:
    still, times_s = held_still(1.0)
    HandLife("left", 2).push(still, times_s, 1.0, 1.0)
    busy, _ = held_still(1.0)
    busy["position"][:, 1] += 0.15 * np.sin(2.0 * np.pi * times_s)
    HandLife("left", 2).push(busy, times_s, 1.0, 1.0)
    sizes = still["knuckles"].std(axis=0)
    assert sizes.shape == (FINGER_JOINTS,)
    assert sizes.min() > 0.8
    more = busy["knuckles"][60:].std(axis=0) / still["knuckles"][60:].std(axis=0)
    assert (more > 1.3).all()
    assert (more < 3.0).all()
    base = still["knuckles"][:, 0:12:3]
    near, far = (np.corrcoef(base[:, 0], base[:, other])[0, 1] for other in (1, 3))
    assert near > far + 0.1, "neighbours are no more alike than the rest"


def test_a_rate_is_how_fast_something_changes() -> None:
    rate = Rate(0.1).push(0.7 * TIMES_S[:, None])
    assert rate[-1, 0] == pytest.approx(0.7, abs=1e-3)


def test_what_lies_on_something_is_known_by_its_pose_or_its_family() -> None:
    clasped, hanging = rests()["clasped"], rests()["hanging"]
    assert touches("left", clasped.left)
    assert touches("right", clasped.right)
    assert not touches("left", hanging.left)
    pose = HandPose((0.03, -0.2, 0.26), (-1.0, 0.0, 0.0))
    found = {
        (family, phase): arrives_touching(HandMove("left", phase, family, 0.0, 0.5, pose))
        for family in ("beat", "point_self")
        for phase in ("preparation", "stroke")
    }
    assert [one for one, touching in found.items() if touching] == [("point_self", "stroke")]
    home = HandMove("right", "retraction", "rest", 0.0, 0.5, clasped.right)
    assert arrives_touching(home)


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
    places = np.array([values["position"] for values in found])
    assert 0.02 < places[:, 0].std() < 0.05
    assert np.abs(places).max() <= MOST_AWAY_M
    assert abs(twists.mean()) < 2.0
    curls = np.array([values["fingers"][:CURLS] for values in found])
    assert 0.4 < np.corrcoef(curls.T)[0, 1] < 0.95
