"""Real speech from ../shared/data: pitch as librosa hears it, syllables at the envelope's peaks, speed and memory."""

import time
from pathlib import Path

import numpy as np
import pytest
from scipy import signal

from gesta.audio.framing import Framer
from gesta.audio.pitch import pitch_candidates
from gesta.audio.prosody import ProsodyAnalyser, analyse
from gesta.audio.read import open_speech
from gesta.audio.tracking import TrackerState, track
from gesta.records import Speech
from gesta.units import SAMPLE_RATE
from tests.audio.made_sounds import speech_like

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "speech"
CLIPS = ("LJ001-0001.flac", "LJ001-0003.flac", "LJ001-0005.flac", "LJ001-0007.flac")
needs_speech = pytest.mark.skipif(not FOLDER.exists(), reason="../shared/data/speech is not here")


def samples_of(speech: Speech) -> np.ndarray:
    return np.concatenate(list(speech.source.blocks()))


def analysis_pitch(samples: np.ndarray) -> np.ndarray:
    """(N,) F0 in Hz at 120 Hz, 0 where unvoiced."""
    state, framer = TrackerState(), Framer()
    padded = np.concatenate([samples, np.zeros(SAMPLE_RATE // 5, np.float32)])
    return np.concatenate([track(state, *pitch_candidates(windows))[0] for windows in framer.push(padded)])


@needs_speech
@pytest.mark.slow
@pytest.mark.parametrize("clip", CLIPS)
def test_pitch_agrees_with_librosa(clip: str) -> None:
    librosa = pytest.importorskip("librosa", reason="librosa is not installed (extra: research)")
    samples = samples_of(open_speech(FOLDER / clip))
    theirs, voiced, _ = librosa.pyin(samples, fmin=60.0, fmax=500.0, sr=SAMPLE_RATE, frame_length=1024, hop_length=160)
    ours = analysis_pitch(samples)[np.rint(np.arange(len(theirs)) * 1.2).astype(int)]
    both = voiced & (ours > 0.0)
    assert np.mean(np.abs(ours[both] / theirs[both] - 1.0) < 0.05) >= 0.9
    assert np.mean(voiced == (ours > 0.0)) >= 0.8


@needs_speech
@pytest.mark.parametrize("look_ahead_s", [0.4, float("inf")])
def test_events_are_as_many_as_in_read_english(look_ahead_s: float) -> None:
    speeches = [open_speech(FOLDER / clip) for clip in CLIPS]
    heard = [analyse(speech, look_ahead_s) for speech in speeches]
    spoken_s = sum(prosody.activity.sum() / 30.0 for prosody in heard)
    assert 3.0 < sum(len(prosody.nuclei) for prosody in heard) / spoken_s < 6.0
    assert 1.0 < sum(len(prosody.accents) for prosody in heard) / spoken_s < 2.2
    strengths = np.concatenate([prosody.accents.strengths for prosody in heard])
    assert np.ptp(np.percentile(strengths, [10.0, 90.0])) > 0.5


@needs_speech
@pytest.mark.parametrize("clip", CLIPS)
def test_accents_lie_at_peaks_of_the_envelope(clip: str) -> None:
    speech = open_speech(FOLDER / clip)
    low_pass = signal.butter(2, 8.0, fs=SAMPLE_RATE, output="sos")
    envelope = signal.sosfiltfilt(low_pass, np.abs(samples_of(speech)))[::160]
    peaks = signal.find_peaks(envelope, distance=15, prominence=0.3 * envelope.std())[0] / 100.0
    prosody = analyse(speech)
    for times in (prosody.nuclei.times_s, prosody.accents.times_s):
        assert np.median(np.min(np.abs(times[:, np.newaxis] - peaks), axis=1)) < 0.06


def test_faster_than_fifty_times_real_time() -> None:
    sound = speech_like(seed=9, duration_s=20.0)
    ProsodyAnalyser().push(sound[:SAMPLE_RATE])
    analyser, start = ProsodyAnalyser(), time.process_time()
    analyser.push(sound)
    analyser.finish()
    assert time.process_time() - start < 20.0 / 50.0


@pytest.mark.slow
def test_ten_minutes_take_little_memory() -> None:
    resource = pytest.importorskip("resource", reason="peak memory is only measured on Unix")
    minute = speech_like(seed=9, duration_s=60.0)
    analyser = ProsodyAnalyser()
    analyser.push(minute)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(9):
        analyser.push(minute)
    assert analyser.finish().frame_count == 10 * 60 * 30
    added_megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024.0
    assert added_megabytes < 30.0
