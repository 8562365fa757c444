"""What all models behind the public door share about streams: a whole recording through one, and going on from a state.

The stream itself is `gesta.live`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from gesta.errors import InputError
from gesta.live.body import Heard
from gesta.live.settings import StreamSettings
from gesta.live.state import StreamState
from gesta.live.stream import Stream
from gesta.models.common import LICENCE
from gesta.records import Plan, Prosody, Speech
from gesta.version import __version__


def stream_settings(**given: Any) -> StreamSettings:
    """Settings of a stream from what the caller gave.

    Raises:
        InputError: a value does not fit, for example a look-ahead below 0.1 s.
    """
    return StreamSettings.checked(given, "what a stream was opened with")


def stream_provenance(model: str, seed: int, licence: str = LICENCE) -> dict[str, Any]:
    """What is said of all motion of a stream."""
    return {"model": model, "gesta_version": __version__, "seed": seed, "licence": licence}


def through(stream: Stream, speech: Speech) -> Iterator[Heard]:
    """A whole recording through a stream, as it would have come live."""
    for block in speech.source.blocks():
        yield from stream.hear(block)
    yield from stream.end()


class Collected:
    """What was heard and planned on the way, gathered while the motion is made.

    Attributes:
        prosodies, plans: consecutive stretches.
    """

    def __init__(self) -> None:
        self.prosodies: list[Prosody] = []
        self.plans: list[Plan] = []

    def of(self, heard: Iterator[Heard]) -> Iterator[Heard]:
        """The same, remembered."""
        for news in heard:
            self.prosodies += news.prosodies
            self.plans += news.plans
            yield news

    @property
    def prosody(self) -> Prosody:
        """Of the whole recording."""
        return Prosody.concatenate(self.prosodies)


def resumed(
    state: StreamState,
    model: str,
    files: Mapping[str, str],
    outside: Mapping[str, object],
    device: torch.device | None = None,
) -> Stream:
    """The stream of a state.

    Args:
        state: of a stream of the same model.
        model, files: the name of the model here and the hashes of its files.
        outside: what of the model a state leaves out.
        device: where the model runs.

    Raises:
        InputError: it is another model's, or no state of a stream.
    """
    if (state.model, dict(state.files)) != (model, dict(files)):
        raise InputError(
            f"The state is one of the model '{state.model}', and this is '{model}'; resume it with its own."
        )
    return state.stream(outside, device)
