"""The learned mouth on another model's motion, and whether it does what mouths do."""

import itertools
import math
from importlib import resources

import numpy as np
import pytest

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.avatar.figure import figure
from gesta.avatar.lips import lip_gaps
from gesta.avatar.looks import look
from gesta.live.mouth import KEPT, READ, LearnedMouth
from gesta.models.mouth import with_mouth
from gesta.motion.face import ARKIT_INDEX
from gesta.mouth.heard import HeardMouth
from gesta.procedural.mouth import MouthReader
from gesta.procedural.mouth_pose import POSE_NAMES, arkit_of
from gesta.records import Prosody
from tests.motion.moving import made_motion
from tests.procedural.made_prosody import silence


@pytest.fixture(scope="module")
def prosody() -> Prosody:
    with resources.as_file(resources.files("gesta").joinpath("assets", "demo_voice.flac")) as path:
        return analyse(open_speech(path), math.inf)


def test_only_mouth_and_jaw_are_replaced(prosody: Prosody) -> None:
    motion = made_motion(prosody.frame_count)
    face = np.full((prosody.frame_count, 52), 0.3, np.float32)
    motion = motion.replaced(face=face, face_basis="arkit52")
    cuts = [0, 7, 100, prosody.frame_count]
    parts = (motion.frames(start, stop) for start, stop in itertools.pairwise(cuts))
    given = np.concatenate([part.face for part in with_mouth(parts, prosody, seed=4)])
    wanted = MouthReader(seed=4).push(prosody)
    np.testing.assert_allclose(given[:, READ], wanted[:, READ], atol=1e-6)
    others = np.setdiff1d(np.arange(52), READ)
    np.testing.assert_array_equal(given[:, others], face[:, others])
    assert {ARKIT_INDEX[name] for name in (*KEPT, "eyeBlinkLeft", "browInnerUp")} <= set(others)


def test_live_it_is_as_on_the_whole_recording(prosody: Prosody) -> None:
    """Sound comes in pieces and motion a little later: the mouth is that of a whole recording heard as far ahead."""
    look_ahead_s, late = 0.4, 9
    motion = made_motion(prosody.frame_count).replaced(
        face=np.zeros((prosody.frame_count, 52), np.float32), face_basis="arkit52"
    )
    mouth, given = LearnedMouth(4, look_ahead_s), []
    for start in range(0, prosody.frame_count, 5):
        mouth.hear(prosody.frames(start, start + 5))
        stop = min(start + 5, prosody.frame_count)
        done = sum(len(face) for face in given)
        until = stop - late if stop < prosody.frame_count else stop
        if until > done:
            given.append(mouth.into(motion.frames(done, until)).face)
    wanted = MouthReader(seed=4).push(prosody)
    np.testing.assert_allclose(np.concatenate(given)[:, READ], wanted[:, READ], atol=1e-5)


def test_the_mouth_moves_with_speech_and_rests_in_silence(prosody: Prosody) -> None:
    gaps = lip_gaps(figure(look()), arkit_of(HeardMouth().push(prosody)))
    speaking = prosody.activity > 0.9
    # Lips meet several times a second of speech, and open as wide as people's do.
    assert 0.04 < np.mean(gaps[speaking] < 0.003) < 0.4
    assert 0.005 < np.percentile(gaps[speaking], 95) < 0.02
    still = HeardMouth().push(silence())
    assert still.shape[1] == len(POSE_NAMES)
    assert np.abs(still).max() < 1e-6


def test_the_mouth_is_on_time(prosody: Prosody) -> None:
    jaw = HeardMouth().push(prosody)[:, 0]
    lags = range(-4, 5)
    sound = prosody.loudness - prosody.loudness.mean()
    fits = [np.corrcoef(jaw[4:-4], sound[4 - lag : len(sound) - 4 - lag])[0, 1] for lag in lags]
    assert abs(lags[int(np.argmax(fits))]) <= 1
