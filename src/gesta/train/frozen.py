"""What of a network a training never changes: it is made anew by the stage and neither averaged nor saved.

A stage's network names it in its attribute `frozen`: prefixes of the names of its parameters and buffers, for example
("video.reference.",). It is not asked which parameters have gradients, since some that have none change as well, such
as a teacher's. A checkpoint of a network whose frozen part has five gigabytes is as large as what was trained.
"""

from collections.abc import Collection, Iterator, Mapping

from torch import Tensor, nn

from gesta.errors import InputError

FROZEN = "frozen"
"""The attribute; a network without it changes as a whole."""


def is_frozen(network: nn.Module, name: str) -> bool:
    """Whether a parameter or buffer never changes."""
    return name.startswith(tuple(getattr(network, FROZEN, ())))


def freeze_all_but(network: nn.Module, trained: Collection[str]) -> tuple[str, ...]:
    """Let a network's parameters be as they are, but for those that are trained.

    Args:
        network: is changed: what is frozen gets no gradients.
        trained: names of parameters.

    Returns:
        as few prefixes as possible for the names of all other parameters and of the buffers beside them.
    """
    for name, values in network.named_parameters():
        values.requires_grad_(name in trained)
    prefixes = tuple(_frozen_below(network, "", set(trained)))
    if any(name.startswith(prefixes) for name in trained):
        raise ValueError("a frozen name is the beginning of a trained one")
    return prefixes


def _frozen_below(module: nn.Module, prefix: str, trained: set[str]) -> Iterator[str]:
    """Prefixes of what is frozen in one module."""
    if prefix and not any(name.startswith(prefix) for name in trained):
        yield prefix
        return
    own = [prefix + name for name, _ in module.named_parameters(recurse=False)]
    yield from (name for name in own if name not in trained)
    for name, inner in module.named_children():
        yield from _frozen_below(inner, f"{prefix}{name}.", trained)


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
