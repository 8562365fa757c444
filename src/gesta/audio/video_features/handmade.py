"""The 35 hand-made features of MMGT's first stage, by librosa: onsets, MFCC, chroma and beats at 25 frames a second.

As in the code that the method inherits (S2G-MDDiffusion, inference/data/audio_extraction/baseline_features.py):
sound at 12,800 Hz in hops of 512 samples; the beat tracker starts from a tempo that is found at 22,050 Hz. The call
for that is gone from librosa 0.11, where `librosa.feature.tempo` does the same. Onset strength and MFCC are limited
to 80 dB below the loudest there is, onsets and beats are chosen among all there are: these numbers depend on how much
is heard at once. Sound comes from gesta's 16 kHz, where the published code takes the file's own rate: above 8 kHz
there is nothing, which only the tempo could tell.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import numpy as np

from gesta.extras import extra_module
from gesta.units import SAMPLE_RATE, VIDEO_FPS

HOP = 512
RATE = HOP * VIDEO_FPS
"""12,800 Hz."""
TEMPO_RATE = 22_050
"""Where the tempo is looked for (librosa's usual rate)."""
MFCC_COUNT = 20
CHROMA_COUNT = 12
TIGHTNESS = 100
"""How strictly beats keep to the tempo."""
HANDMADE_SIZE = 1 + MFCC_COUNT + CHROMA_COUNT + 1 + 1
"""Onset strength, MFCC, chroma CENS, onset peaks, beats, in this order."""


def handmade_features(samples: np.ndarray) -> np.ndarray:
    """(S,) float32 samples at 16 kHz to (1 + N // 512, 35) float32, N being the samples at 12,800 Hz.

    Frame i is centred on i / 25 s.

    Raises:
        InputError: librosa is not installed.
    """
    librosa = extra_module("librosa", "The video features 'wavlm_handmade'")
    with _unworried():
        sound = librosa.resample(samples, orig_sr=SAMPLE_RATE, target_sr=RATE)
        envelope = librosa.onset.onset_strength(y=sound, sr=RATE)
        mfcc = librosa.feature.mfcc(y=sound, sr=RATE, n_mfcc=MFCC_COUNT)
        chroma = librosa.feature.chroma_cens(y=sound, sr=RATE, hop_length=HOP, n_chroma=CHROMA_COUNT)
        peaks = librosa.onset.onset_detect(onset_envelope=envelope, sr=RATE, hop_length=HOP)
        _, beats = librosa.beat.beat_track(
            onset_envelope=envelope,
            sr=RATE,
            hop_length=HOP,
            start_bpm=_tempo(librosa, samples),
            tightness=TIGHTNESS,
        )
    frames = len(envelope)
    columns = [envelope, *mfcc, *chroma, _marked(peaks, frames), _marked(beats, frames)]
    return np.stack(columns, axis=1).astype(np.float32)


def _tempo(librosa: ModuleType, samples: np.ndarray) -> float:
    """Beats a minute of (S,) samples at 16 kHz."""
    sound = librosa.resample(samples, orig_sr=SAMPLE_RATE, target_sr=TEMPO_RATE)
    return float(librosa.feature.tempo(y=sound, sr=TEMPO_RATE)[0])


def _marked(places: np.ndarray, frames: int) -> np.ndarray:
    """(frames,) 1 at some places, else 0."""
    marks = np.zeros(frames, np.float32)
    marks[places] = 1.0
    return marks


@contextmanager
def _unworried() -> Iterator[None]:
    """Without librosa's warnings about recordings shorter than its windows, and about silence."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="n_fft=", category=UserWarning)
        warnings.filterwarnings("ignore", message="Trying to estimate tuning", category=UserWarning)
        yield
