"""MMGT's features for keypoints: the last layer of WavLM-large beside 35 hand-made channels, 1,059 in all.

WavLM gives n rows at 50 a second; the last is repeated, and n + 1 rows are interpolated to (n + 1) / 2 frames, rounded
up, first on first and last on last (MMGT, data/audio_extraction/wavlm_features.py). 3.2 s give exactly the 80 frames
that are published; elsewhere the count may be one short of `speech.video_frame_count`, and the last frame is repeated.

context = "whole" hears the recording as published for training: at once, up to `chunk_s`; longer ones a chunk at a
time with `surround_s` on both sides. "slices" hears each 3.2 s on its own, as published for speaking; the last slice
reaches back, so that it is 3.2 s long too, and gives the frames that are lacking.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from gesta.audio.encoders.config import FEATURE_RATE
from gesta.audio.encoders.loading import SpeechNetwork
from gesta.audio.encoders.rates import interpolated
from gesta.audio.encoders.waveform import Waveform
from gesta.audio.source import ArraySource
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.convolved import convolved
from gesta.audio.video_features.handmade import HANDMADE_SIZE, handmade_features
from gesta.audio.video_features.layers import last_layer
from gesta.audio.video_features.network import fingerprint_of, network_of
from gesta.audio.video_features.pieces import fitted, side_by_side, surrounded
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.records import Speech
from gesta.units import SAMPLE_RATE, VIDEO_FPS, video_frame_count

KIND = "wavlm_handmade"
SLICE_FRAMES = 80
"""Frames of a published slice (3.2 s)."""
FRAME_SAMPLES = SAMPLE_RATE // VIDEO_FPS
ROWS_PER_FRAME = FEATURE_RATE // VIDEO_FPS
LEAST_VARIANCE = 1e-5
"""Added to the waveform's variance before dividing (torch's layer_norm, which the released code calls)."""


class WavlmHandmadeFeatures(VideoFeatures):
    """WavLM beside hand-made features. The network's files are looked up at once; it is loaded when first needed."""

    name = KIND
    layers = 1

    def __init__(self, config: VideoFeaturesConfig) -> None:
        """Find the network's files.

        Raises:
            InputError: they are not there and cannot be fetched, or are another network's.
        """
        self.config = config
        self.network: SpeechNetwork = network_of(config)

    @property
    def size(self) -> int:
        """Channels: the network's, 1,024 in the usual model, and 35."""
        return self.network.size + HANDMADE_SIZE

    @cached_property
    def fingerprint(self) -> str:
        """The kind, and a digest of the weights and of every setting that changes the numbers."""
        return fingerprint_of(self.network, self.config, ("context", "chunk_s", "surround_s", "precision"))

    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        """Consecutive (f, 1, C) features: one stretch for each slice, or about one for each chunk."""
        stretches = self._heard(speech) if self.config.context == "whole" else self._heard_in_slices(speech)
        for rows in fitted(stretches, speech.video_frame_count):
            yield rows[:, np.newaxis]

    def _heard_in_slices(self, speech: Speech) -> Iterator[np.ndarray]:
        """(f, C) features of each slice, without frames that earlier ones have given."""
        for samples, known in _slices(speech):
            yield np.concatenate(list(self._heard(_recording(samples))))[known:]

    def _heard(self, speech: Speech) -> Iterator[np.ndarray]:
        """(f, C) features of what is heard as one recording, a chunk at a time."""
        frames = speech.video_frame_count
        yield from side_by_side(fitted(self._network_rows(speech), frames), fitted(self._handmade(speech), frames))

    def _network_rows(self, speech: Speech) -> Iterator[np.ndarray]:
        """(f, C) of the network alone."""
        waveform = Waveform.of(speech, False, self.network.normalised, LEAST_VARIANCE)
        chunk, reach = (ROWS_PER_FRAME * n for n in (self.config.chunk_frames, self.config.surround_frames))
        count = waveform.feature_count + 1
        pieces = surrounded(convolved(self.network, waveform), chunk, reach)
        rows = (last_layer(self.network, piece.rows)[piece.first : piece.stop] for piece in pieces)
        places = -(-count // ROWS_PER_FRAME)
        return interpolated(fitted(rows, count), count, places, places)

    def _handmade(self, speech: Speech) -> Iterator[np.ndarray]:
        """(f, 35) of the hand-made features alone."""
        chunk, reach = (FRAME_SAMPLES * n for n in (self.config.chunk_frames, self.config.surround_frames))
        for piece in surrounded(speech.source.blocks(), chunk, reach):
            first, frames = piece.first // FRAME_SAMPLES, video_frame_count(piece.stop - piece.first)
            yield handmade_features(piece.rows)[first : first + frames]


def _slices(speech: Speech) -> Iterator[tuple[np.ndarray, int]]:
    """(S,) samples of each slice, with the number of its frames that earlier slices have given."""
    length = SLICE_FRAMES * FRAME_SAMPLES
    for piece in surrounded(speech.source.blocks(), length, length):
        own = piece.rows[piece.first : piece.stop]
        lacking = SLICE_FRAMES - video_frame_count(len(own))
        known = min(lacking, piece.first // FRAME_SAMPLES)
        yield piece.rows[piece.first - known * FRAME_SAMPLES : piece.stop], known


def _recording(samples: np.ndarray) -> Speech:
    """A slice as a recording of its own, which nobody has to recognise."""
    return Speech("slice", len(samples), "", ArraySource(samples))
