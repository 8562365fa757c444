"""The motion: hands where they are wanted, feet where they stand, joints where joints go, streams as files."""

import numpy as np
import pytest

from gesta.motion.face import ARKIT_INDEX
from gesta.motion.kinematics import forward, sole_positions, track
from gesta.motion.skeleton import skeleton
from gesta.procedural.arms import palm_twist_deg, solve_arm
from gesta.procedural.fingers import finger_rotations
from gesta.procedural.profiles import bump, reach_duration, step
from gesta.procedural.shapes import HAND_SHAPES
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style, style_from
from gesta.records import Motion, Prosody
from gesta.units import MOTION_FPS
from tests.procedural.made_prosody import made_prosody, silence, stretches


def motion_of(prosody: Prosody, style: Style | None = None, seed: int = 0) -> Motion:
    (stretch,) = ProceduralSpeaker(style or Style(), seed, prosody.look_ahead_s).finish(prosody)
    return stretch.motion


def wrist_speeds(motion: Motion) -> np.ndarray:
    positions = track(motion.rotations, motion.translation, ("left_wrist", "right_wrist")).positions
    return np.linalg.norm(np.diff(positions, axis=0), axis=-1) * MOTION_FPS


def test_minimum_jerk_has_its_known_values() -> None:
    assert step(np.array([-1.0, 0.0, 0.5, 1.0, 2.0])).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    share = np.linspace(0, 1, 100_001)
    acceleration = np.gradient(np.gradient(step(share), share), share)
    assert share[np.argmin(acceleration)] == pytest.approx(0.789, abs=0.002)
    assert bump(np.array([0.0, 0.5, 1.0])).tolist() == [0.0, 1.0, 0.0]
    assert reach_duration(0.3) == pytest.approx(0.8)
    assert reach_duration(0.1) == pytest.approx(0.499, abs=0.01)


@pytest.mark.parametrize("hand", ["left", "right"])
def test_the_wrist_is_where_it_was_wanted(hand: str) -> None:
    random = np.random.default_rng(1)
    wanted = random.uniform((-0.1, -0.42, 0.08), (0.2, 0.05, 0.38), (400, 3))
    length = np.linalg.norm(wanted, axis=-1)
    wanted = wanted[(length > 0.2) & (length < 0.42)][:200]
    arm = solve_arm(hand, wanted, np.zeros(200), np.zeros((200, 2)), np.zeros(200))
    rotations = np.broadcast_to(np.eye(3), (200, 55, 3, 3)).copy()
    bones = skeleton()
    for name in ("collar", "shoulder", "elbow", "wrist"):
        rotations[:, bones.index(f"{hand}_{name}")] = getattr(arm, name)
    pose = forward(rotations, np.zeros((200, 3)))
    rest = bones.rest_positions()
    side = 1.0 if hand == "left" else -1.0
    shoulder = rest[bones.index(f"{hand}_shoulder")] - rest[0]
    reached = (pose.positions[:, bones.index(f"{hand}_wrist")] - shoulder) * (side, 1.0, 1.0)
    assert np.linalg.norm(reached - wanted, axis=-1).max() < 1e-3
    elbows = pose.positions[:, bones.index(f"{hand}_elbow")] - shoulder
    assert (elbows[:, 1] < 0.05).all(), "an elbow rose above its shoulder"


def elbow_swing_deg(position: tuple[float, float, float]) -> float:
    """How far an elbow points outward from straight back and down, for a wrist at this place."""
    arm = solve_arm("left", np.array([position]), np.zeros(1), np.zeros((1, 2)), np.zeros(1))
    bones = skeleton()
    upper = (arm.collar @ arm.shoulder)[0] @ bones.offsets[bones.index("left_elbow")]
    aside = upper - np.array(position) * (upper @ position) / np.dot(position, position)
    return float(np.degrees(np.arcsin(aside[0] / np.linalg.norm(aside))))


def test_elbows_of_nearly_straight_arms_do_not_swing_out() -> None:
    assert elbow_swing_deg((0.05, -0.46, 0.05)) < elbow_swing_deg((0.05, -0.3, 0.05)) - 10.0


def test_a_forearm_may_turn_at_either_end_and_the_hand_stays() -> None:
    place, twist, straight = np.array([[0.05, -0.2, 0.25]]), np.array([20.0]), np.zeros((1, 2))
    usual, moved = (solve_arm("right", place, twist, straight, np.zeros(1), 0.0, degrees) for degrees in (0.0, 15.0))
    np.testing.assert_allclose(usual.elbow @ usual.wrist, moved.elbow @ moved.wrist, atol=1e-9)
    assert np.abs(usual.elbow - moved.elbow).max() > 0.1


def test_the_palm_faces_where_it_should() -> None:
    position = np.tile((0.05, -0.2, 0.3), (2, 1))
    palms = np.array([(0.0, 1.0, 0.0), (0.0, -1.0, 0.0)])
    arm = solve_arm("left", position, palm_twist_deg(position, palms), np.zeros((2, 2)), np.zeros(2))
    whole = arm.collar @ arm.shoulder @ arm.elbow @ arm.wrist
    facing = whole @ np.array((0.0, -1.0, 0.0))
    assert facing[0, 1] > 0.7
    assert facing[1, 1] < -0.7


def test_curled_fingers_come_to_the_palm_side() -> None:
    shape = np.array([[1.0, 1.0, 1.0, 1.0, 0.3, 0.5, 0.5, 0.0]])
    for side in ("left", "right"):
        names, rotations = finger_rotations(side, shape)
        all_rotations = np.broadcast_to(np.eye(3), (1, 55, 3, 3)).copy()
        all_rotations[:, skeleton().indices(names)] = rotations
        posed = forward(all_rotations, np.zeros((1, 3))).positions[0]
        rest = forward(np.broadcast_to(np.eye(3), (1, 55, 3, 3)).copy(), np.zeros((1, 3))).positions[0]
        for finger in ("index", "middle", "ring", "pinky"):
            end = skeleton().index(f"{side}_{finger}3")
            assert posed[end, 1] < rest[end, 1] - 0.01, "palms face down at rest, so closed fingers are lower"


def test_the_thumb_of_a_flat_hand_lies_beside_it() -> None:
    for side in ("left", "right"):
        names, rotations = finger_rotations(side, np.array([HAND_SHAPES["flat"].values()]))
        all_rotations = np.broadcast_to(np.eye(3), (1, 55, 3, 3)).copy()
        all_rotations[:, skeleton().indices(names)] = rotations
        posed = forward(all_rotations, np.zeros((1, 3))).positions[0]
        thumb = posed[skeleton().index(f"{side}_thumb3")] - posed[skeleton().index(f"{side}_thumb1")]
        assert abs(thumb[1]) < 0.5 * np.linalg.norm(thumb), "it hangs below the palm"


def test_hand_shapes_of_both_hands_mirror_each_other() -> None:
    shape = np.array([HAND_SHAPES["pinch"].values()])
    mirror = np.diag([-1.0, 1.0, 1.0])
    left, right = finger_rotations("left", shape)[1], finger_rotations("right", shape)[1]
    assert np.abs(mirror @ left @ mirror - right).max() < 1e-12


def test_feet_stay_where_they_stand() -> None:
    motion = motion_of(made_prosody(60.0), style_from("lively"))
    soles = sole_positions(motion.rotations, motion.translation)
    assert np.abs(soles - soles[0]).max() < 1e-4
    assert np.abs(soles[..., 1]).max() < 1e-4
    assert np.ptp(motion.translation[:, 0]) > 0.03, "the weight never moved"


def test_it_never_freezes_and_never_snaps() -> None:
    motion = motion_of(made_prosody(60.0))
    speeds = wrist_speeds(motion)
    assert np.percentile(speeds, 1) > 0.0
    assert speeds.max() < 3.0
    steps = np.linalg.norm(motion.rotations[1:] - motion.rotations[:-1], axis=(-2, -1))
    assert steps.max() < 0.7, "a joint jumped between two frames"


def test_more_energy_moves_more() -> None:
    prosody = made_prosody(60.0)
    speeds = [
        np.mean([wrist_speeds(motion_of(prosody, style_from("neutral", e), seed)).mean() for seed in range(3)])
        for e in (0.0, 0.5, 1.0, 1.5)
    ]
    assert speeds == sorted(speeds)
    assert speeds[-1] > 2 * speeds[0]


def test_silence_idles_with_the_mouth_closed() -> None:
    motion = motion_of(silence(30.0))
    mouth = [index for name, index in ARKIT_INDEX.items() if name.startswith(("jaw", "mouth")) and "Smile" not in name]
    assert motion.face[:, mouth].max() < 1e-6
    assert motion.face[:, ARKIT_INDEX["eyeBlinkLeft"]].max() > 0.9
    assert wrist_speeds(motion).max() < 0.3
    chest = track(motion.rotations, motion.translation, ("spine3",)).positions
    assert np.ptp(chest[:, 0, 2]) > 0.001, "it does not breathe"


def test_two_seeds_are_visibly_different() -> None:
    prosody = made_prosody(30.0)
    wrists = [
        track(m.rotations, m.translation, ("left_wrist", "right_wrist")).positions
        for m in (motion_of(prosody, seed=s) for s in (0, 1))
    ]
    assert np.linalg.norm(wrists[0] - wrists[1], axis=-1).mean() > 0.05


@pytest.mark.parametrize("look_ahead_s", [0.1, 0.4])
def test_a_stream_moves_as_the_file_does(look_ahead_s: float) -> None:
    whole = made_prosody(12.0, 2, look_ahead_s)
    speaker = ProceduralSpeaker(Style(), 4, look_ahead_s)
    *first, last = stretches(whole, [1, 7, 30, 2, 45, 11, 60, 3])
    streamed = [stretch.motion for part in first for stretch in speaker.push(part)]
    streamed += [stretch.motion for stretch in speaker.finish(last)]
    (whole_stretch,) = ProceduralSpeaker(Style(), 4, look_ahead_s).finish(whole)
    for name in ("rotations", "translation", "face"):
        joined = np.concatenate([getattr(part, name) for part in streamed])
        np.testing.assert_allclose(joined, getattr(whole_stretch.motion, name), atol=1e-6)
