"""The mouth: shut in silence and on p, b and m, open on vowels, the same live and from a file, each its own."""

import itertools
import math
from importlib import resources

import numpy as np
import pytest

from gesta.audio.prosody import ProsodyAnalyser, analyse
from gesta.audio.read import open_speech
from gesta.motion.face import ARKIT_INDEX
from gesta.procedural.mouth import MouthReader
from gesta.procedural.mouth_pose import POSE_INDEX, POSE_NAMES, MouthHabits, arkit_of
from gesta.records import Phone, Prosody, Speech, Word, Words
from gesta.units import MOTION_FPS
from tests.procedural.made_prosody import made_prosody, silence

SOUNDS = ("M", "AA1", "M", "UW1", "F", "IY1", "B", "AA1")
STEP_S = 0.15
BEGIN_S = 1.0


@pytest.fixture(scope="module")
def voice() -> Speech:
    with resources.as_file(resources.files("gesta").joinpath("assets", "demo_voice.flac")) as path:
        return open_speech(path)


def said(labels: tuple[str, ...] = SOUNDS) -> Words:
    """One word of sounds of STEP_S each, from BEGIN_S on."""
    starts = [BEGIN_S + STEP_S * index for index in range(len(labels))]
    phones = tuple(Phone(label, at, at + STEP_S) for label, at in zip(labels, starts, strict=True))
    return Words((Word("word", BEGIN_S, starts[-1] + STEP_S, phones),))


def weight(face: np.ndarray, name: str) -> np.ndarray:
    return face[:, ARKIT_INDEX[name]]


def middle(index: int) -> int:
    """The frame at the middle of one of the sounds."""
    return round((BEGIN_S + STEP_S * (index + 0.5)) * MOTION_FPS)


@pytest.mark.parametrize("look_ahead_s", [0.1, 0.17, 0.2, 0.4])
def test_live_is_as_recorded(voice: Speech, look_ahead_s: float) -> None:
    whole = MouthReader(seed=2).push(analyse(voice, look_ahead_s))
    samples = np.concatenate(list(voice.source.blocks()))
    analyser, reader = ProsodyAnalyser(look_ahead_s), MouthReader(seed=2)
    cuts = np.cumsum(np.random.default_rng(1).integers(80, 6000, 400))
    parts = [reader.push(analyser.push(block)) for block in np.split(samples, cuts[cuts < len(samples)])]
    live = np.concatenate([*parts, reader.push(analyser.finish())])
    np.testing.assert_allclose(live, whole, atol=1e-6)


def test_a_file_in_blocks_is_as_whole(voice: Speech) -> None:
    prosody = analyse(voice)
    reader = MouthReader(said())
    cut = [reader.push(prosody.frames(start, start + 50)) for start in range(0, prosody.frame_count, 50)]
    np.testing.assert_allclose(np.concatenate(cut), MouthReader(said()).push(prosody), atol=1e-9)


def test_what_is_ahead_is_what_comes(voice: Speech) -> None:
    whole = analyse(voice, 0.4)
    part = whole.frames(10, 20)
    assert part.ahead is not None
    assert part.ahead.frame_count == part.frames_ahead == 3
    np.testing.assert_array_equal(part.ahead.bands, whole.bands[20:23])
    # A part of a part knows what was ahead of it, and beyond the end there is nothing.
    again = part.frames(0, 9)
    assert again.ahead is not None
    np.testing.assert_array_equal(again.ahead.level_db, whole.level_db[19:22])
    last = whole.frames(0, whole.frame_count)
    assert last.ahead is not None
    assert last.ahead.frame_count == 0


def test_silence_shuts_the_mouth() -> None:
    face = MouthReader(seed=1).push(silence())
    assert weight(face, "jawOpen").max() < 0.02
    assert face.max() < 0.1


def test_lips_shut_on_p_b_and_m_and_open_between() -> None:
    face = MouthReader(said()).push(made_prosody(4.0))
    jaw, close = weight(face, "jawOpen"), weight(face, "mouthClose")
    for index, label in enumerate(SOUNDS):
        gap = float(jaw[middle(index)] - close[middle(index)])
        pressed = float(weight(face, "mouthPressLeft")[middle(index)])
        if label in ("M", "B"):
            assert gap < 0.004 and pressed > 0.3, (label, gap)
        else:
            assert gap > 0.006 and pressed < 0.05, (label, gap)
    assert jaw[middle(1)] > 0.2
    assert weight(face, "mouthPucker")[middle(3)] > 2 * weight(face, "mouthPucker")[middle(1)]
    assert weight(face, "mouthStretchLeft")[middle(5)] > weight(face, "mouthStretchLeft")[middle(3)]
    assert np.argmax(weight(face, "mouthRollLower")) == pytest.approx(middle(4), abs=2)


def test_rounding_comes_before_its_sound() -> None:
    # Two words differ in their last vowel alone; lips know it while they still say the s before.
    face = {last: MouthReader(said(("S", last))).push(made_prosody(4.0)) for last in ("UW1", "IY1")}
    before = round((BEGIN_S + 0.8 * STEP_S) * MOTION_FPS)
    assert weight(face["UW1"], "mouthPucker")[before] > weight(face["IY1"], "mouthPucker")[before] + 0.02


def test_louder_opens_wider() -> None:
    words, loud = said(("AA1",) * 4), made_prosody(4.0)
    softer = Prosody(**{**loud.__dict__, "loudness": 0.4 * loud.loudness})
    near = slice(middle(0), middle(3))
    wide, narrow = (weight(MouthReader(words).push(prosody), "jawOpen")[near].mean() for prosody in (loud, softer))
    assert wide > 1.2 * narrow


def test_guessed_times_do_not_lead_the_lips() -> None:
    words, prosody = said(), made_prosody(4.0)
    guessed = Words(words.words, spread=True)
    np.testing.assert_array_equal(MouthReader(guessed).push(prosody), MouthReader().push(prosody))


def test_two_seeds_are_two_mouths_and_no_mouth_is_even() -> None:
    poses = np.full((1, len(POSE_NAMES)), 0.3)
    faces = [arkit_of(poses, MouthHabits.drawn(seed)) for seed in range(4)]
    assert all(np.abs(one - other).max() > 0.01 for one, other in itertools.pairwise(faces))
    assert np.mean([abs(weight(face, "mouthPressLeft") - weight(face, "mouthPressRight")) for face in faces]) > 0.002
    assert all(face.min() >= 0.0 and face.max() <= 1.0 for face in faces)


def test_pressed_lips_meet_at_any_jaw() -> None:
    poses = np.zeros((5, len(POSE_NAMES)))
    poses[:, POSE_INDEX["jaw"]], poses[:, POSE_INDEX["closed"]] = np.linspace(0.0, 1.0, 5), 1.0
    face = arkit_of(poses, MouthHabits.drawn(3))
    np.testing.assert_allclose(weight(face, "mouthClose"), weight(face, "jawOpen"))
    assert math.isclose(float(weight(face, "tongueOut").max()), 0.0)
