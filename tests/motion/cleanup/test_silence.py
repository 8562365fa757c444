"""Long silences: when a body idles, and that it is back in time."""

import numpy as np
import pytest

from gesta.motion.cleanup.silence import SilenceSettings, faded, idle_share
from gesta.motion.rotations import angle_between
from gesta.motion.skeleton import skeleton
from tests.motion.moving import made_motion

SETTINGS = SilenceSettings(after_s=2.0, fade_s=1.0)


def activity(frames: int = 600, silent: tuple[int, int] = (200, 400)) -> np.ndarray:
    result = np.ones(frames)
    result[slice(*silent)] = 0.0
    return result


def test_a_body_idles_after_two_seconds_and_is_back_when_speech_begins() -> None:
    share = idle_share(activity(), SETTINGS)
    assert share[: 200 + 60].max() == 0.0
    assert share[400:].max() == 0.0
    assert share[200 + 60 + 32 : 400 - 32].min() == pytest.approx(1.0)
    assert np.abs(np.diff(share)).max() < 0.1


def test_pauses_within_speech_change_nothing() -> None:
    assert idle_share(activity(silent=(200, 255)), SETTINGS).max() == 0.0


def test_a_silent_end_idles_to_the_last_frame_and_silence_alone_throughout() -> None:
    assert idle_share(np.zeros(300), SETTINGS) == pytest.approx(np.ones(300))
    assert idle_share(activity(silent=(400, 600)), SETTINGS)[-1] == pytest.approx(1.0)


def test_a_share_depends_on_its_stated_surroundings_only() -> None:
    sound = (np.random.default_rng(0).uniform(size=900) > 0.02).astype(float)
    sound[300:500] = 0.0
    whole = idle_share(sound, SETTINGS)
    first, last = 350, 420
    part = idle_share(sound[first - SETTINGS.before_frames : last + SETTINGS.ahead_frames], SETTINGS)
    assert whole[first:last] == pytest.approx(part[SETTINGS.before_frames : SETTINGS.before_frames + last - first])


def test_only_the_upper_body_goes_over() -> None:
    motion, idle = made_motion(90), made_motion(90, seed=1)
    share = np.linspace(0.0, 1.0, 90)
    found = faded(motion, idle, share)
    arms = skeleton().indices(["left_shoulder", "head", "right_index1"])
    legs = skeleton().indices(["pelvis", "left_hip", "right_knee"])
    assert np.array_equal(found.rotations[:, legs], motion.rotations[:, legs])
    assert np.array_equal(found.translation, motion.translation)
    assert angle_between(found.rotations[-1, arms], idle.rotations[-1, arms]).max() < 1e-5
    assert np.array_equal(found.rotations[0], motion.rotations[0])
    assert found.face[-1] == pytest.approx(idle.face[-1])
