"""Back, neck and head go along with the hands, a little late, and not when the hands are still."""

import numpy as np

from gesta.procedural.body import BodyPlanner
from gesta.procedural.following import Following
from gesta.procedural.style import Style
from gesta.procedural.targets import CHANNEL_COUNT, LAYOUT, Targets
from gesta.records import HandMove, HandPose, Motion
from gesta.units import MOTION_FPS
from tests.procedural.made_prosody import made_prosody
from tests.procedural.test_body import motion_of, moves_of, turning


def targets_of(left: np.ndarray, start_frame: int = 0) -> Targets:
    """Nothing but a left hand that goes (T, 3)."""
    values = np.zeros((len(left), CHANNEL_COUNT))
    values[:, LAYOUT["left_position"]] = left
    return Targets(start_frame, values, np.zeros((len(left), 52)), np.zeros(len(left)))


def reach() -> np.ndarray:
    """Out and back within 3 s, after 2 s of rest."""
    rise = np.sin(np.linspace(0.0, np.pi, 3 * MOTION_FPS)) ** 2
    return np.concatenate([np.zeros((2 * MOTION_FPS, 3)), rise[:, None] * (0.1, 0.2, 0.3)])


def followed(following: Following, targets: Targets) -> dict[str, np.ndarray]:
    times_s = (targets.start_frame + np.arange(targets.frame_count)) / MOTION_FPS
    return following.push(targets, times_s)


def test_still_hands_pull_at_nothing_and_reaching_ones_at_everything() -> None:
    turns = followed(Following(3, 1.0), targets_of(reach()))
    for joint in ("spine1", "spine2", "spine3", "neck", "head"):
        speed = np.abs(np.diff(turns[joint], axis=0)).max(axis=-1) * MOTION_FPS
        assert speed[: 2 * MOTION_FPS - 1].max() < 1.0
        assert speed[2 * MOTION_FPS :].max() > 1.5


def test_the_back_swells_with_the_hands() -> None:
    stirred = Following(0, 1.0).stirred(targets_of(reach()))[:, 0]
    assert np.ptp(stirred[: 2 * MOTION_FPS]) < 1e-6
    assert stirred.max() > 1.5 * stirred[0]


def test_stretches_are_the_whole() -> None:
    whole, following = followed(Following(1, 1.0), targets_of(reach())), Following(1, 1.0)
    parts = [followed(following, targets_of(reach()[at : at + 7], at)) for at in range(0, len(reach()), 7)]
    for joint, turn in whole.items():
        np.testing.assert_allclose(np.concatenate([part[joint] for part in parts]), turn, atol=1e-9)


def test_another_seed_goes_along_otherwise() -> None:
    one, other = (followed(Following(seed, 1.0), targets_of(reach()))["spine3"] for seed in (1, 2))
    assert np.abs(one - other).max() > 0.5


def test_head_and_back_go_elsewhere_with_some_strokes_and_after_them() -> None:
    pose = HandPose((0.1, -0.2, 0.3), (0.0, 1.0, 0.0))
    strokes = [HandMove("left", "stroke", "beat", at_s, 0.4, pose) for at_s in range(1, 101)]
    body = BodyPlanner(Style(), 0)
    late: dict[str, list[float]] = {"neck": [], "spine1": []}
    for stroke in strokes:
        for move in body.stroke(stroke.start_s - 0.8, stroke):
            if move.channel in late:
                late[move.channel].append(move.start_s - stroke.start_s)
    for starts in late.values():
        assert 30 < len(starts) < 95
        assert min(starts) >= 0.0
        assert max(starts) < 0.15


def test_eyes_and_head_go_to_ones_own_hands_now_and_then() -> None:
    looks = moves_of("gaze", made_prosody(120.0), "restless")
    at_hands = [look for look in looks if look.reason == "own hand"]
    assert 0.005 < len(at_hands) / len(looks) < 0.12
    assert all(look.amount[1] < -20.0 for look in at_hands), "hands are below the eyes"


def together(motion: Motion, one: str, other: str) -> float:
    """Median r of two joints' angular speeds within seconds."""
    speeds = [np.linalg.norm(turning(motion, name), axis=-1) for name in (one, other)]
    count = len(speeds[0]) // MOTION_FPS
    windows = zip(*(np.array_split(speed[: count * MOTION_FPS], count) for speed in speeds), strict=True)
    return float(np.median([np.corrcoef(*pair)[0, 1] for pair in windows]))


def test_the_back_turns_when_the_arms_do() -> None:
    motion = motion_of(made_prosody(60.0), "restless")
    assert np.mean([together(motion, "spine3", f"{side}_shoulder") for side in ("left", "right")]) > 0.12
