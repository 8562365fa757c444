"""What every speech encoder is: a name, a fingerprint, two sizes, and features for each motion frame of a recording."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Protocol

from gesta.records import Speech, SpeechFeatures


class SpeechEncoder(Protocol):
    """Turns a recording into features at two levels, T frames at 30 a second.

    Attributes:
        name: the kind: "spectral", "accented", "hubert" or "wavlm".
        fingerprint: short text, safe as a folder's name, that differs whenever any setting that changes the numbers
            does; features with different fingerprints do not fit the same network.
        low_size, high_size: channels C of the lower level and D of the higher one.
    """

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    @property
    def low_size(self) -> int: ...

    @property
    def high_size(self) -> int: ...

    @abstractmethod
    def stretches(self, speech: Speech) -> Iterator[SpeechFeatures]:
        """Consecutive features of a recording, `speech.frame_count` frames in all; memory is bounded however long.

        Raises:
            InputError: the recording, or the encoder's own files, cannot be read.
        """
        ...

    def encode(self, speech: Speech) -> SpeechFeatures:
        """The features of a whole recording: exactly `speech.frame_count` frames.

        Raises:
            InputError: as for `stretches`.
        """
        return SpeechFeatures.concatenate(list(self.stretches(speech)))
