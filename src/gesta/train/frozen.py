"""What of a network a training never changes: it is made anew by the stage and neither averaged nor saved.

A stage's network names it in its attribute `frozen`: prefixes of the names of its parameters and buffers, for example
("video.reference.",). It is not asked which parameters have gradients, since some that have none change as well, such
as a teacher's. A checkpoint of a network whose frozen part has five gigabytes is as large as what was trained.
"""

from collections.abc import Mapping

from torch import Tensor, nn

from gesta.errors import InputError

FROZEN = "frozen"
"""The attribute; a network without it changes as a whole."""


def frozen_prefixes(network: nn.Module) -> tuple[str, ...]:
    """Beginnings of the names of what never changes."""
    return tuple(getattr(network, FROZEN, ()))


def is_frozen(network: nn.Module, name: str) -> bool:
    """Whether a parameter or buffer never changes."""
    return name.startswith(frozen_prefixes(network))


def changing(network: nn.Module) -> dict[str, Tensor]:
    """The parameters and persistent buffers that a training changes, by name."""
    return {name: value for name, value in network.state_dict().items() if not is_frozen(network, name)}


def load_changing(network: nn.Module, tensors: Mapping[str, Tensor], place: str) -> None:
    """Put back what `changing` gave.

    Args:
        network: is changed.
        tensors: by name.
        place: where they come from, for the sentence of an error.

    Raises:
        InputError: they are not those of this network.
    """
    expected = changing(network).keys()
    try:
        if strange := sorted(expected ^ tensors.keys()):
            raise RuntimeError(f"\n{strange[0]} is missing, or unknown")
        network.load_state_dict(dict(tensors), strict=False)
    except RuntimeError as error:
        first = " ".join(str(error).split("\n")[1:2]).strip()
        raise InputError(f"The weights in '{place}' are not those of this network: {first}") from None
