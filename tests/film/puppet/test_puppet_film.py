"""A puppet's film as a file: what was planted is seen and heard at the same moments when the file is decoded."""

from pathlib import Path

import av
import numpy as np

from gesta.audio.read import open_speech
from gesta.clip import Clip
from gesta.film.puppet.puppet import Puppet
from gesta.film.puppet_film import PuppetFilm
from gesta.film.puppet_moves import GivenMoves
from gesta.keypoints.canvas import canvas_for
from gesta.keypoints.layout import GROUPS
from gesta.records import Keypoints
from tests.audio.made_sounds import write_wav
from tests.film.puppet.motions import bumps, motion

RATE, SECONDS = 44_100, 3.0
MIDDLES_S = [0.51, 1.33, 2.17]


def clicks() -> np.ndarray:
    """(S,) silence with a click at each moment."""
    samples = np.zeros(round(RATE * SECONDS))
    for middle in MIDDLES_S:
        samples[round(middle * RATE) + np.arange(-40, 41)] = 0.8 * np.hanning(81) * np.cos(np.arange(-40, 41) * 0.4)
    return samples


def middles(times: np.ndarray, values: np.ndarray, around_s: float) -> np.ndarray:
    """The centroid of the values near each planted moment."""
    near = np.abs(times - np.array(MIDDLES_S)[:, None]) < around_s
    found: np.ndarray = (near * times * values).sum(axis=1) / (near * values).sum(axis=1)
    return found


def test_jaw_and_sound_are_together_in_the_file(tmp_path: Path, puppet: Puppet, keypoints: Keypoints) -> None:
    speech = open_speech(write_wav(tmp_path / "clicks.wav", clicks(), RATE))
    moved = motion(round(30 * SECONDS), {"jawOpen": 0.6 * bumps(round(30 * SECONDS), MIDDLES_S)})
    clip = Clip(PuppetFilm(puppet, speech, GivenMoves(moved)), canvas_for(puppet.size), {})
    clip.save(tmp_path / "film.mp4")
    lips = keypoints.points[0, GROUPS["face"]][48:68]
    (left, top), (right, bottom) = np.floor(lips.min(axis=0)).astype(int), np.ceil(lips.max(axis=0)).astype(int)
    shown, mouths, heard, sounds = [], [], [], []
    with av.open(str(tmp_path / "film.mp4")) as container:
        for frame in container.decode(video=0):
            shown.append(float(frame.pts * frame.time_base))
            mouths.append(frame.to_ndarray(format="rgb24")[top - 2 : bottom + 3, left:right].astype(float))
    with av.open(str(tmp_path / "film.mp4")) as container:
        for sound in container.decode(audio=0):
            heard.append(float(sound.pts * sound.time_base) + np.arange(sound.samples) / sound.sample_rate)
            sounds.append(sound.to_ndarray().mean(axis=0))
    closed = np.median(mouths, axis=0)
    open_ = np.abs(np.array(mouths) - closed).mean(axis=(1, 2, 3))
    seen_s = middles(np.array(shown), np.maximum(open_ - 0.3 * open_.max(), 0.0), 0.3)
    heard_s = middles(np.concatenate(heard), np.square(np.concatenate(sounds)), 0.1)
    assert len(shown) == 75
    assert np.abs(heard_s - MIDDLES_S).max() <= 0.001
    assert np.abs(seen_s - heard_s).max() <= 0.020
