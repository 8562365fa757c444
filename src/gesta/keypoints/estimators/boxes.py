"""Boxes around persons: (left, top, right, bottom) in pixels, how far they overlap, and which of them is meant."""

import numpy as np


def overlap(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Shared area over joint area of one box and others.

    Args:
        box: (4,) left, top, right, bottom.
        boxes: (N, 4).

    Returns:
        (N,) 0 to 1.
    """
    corner = np.maximum(box[:2], boxes[:, :2])
    shared = np.clip(np.minimum(box[2:], boxes[:, 2:]) - corner, 0.0, None).prod(axis=1)
    joint = area(box[None]) + area(boxes) - shared
    return np.divide(shared, joint, out=np.zeros_like(shared), where=joint > 0.0)


def area(boxes: np.ndarray) -> np.ndarray:
    """Areas of (N, 4) boxes: (N,)."""
    return np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None).prod(axis=1)


def without_repeats(boxes: np.ndarray, scores: np.ndarray, most: float) -> np.ndarray:
    """Indices of the boxes that remain, surest first, when each removes those that overlap it by more than `most`.

    The published program counts sides one pixel longer when it compares areas; that is left out here.

    Args:
        boxes: (N, 4).
        scores: (N,).
        most: shared over joint area.
    """
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while len(waiting):
        kept.append(waiting[0])
        waiting = waiting[1:][overlap(boxes[waiting[0]], boxes[waiting[1:]]) <= most]
    return np.array(kept, dtype=np.int64)


def chosen(boxes: np.ndarray, scores: np.ndarray, size: tuple[int, int], person: str) -> np.ndarray:
    """The box of the person that is meant.

    Args:
        boxes: (N, 4), at least one, surest first.
        scores: (N,) 0 to 1.
        size: width and height of the picture.
        person: "first": the surest, as published; "largest": by area; "best": large, near the middle and sure, so
            that neither a clear face in the background nor somebody at the border wins.

    Returns:
        (4,).
    """
    if person == "first":
        return boxes[0]
    inside = np.clip(boxes.reshape(-1, 2, 2), 0.0, size).reshape(-1, 4)
    value = area(inside)
    if person == "best":
        middle = np.asarray(size) / 2.0
        away = np.abs((inside[:, :2] + inside[:, 2:]) / 2.0 - middle).max(axis=1)
        value = value * scores * (1.0 - away / max(size))
    return boxes[int(value.argmax())]


def around(points: np.ndarray, margin: float) -> np.ndarray:
    """The box around points, wider on each side by a share of its size.

    Args:
        points: (N, 2), at least one.
        margin: share of width and height that is added on each side.

    Returns:
        (4,).
    """
    low, high = points.min(axis=0), points.max(axis=0)
    extra = (high - low) * margin
    return np.concatenate([low - extra, high + extra])
