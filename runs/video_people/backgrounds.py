"""What lies behind a person: plain gradients, blurred shapes, or something like a room; drawn by chance."""

import colorsys

import numpy as np
from scipy.ndimage import gaussian_filter

KINDS = ("gradient", "shapes", "room")
GRAIN = 1.2
"""Deviation of the fine noise, in steps of 255, that keeps gradients from being flat."""


def background(chance: np.random.Generator, side: int) -> np.ndarray:
    """A background: (side, side, 3) uint8."""
    kind = KINDS[int(chance.integers(len(KINDS)))]
    made = {"gradient": _gradient, "shapes": _shapes, "room": _room}[kind](chance, side)
    return np.rint(np.clip(made + chance.normal(0.0, GRAIN, made.shape), 0, 255)).astype(np.uint8)


def _colour(chance: np.random.Generator, light: tuple[float, float], most_vivid: float = 0.45) -> np.ndarray:
    hue, saturation, value = chance.random(), most_vivid * chance.random(), chance.uniform(*light)
    return 255.0 * np.array(colorsys.hsv_to_rgb(hue, saturation, value))


def _grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    down, across = np.mgrid[:side, :side] / (side - 1.0)
    return across, down


def _gradient(chance: np.random.Generator, side: int) -> np.ndarray:
    """Two colours, one passing into the other along a line or from the middle."""
    across, down = _grid(side)
    first = _colour(chance, (0.25, 0.85))
    second = np.clip(first * chance.uniform(0.55, 1.35) + chance.normal(0.0, 12.0, 3), 0.0, 250.0)
    turn = chance.uniform(0.0, 2.0 * np.pi)
    along = 0.5 + (across - 0.5) * np.cos(turn) + (down - 0.5) * np.sin(turn)
    round_ = np.hypot(across - chance.uniform(0.2, 0.8), down - chance.uniform(0.1, 0.7))
    share = np.clip(along if chance.random() < 0.6 else 1.2 * round_, 0.0, 1.0)[..., None]
    return first + share * (second - first)


def _shapes(chance: np.random.Generator, side: int) -> np.ndarray:
    """Discs and boxes out of focus."""
    across, down = _grid(side)
    picture = _gradient(chance, side)
    for _ in range(int(chance.integers(4, 12))):
        x, y, wide, high = *chance.uniform(0.0, 1.0, 2), *chance.uniform(0.05, 0.3, 2)
        if chance.random() < 0.6:
            inside = ((across - x) / wide) ** 2 + ((down - y) / wide) ** 2 < 1.0
        else:
            inside = (np.abs(across - x) < wide) & (np.abs(down - y) < high)
        share = chance.uniform(0.3, 0.9)
        picture[inside] += share * (_colour(chance, (0.15, 0.95)) - picture[inside])
    return _soft(picture, side * chance.uniform(0.012, 0.05))


def _room(chance: np.random.Generator, side: int) -> np.ndarray:
    """A wall with a window or shelves, and something that stands before it."""
    across, down = _grid(side)
    wall = _colour(chance, (0.45, 0.9), 0.25)
    picture = wall * (1.0 - 0.25 * np.abs(across - chance.uniform(0.0, 1.0)))[..., None]
    left, top = chance.uniform(-0.2, 0.7), chance.uniform(-0.1, 0.25)
    wide, high = chance.uniform(0.25, 0.6), chance.uniform(0.3, 0.7)
    inside = (across > left) & (across < left + wide) & (down > top) & (down < top + high)
    if chance.random() < 0.5:
        picture[inside] = _colour(chance, (0.85, 1.0), 0.2)
        bars = (np.abs((across - left) / wide - 0.5) < 0.03) | (np.abs((down - top) / high - 0.5) < 0.03)
        picture[inside & bars] = 0.6 * wall
    else:
        picture[inside] *= 0.55
        _books(chance, picture, inside, (across - left) / wide, (down - top) / high)
    if chance.random() < 0.6:
        height = chance.uniform(0.65, 0.9)
        picture[down > height] = _colour(chance, (0.2, 0.6), 0.5)
    return _soft(picture, side * chance.uniform(0.006, 0.025))


def _books(
    chance: np.random.Generator, picture: np.ndarray, inside: np.ndarray, across: np.ndarray, down: np.ndarray
) -> None:
    """Fill a shelf: rows of narrow boxes of many colours."""
    rows, columns = int(chance.integers(2, 4)), int(chance.integers(6, 14))
    row, column = np.floor(down * rows), np.floor(across * columns)
    for number in range(rows * columns):
        at, beside = divmod(number, columns)
        own = inside & (row == at) & (column == beside) & (down * rows - at > chance.uniform(0.1, 0.45))
        picture[own] = _colour(chance, (0.2, 0.8), 0.7)


def _soft(picture: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(gaussian_filter(picture, (radius, radius, 0.0), mode="nearest"))
