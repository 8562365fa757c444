"""Which weights of the video network each of its two trainings changes.

On pictures, the reference network learns to be read, the denoiser to draw, the pose guider to guide; nothing moves and
nothing is heard. On films, what moves and what hears learns, and the rest stays. Source: MMGT's release (its trainings
"process 1" and "process 2").
"""

from collections.abc import Iterator

from torch import nn

from gesta.mmgt.video_network import VideoNetwork

FILM_PARTS = ("motion_modules", "audio_modules")


def picture_parameters(network: VideoNetwork) -> dict[str, nn.Parameter]:
    """By name, what training on pictures changes.

    The reference network's last block is left out: only the first half of its last layer is ever looked at.
    """
    last = f"reference.up_blocks.{len(network.config.sizes.widths) - 1}."
    return {
        name: values
        for name, values in _parameters(network, ("denoiser", "reference", "pose_guider"))
        if not is_of_films(name) and not name.startswith(last)
    }


def film_parameters(network: VideoNetwork) -> dict[str, nn.Parameter]:
    """By name, what training on films changes."""
    # Where nothing listens, the audio projection is asked for nothing and stays as it is.
    networks = ("denoiser", "audio_projection") if network.config.hearing.places else ("denoiser",)
    return {name: values for name, values in _parameters(network, networks) if is_of_films(name)}


def _parameters(network: VideoNetwork, networks: tuple[str, ...]) -> Iterator[tuple[str, nn.Parameter]]:
    for name, values in network.named_parameters():
        if name.split(".", 1)[0] in networks:
            yield name, values


def is_of_films(name: str) -> bool:
    """Whether a tensor of the network, by its name, is of no use to the training on pictures."""
    return name.startswith("audio_projection.") or any(f".{part}." in name for part in FILM_PARTS)
