"""From settings to a speech encoder."""

from collections.abc import Mapping

from gesta.audio.encoders.accented import AccentedEncoder
from gesta.audio.encoders.config import EncoderConfig
from gesta.audio.encoders.protocol import SpeechEncoder
from gesta.audio.encoders.spectral import SpectralEncoder

NEED_NO_NETWORK: Mapping[str, type[SpectralEncoder]] = {"spectral": SpectralEncoder, "accented": AccentedEncoder}
"""Encoders by kind that hear live too; networks hear whole recordings."""


def make_encoder(config: EncoderConfig) -> SpeechEncoder:
    """The encoder that the settings ask for; a network is loaded when it first has to hear something.

    Raises:
        InputError: the network's files are not there, or transformers is not installed.
    """
    if config.kind in NEED_NO_NETWORK:
        return NEED_NO_NETWORK[config.kind]()
    # Imported here so that the default encoder does not have to load torch.
    from gesta.audio.encoders.network import NetworkEncoder

    return NetworkEncoder(config)
