"""What a picture is cut into: a body, arms before it, and the background, which together are the picture again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Layer:
    """One piece of a person.

    Attributes:
        name: "body", "left_arm" or "right_arm", the person's own.
        colour: (H, W, 3) float32, 0 to 1: the piece's own colours, going on beyond its edge. Not weighted by alpha;
            who bends a layer should weight first, so that faint pixels do not count as much as full ones.
        alpha: (H, W) float32, 0 to 1: how much of each pixel it covers.
        upper_arms: (H, W) float32, 0 to 1, of the body: how much of it is an upper arm and moves as the arm does that
            lies before it; none: nothing is.
    """

    name: str
    colour: np.ndarray
    alpha: np.ndarray
    upper_arms: np.ndarray | None = None


@dataclass(frozen=True)
class Cutout:
    """A picture in pieces.

    Attributes:
        layers: back to front: "body" is head, hair, trunk and legs; then arms with their hands, each only where it
            can move.
        background: (H, W, 3) float32, 0 to 1, whole: made up where the person hides it.
        person: (H, W) float32, 0 to 1: how much of each pixel all layers cover together.
        notes: sentences about what the pieces lack.
    """

    layers: tuple[Layer, ...]
    background: np.ndarray
    person: np.ndarray
    notes: tuple[str, ...] = ()


def composite(layers: Sequence[Layer], background: np.ndarray) -> np.ndarray:
    """Layers over a background: (H, W, 3) float32, 0 to 1."""
    seen = background.astype(np.float32)
    for layer in layers:
        alpha = layer.alpha[..., None]
        seen = alpha * layer.colour + (1.0 - alpha) * seen
    return seen


def exact(layers: Sequence[Layer], background: np.ndarray, picture: np.ndarray) -> tuple[Layer, ...]:
    """Layers whose colours are changed as little as possible so that they show the picture again.

    The change is that of least squares: what is missing goes to each layer by how much of it is seen there. Where a
    colour cannot go further, the next round gives the rest to the others.

    Args:
        layers: back to front.
        background: (H, W, 3) float32, stays as it is.
        picture: (H, W, 3) float32.
    """
    colours = [layer.colour.copy() for layer in layers]
    for _ in range(ROUNDS):
        now = tuple(replace(layer, colour=colour) for layer, colour in zip(layers, colours, strict=True))
        missing = picture - composite(now, background)
        above: np.ndarray = np.ones(background.shape[:2], np.float32)
        shares: list[np.ndarray] = []
        for layer in reversed(layers):
            shares.append(above * layer.alpha)
            above = above * (1.0 - layer.alpha)
        total = np.sum(np.square(shares), axis=0)
        for colour, share in zip(colours, reversed(shares), strict=True):
            part = np.divide(share, total, out=np.zeros_like(share), where=total > LEAST)
            np.clip(colour + part[..., None] * missing, 0.0, 1.0, out=colour)
    return tuple(replace(layer, colour=colour) for layer, colour in zip(layers, colours, strict=True))


ROUNDS = 3
LEAST = 1e-6
"""Where less than this is seen of all layers together, nothing is changed."""
