"""MMGT's features for pictures: all layers of wav2vec2 at 25 frames a second.

The convolutions' rows are interpolated to the video's frames before the transformer hears them, as in the released code
(MMGT, src/dataset/audio_processor.py, whose network class comes from Hallo). That code separates the voice from music
with audio-separator (Kim_Vocal_2.onnx) before; here the recording is heard as it is, so separate it yourself if
there is music in it. It also fills up with silence to a multiple of the clip's frames: `padded_to`.

Recordings of up to `chunk_s` are heard at once, as published. In longer ones the transformer hears a chunk at a time
with `surround_s` on both sides; the convolutions are the same as all at once.
"""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from gesta.audio.encoders.loading import SpeechNetwork
from gesta.audio.encoders.rates import interpolated
from gesta.audio.encoders.waveform import Waveform
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.convolved import convolved
from gesta.audio.video_features.layers import all_layers
from gesta.audio.video_features.network import fingerprint_of, network_of
from gesta.audio.video_features.pieces import fitted, surrounded
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.records import Speech
from gesta.units import SAMPLE_RATE, VIDEO_FPS

KIND = "wav2vec2"


class Wav2Vec2Features(VideoFeatures):
    """All layers of a wav2vec2 network. Its files are looked up at once; it is loaded when first needed."""

    name = KIND

    def __init__(self, config: VideoFeaturesConfig) -> None:
        """Find the network's files.

        Raises:
            InputError: they are not there and cannot be fetched, or are another network's.
        """
        self.config = config
        self.network: SpeechNetwork = network_of(config)

    @property
    def layers(self) -> int:
        """The transformer's layers, 12 in the usual model."""
        return self.network.layers

    @property
    def size(self) -> int:
        """Channels of a layer, 768 in the usual model."""
        return self.network.size

    @cached_property
    def fingerprint(self) -> str:
        """The kind, and a digest of the weights and of every setting that changes the numbers."""
        return fingerprint_of(self.network, self.config, ("padded_to", "chunk_s", "surround_s", "precision"))

    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        """Consecutive (f, L, C) features, one stretch for each chunk."""
        yield from fitted(self._all(speech), speech.video_frame_count)

    def _all(self, speech: Speech) -> Iterator[np.ndarray]:
        """The same, of the silence at the end too."""
        lacking = -speech.video_frame_count % self.config.padded_to
        frames = speech.video_frame_count + lacking
        waveform = Waveform.of(speech, False, self.network.normalised).padded(lacking * SAMPLE_RATE // VIDEO_FPS)
        rows = convolved(self.network, waveform)
        at_frames = interpolated(rows, waveform.feature_count, frames, frames)
        for piece in surrounded(at_frames, self.config.chunk_frames, self.config.surround_frames):
            yield all_layers(self.network, piece.rows)[piece.first : piece.stop]
