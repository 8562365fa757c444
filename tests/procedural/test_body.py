"""Trunk, head, eyes and feet: alive and loosely tied, eyes on the listener, feet on the floor, steps, a chair."""

from dataclasses import replace

import numpy as np
import pytest

from gesta.metrics.motion.foot_slide import foot_slide
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.kinematics import sole_positions
from gesta.motion.rotations import axis_angle_from_matrix
from gesta.motion.skeleton import skeleton
from gesta.procedural.body import BodyPlanner
from gesta.procedural.content import ContentEvent
from gesta.procedural.face import EYE_RANGE_DEG, eyes_in_head
from gesta.procedural.families import families
from gesta.procedural.planner import Planner
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.speaking import Speaking
from gesta.procedural.style import Style, style_from
from gesta.procedural.trunk import head_in_world, turned
from gesta.records import BodyMove, HandMove, HandPose, Motion, Plan, Prosody
from gesta.units import MOTION_FPS
from tests.procedural.made_prosody import made_prosody, silence


def motion_of(prosody: Prosody, style: str = "neutral", seed: int = 0) -> Motion:
    (stretch,) = ProceduralSpeaker(style_from(style), seed, prosody.look_ahead_s).finish(prosody)
    return stretch.motion


def moves_of(channel: str, prosody: Prosody, style: str = "neutral", seed: int = 0) -> list[BodyMove]:
    planner = Planner(style_from(style), seed, prosody.look_ahead_s)
    plan = Plan.concatenate([planner.push(prosody), planner.finish()])
    return [move for move in plan.body_moves if move.channel == channel]


def turning(motion: Motion, name: str) -> np.ndarray:
    """Angular velocity of a joint, (T - 1, 3) degrees a second."""
    local = motion.rotations[:, skeleton().index(name)].astype(np.float64)
    return np.degrees(axis_angle_from_matrix(np.swapaxes(local[:-1], -1, -2) @ local[1:])) * MOTION_FPS


@pytest.fixture(scope="module")
def minute() -> Motion:
    return motion_of(made_prosody(60.0))


def test_joints_of_the_trunk_are_loosely_tied(minute: Motion) -> None:
    for one, other in (("neck", "head"), ("spine1", "spine2"), ("spine2", "spine3"), ("spine3", "neck")):
        together = [
            np.corrcoef(a, b)[0, 1] for a, b in zip(turning(minute, one).T, turning(minute, other).T, strict=True)
        ]
        assert max(np.abs(together)) < 0.7, f"{one} and {other} turn as one"


def test_head_and_trunk_are_never_still(minute: Motion) -> None:
    spoken = slice(60, 700)
    for name, slowest, fastest in (("head", 4.0, 30.0), ("neck", 4.0, 30.0), ("spine1", 1.5, 20.0)):
        speed = np.linalg.norm(turning(minute, name)[spoken], axis=-1)
        assert slowest < np.median(speed) < fastest
        assert np.percentile(speed, 2) > 0.3


def test_silence_moves_the_head_less(minute: Motion) -> None:
    quiet = np.linalg.norm(turning(motion_of(silence(60.0)), "head"), axis=-1).mean()
    assert 0.5 < quiet < 0.65 * np.linalg.norm(turning(minute, "head"), axis=-1).mean()


def test_eyes_keep_to_what_they_look_at_while_the_head_nods() -> None:
    nod = np.stack([np.linspace(-10, 10, 50), np.linspace(-12, 12, 50), np.zeros(50)], axis=-1)
    head = turned(nod)
    eyes = eyes_in_head(np.zeros((50, 2)), head)
    yaw, pitch = np.radians(eyes).T
    way = np.stack((np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)), axis=-1)
    seen = np.einsum("tij,tj->ti", head, way)
    assert np.degrees(np.arccos(seen[:, 2])).max() < 2.0
    assert eyes[0, 0] > 0 > eyes[-1, 0], "a head turned to its right needs eyes turned to the left"


def test_the_listener_is_looked_at_most_of_the_time() -> None:
    shares = []
    for seed in range(4):
        motion = motion_of(made_prosody(60.0, seed), seed=seed)
        face = motion.face.astype(np.float64)
        yaw = EYE_RANGE_DEG * (face[:, ARKIT_INDEX["eyeLookOutLeft"]] - face[:, ARKIT_INDEX["eyeLookInLeft"]])
        head = head_in_world(motion.rotations)
        seen = yaw + np.degrees(np.arctan2(head[:, 0, 2], head[:, 2, 2]))
        shares.append(np.mean(np.abs(seen) < 5.0))
    assert 0.55 < np.mean(shares) < 0.8


def test_blinks_close_fast_open_slowly_and_come_at_a_persons_rate() -> None:
    counts = []
    for seed in range(6):
        moves = moves_of("lids", made_prosody(120.0, seed), seed=seed)
        closing, opening = moves[::2], moves[1::2]
        assert all(shut.duration_s < opens.duration_s for shut, opens in zip(closing, opening, strict=True))
        assert all(a.end <= b.start for a, b in zip(spans(opening), spans(closing[1:]), strict=False))
        counts.append(len(closing) / 2.0)
    assert 13 < np.mean(counts) < 26
    assert np.ptp(counts) > 1.5, "everybody blinks at the same rate"


class Span:
    def __init__(self, move: BodyMove) -> None:
        self.start, self.end = move.start_s, move.start_s + move.duration_s


def spans(moves: list[BodyMove]) -> list[Span]:
    return [Span(move) for move in moves]


def test_brows_rise_on_accents_and_are_level_at_rest() -> None:
    motion = motion_of(made_prosody(60.0))
    inner, left, right = (
        motion.face[:, ARKIT_INDEX[name]] for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")
    )
    assert inner.max() > 0.2
    assert np.median(inner) < 0.02
    assert (inner <= np.maximum(left, right) + 1e-3).all(), "inner brows above the outer ones look worried"
    quiet = motion_of(silence(20.0)).face
    assert quiet[:, ARKIT_INDEX["browInnerUp"]].max() == 0.0
    assert np.ptp(quiet[:, ARKIT_INDEX["browOuterUpLeft"]]) == 0.0


def test_it_breathes_in_before_a_phrase() -> None:
    prosody = made_prosody(30.0)
    start_s = prosody.phrase_starts.times_s[1]
    full = 0
    for seed in range(10):
        breaths = [move for move in moves_of("breath", prosody, seed=seed) if move.reason == "in"]
        full += any(-0.6 < move.start_s + move.duration_s - start_s < 0.1 for move in breaths)
    assert full >= 8


def test_speaking_knows_announced_phrases() -> None:
    speaking = Speaking()
    speaking.begin(1.0)
    speaking.begin(4.0)
    speaking.end(3.5)
    assert [speaking.at(time) for time in (0.5, 3.6, 4.2)] == [False, False, True]


def test_steps_lift_feet_and_planted_feet_do_not_slide() -> None:
    motion = motion_of(made_prosody(60.0), "neutral,steps_per_minute=10")
    soles = sole_positions(motion.rotations, motion.translation)
    assert soles[..., 1].min() > -1e-3
    assert soles[..., 1].max() > 0.03
    assert motion.contacts is not None
    assert 0.5 < motion.contacts.mean() < 0.99
    slide = foot_slide(soles)
    assert slide.mm_per_planted_frame is not None
    assert slide.mm_per_planted_frame < 0.3
    step = np.linalg.norm(np.diff(motion.translation, axis=0), axis=-1) * MOTION_FPS
    assert step.max() < 1.0


def test_nobody_steps_unasked() -> None:
    assert not moves_of("left_foot", made_prosody(60.0), "lively")


def test_who_sits_has_bent_knees_and_flat_feet() -> None:
    motion = motion_of(made_prosody(20.0), "seated")
    soles = sole_positions(motion.rotations, motion.translation)
    assert np.abs(soles[..., 1]).max() < 1e-4
    assert np.abs(soles - soles[0]).max() < 1e-4
    knee = motion.rotations[:, skeleton().index("left_knee")].astype(np.float64)
    bent = np.degrees(np.linalg.norm(axis_angle_from_matrix(knee), axis=-1))
    assert bent.min() > 70
    assert bent.max() < 110
    assert np.ptp(motion.translation[:, 1]) < 1e-6
    assert motion.translation[0, 1] < 0.62


def test_the_head_shakes_with_a_no() -> None:
    said = ContentEvent(1.0, 0.8, 1.2, "no", "negation", ("away",), 1.0, "", "shake")
    yaws = [move.amount[1] for move in BodyPlanner(Style(), 1).content(0.0, said) if move.channel == "head"]
    assert max(yaws) > 1.0 > -1.0 > min(yaws)


def test_a_shrug_lifts_the_shoulders() -> None:
    pose = HandPose((0.1, -0.2, 0.3), (0.0, 1.0, 0.0))
    stroke = HandMove("left", "stroke", "shrug", 1.0, 0.4, pose)
    moves = BodyPlanner(Style(), 1).gesture(0.5, stroke, 1.9)
    shoulders = [move for move in moves if move.channel == "shrug"]
    assert [move.start_s for move in shoulders] == [1.0, 1.9]
    assert 0.5 * families()["shrug"].shrug_deg < shoulders[0].amount[0] < 1.2 * families()["shrug"].shrug_deg
    assert shoulders[-1].amount == (0.0,)
    assert {move.channel for move in moves} >= {"shrug", "brows", "head", "neck"}
    other = HandMove("left", "stroke", "beat", 1.0, 0.4, pose)
    assert not [move for move in BodyPlanner(Style(), 1).gesture(0.5, other, 1.9) if move.channel == "shrug"]


def test_the_head_goes_with_a_gesture_unless_the_words_say_otherwise() -> None:
    pose = HandPose((0.1, -0.2, 0.3), (0.0, 0.0, 1.0))
    stroke = HandMove("left", "stroke", "palm_away", 1.0, 0.4, pose)
    yaws = [move.amount[1] for move in BodyPlanner(Style(), 1).gesture(0.5, stroke, 1.9) if move.channel == "head"]
    assert max(yaws) > 0.5 > -0.5 > min(yaws)
    # The same hand greets: what is said says what the head does.
    assert BodyPlanner(Style(), 1).gesture(0.5, replace(stroke, cause="content"), 1.9) == []
