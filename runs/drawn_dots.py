"""Discs in films of drawn poses: how they are drawn, where they may be, and what a video file makes of them.

Used by runs/example_points.py and runs/example_hands.py.
"""

from pathlib import Path

import av
import cv2
import numpy as np

JOINT_PX, DOT_PX = 4, 3
"""Radii of the discs of joints and of the face."""


def pictures(path: Path) -> np.ndarray:
    """All frames of a short film: (F, H, W, 3) uint8."""
    with av.open(str(path)) as film:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])


def disc(radius: int) -> np.ndarray:
    """A filled disc as it is drawn, as a kernel that sums to one."""
    drawn = np.zeros((2 * radius + 1, 2 * radius + 1), np.float32)
    cv2.circle(drawn, (radius, radius), radius, 1.0, -1)
    return drawn / drawn.sum()


def filled(evidence: np.ndarray, radius: int) -> np.ndarray:
    """How much of a disc round each pixel is filled by the evidence (H, W) of 0 to 1."""
    return cv2.filter2D(evidence.astype(np.float32), -1, disc(radius), borderType=cv2.BORDER_CONSTANT)


def peaks(share: np.ndarray, least: float, apart: float) -> np.ndarray:
    """(N, 2) the places x, y with shares of at least `least`, the best first, none nearer than `apart` to another."""
    rows, columns = np.nonzero(share >= least)
    order = np.argsort(-share[rows, columns], kind="stable")
    kept: list[tuple[int, int]] = []
    for x, y in zip(columns[order].tolist(), rows[order].tolist(), strict=True):
        if all((x - a) ** 2 + (y - b) ** 2 >= apart**2 for a, b in kept):
            kept.append((x, y))
    return np.array(kept, np.float64).reshape(-1, 2)


def through_video(picture: np.ndarray) -> np.ndarray:
    """A picture (H, W, 3), H and W even, with its colour as coarse as films keep it."""
    coarse: np.ndarray = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), cv2.COLOR_YUV2RGB_I420)
    return coarse
