"""What every source of video features is: a name, a fingerprint, two sizes, and rows for each video frame."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Protocol

import numpy as np

from gesta.records import Speech


class VideoFeatures(Protocol):
    """Turns a recording into F frames at 25 a second, each of L layers with C channels.

    Attributes:
        name: the kind: "spectral", "wavlm_handmade" or "wav2vec2".
        fingerprint: short text, safe as a folder's name, that differs whenever any setting that changes the numbers
            does; features with different fingerprints do not fit the same network.
        layers: L.
        size: C.
    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def layers(self) -> int: ...

    @property
    def size(self) -> int: ...

    @abstractmethod
    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        """Consecutive (f, L, C) float32 stretches, `speech.video_frame_count` frames in all; memory is bounded.

        Raises:
            InputError: the recording, or the networks' own files, cannot be read.
        """
        ...

    def encode(self, speech: Speech) -> np.ndarray:
        """A whole recording: (F, L, C) float32 with exactly `speech.video_frame_count` frames.

        Raises:
            InputError: as for `stretches`.
        """
        return np.concatenate(list(self.stretches(speech)))
