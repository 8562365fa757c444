"""Silence and underrun: the body idles, then listens, and comes back without a jump; no sound in time is silence."""

import numpy as np
import pytest

import gesta
from gesta.live.body import Heard
from gesta.live.state import StreamState
from gesta.motion.face import ARKIT_INDEX
from gesta.motion.rotations import angle_between
from gesta.records import Motion
from gesta.units import MOTION_FPS, SAMPLE_RATE
from tests.live.voices import arrays, assert_identical, demo_voice, ended, pushed, samples_of

SPEECH = samples_of(demo_voice(), 3.0)
SILENT_S = 11
SOUND = np.concatenate([SPEECH, np.zeros(SILENT_S * SAMPLE_RATE, np.float32), SPEECH])
SPOKEN = int(3.0 * MOTION_FPS)
LISTENS_FROM = SPOKEN + 5 * MOTION_FPS


@pytest.fixture(scope="module")
def heard() -> list[Heard]:
    stream = gesta.load("procedural").stream(0.4, seed=1, block_frames=15)
    return [*stream.hear(SOUND), *stream.end()]


@pytest.fixture(scope="module")
def motions(heard: list[Heard]) -> list[Motion]:
    return [motion for news in heard for motion in news.motions]


def test_who_is_silent_for_long_nods_and_keeps_looking(heard: list[Heard]) -> None:
    moves = [move for news in heard for plan in news.plans for move in plan.body_moves]
    nods = sorted({move.start_s for move in moves if move.reason == "nod of a listener" and move.channel == "neck"})
    assert len(nods) >= 1
    assert all(7.0 <= start_s <= 3.0 + SILENT_S for start_s in nods)
    looks = [move for move in moves if move.channel == "gaze" and 7.0 <= move.start_s < 3.0 + SILENT_S]
    assert sum(move.reason == "aside" for move in looks) <= 0.35 * len(looks)


def test_only_who_is_asked_to_listens() -> None:
    stream = gesta.load("procedural").stream(0.4, seed=1, listening=False, block_frames=30)
    moves = [move for news in stream.hear(SOUND) for plan in news.plans for move in plan.body_moves]
    assert not any(move.reason == "nod of a listener" for move in moves)


def test_the_mouth_is_shut_meanwhile(motions: list[Motion]) -> None:
    _, _, face, *_ = arrays(motions)
    jaw = face[:, ARKIT_INDEX["jawOpen"]]
    assert jaw[SPOKEN + MOTION_FPS : -SPOKEN - MOTION_FPS // 3].max() < 0.03
    assert jaw[:SPOKEN].max() > 0.1


def test_nothing_jumps_on_the_way_there_and_back(motions: list[Motion]) -> None:
    rotations, translation, *_ = arrays(motions)
    turned = angle_between(rotations[:-1], rotations[1:]).max(axis=1)
    moved = np.linalg.norm(np.diff(translation, axis=0), axis=1)
    speaking = np.r_[0 : SPOKEN - 1, len(turned) - SPOKEN : len(turned)]
    between = np.r_[SPOKEN : len(turned) - SPOKEN]
    assert turned[between].max() <= turned[speaking].max()
    assert moved.max() < 0.003
    # Alive throughout: no frame is the one before.
    assert turned.min() > 0.0


def test_an_underrun_is_silence() -> None:
    late, silent = (gesta.load("procedural").stream(0.2, seed=4, sample_rate=48_000, block_frames=15) for _ in range(2))
    given = pushed(late, [SPEECH]), late.idle(1.25), pushed(late, [SPEECH]) + ended(late)
    assert given[1] is not None
    quiet = np.zeros(int(1.25 * 48_000), np.float32)
    assert_identical([*given[0], given[1], *given[2]], pushed(silent, [SPEECH, quiet, SPEECH]) + ended(silent))
    assert gesta.load("procedural").stream().idle(0.0) is None


@pytest.mark.slow
def test_hours_take_no_more_memory() -> None:
    stream = gesta.load("procedural").stream(0.4, seed=1, block_frames=30)
    minute = np.resize(np.concatenate([SPEECH, np.zeros(SAMPLE_RATE, np.float32)]), 60 * SAMPLE_RATE)
    sizes = []
    for _ in range(12):
        stream.push(minute)
        sizes.append(StreamState.of(stream).size_bytes)
    assert max(sizes[6:]) < 1.1 * max(sizes[2:6])
