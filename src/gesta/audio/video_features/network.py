"""What the video features that come from speech networks share: finding the network, and their fingerprint."""

import hashlib
import json
from collections.abc import Sequence

from gesta.audio.encoders.loading import SpeechNetwork
from gesta.audio.video_features.config import VideoFeaturesConfig

DIGEST_LENGTH = 16


def network_of(config: VideoFeaturesConfig) -> SpeechNetwork:
    """The network that the settings ask for; it is loaded when first needed.

    Raises:
        InputError: its files are not there and cannot be fetched, or are another network's.
    """
    purpose = f"The video features '{config.kind}'"
    return SpeechNetwork(
        config.network, config.model_name, config.pinned_revision, config.device, config.precision, purpose
    )


def fingerprint_of(network: SpeechNetwork, config: VideoFeaturesConfig, settings: Sequence[str]) -> str:
    """The kind, and a digest of the network's files and of the settings that change the numbers.

    Args:
        network: hears.
        config: its settings.
        settings: names of those that count.
    """
    values = {
        "files": network.files_sha256,
        "settings": config.model_dump(include=set(settings)),
        "normalised": network.normalised,
    }
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return f"video-{config.kind}-{digest[:DIGEST_LENGTH]}"
