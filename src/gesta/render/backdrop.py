"""The studio: a floor with a faint grid that fades into a plain background, drawn once for every camera position."""

import numpy as np

from gesta.avatar.colours import linear_from_srgb
from gesta.kernels import inlined_kernel, kernel
from gesta.render.shading import dither, to_screen

MIDDLE = linear_from_srgb((206, 211, 217))
EDGE = linear_from_srgb((150, 158, 169))
FLOOR = linear_from_srgb((216, 217, 218))
VIGNETTE_START = 0.15
VIGNETTE_END = 0.95
"""Distances from the picture's middle, in picture heights."""

GRID_M = 0.5
LINE_M = 0.008
LINE_STRENGTH = 0.13
LEAST_FALL = 1e-6
"""A ray that falls less than this per metre never meets the floor."""
FLOOR_FADE_START_M = 0.3
FLOOR_FADE_END_M = 2.6


@inlined_kernel
def smooth(low: float, high: float, value: float) -> float:
    """0 below `low`, 1 above `high`, and a smooth way between."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    return share * share * (3.0 - 2.0 * share)


@inlined_kernel
def _floor_point(view: np.ndarray, column: float, row: float) -> tuple[float, float, float]:
    """Where a pixel's ray meets the floor.

    Args:
        view: (5, 3) from `Camera.packed`.
        column, row: pixel coordinates.

    Returns:
        world x and z in metres, and the distance along the ray's unit forward axis; distance 0 where it never does.
    """
    across = (column - view[4, 1]) / view[4, 0]
    upward = (view[4, 2] - row) / view[4, 0]
    fall = view[3, 1] + across * view[1, 1] + upward * view[2, 1]
    distance = max(0.0, -view[0, 1] / fall) if fall < -LEAST_FALL else 0.0
    x = view[0, 0] + distance * (view[3, 0] + across * view[1, 0] + upward * view[2, 0])
    z = view[0, 2] + distance * (view[3, 2] + across * view[1, 2] + upward * view[2, 2])
    return x, z, distance


@inlined_kernel
def _line(along: float, footprint: float) -> float:
    """How much of a grid line a pixel at `along` metres sees, when it spans `footprint` metres."""
    away = abs(along - GRID_M * np.round(along / GRID_M))
    span = max(footprint, LINE_M)
    return max(0.0, 1.0 - away / span) * min(1.0, LINE_M / span)


@kernel
def draw_plain(linear: np.ndarray, screen: np.ndarray) -> None:
    """Draw the background without a floor, which looks the same from everywhere.

    Args:
        linear: (H, W, 3) float32, written: linear light.
        screen: (H, W, 3) uint8, written.
    """
    height, width = linear.shape[0], linear.shape[1]
    for row in range(height):
        for column in range(width):
            away_x = (column + 0.5 - 0.5 * width) / height
            away_y = (row + 0.5 - 0.42 * height) / height
            edge = smooth(VIGNETTE_START, VIGNETTE_END, np.sqrt(away_x * away_x + away_y * away_y))
            for channel in range(3):
                linear[row, column, channel] = MIDDLE[channel] * (1.0 - edge) + EDGE[channel] * edge
                screen[row, column, channel] = to_screen(linear[row, column, channel], dither(column, row))


@inlined_kernel
def _sees_floor(view: np.ndarray, centre: np.ndarray, row: float) -> bool:
    """Whether any pixel of a row sees the floor before it has faded; the camera is never tilted about its own axis."""
    x, z, distance = _floor_point(view, view[4, 1], row)
    # The floor in a row of pixels is a line along the camera's right.
    away = abs((x - centre[0]) * view[1, 2] - (z - centre[2]) * view[1, 0])
    return distance > 0.0 and away < FLOOR_FADE_END_M


@kernel
def draw_backdrop(
    view: np.ndarray, centre: np.ndarray, plain: np.ndarray, plain_screen: np.ndarray, linear: np.ndarray,
    floor: np.ndarray, places: np.ndarray, screen: np.ndarray,
) -> None:  # fmt: skip
    """Draw the empty studio.

    Args:
        view: (5, 3) from `Camera.packed`.
        centre: (3,) metres, the point the floor fades away from.
        plain, plain_screen: from `draw_plain`.
        linear: (H, W, 3) float32, written: linear light.
        floor: (H, W) float32, written: share of the pixel that is floor and can take a shadow.
        places: (H, W, 2) float32, written where there is a floor: the place on it, world x and z in metres.
        screen: (H, W, 3) uint8, written.
    """
    height, width = floor.shape
    for row in range(height):
        if not _sees_floor(view, centre, row + 0.5):
            for column in range(width):
                floor[row, column] = 0.0
                for channel in range(3):
                    linear[row, column, channel] = plain[row, column, channel]
                    screen[row, column, channel] = plain_screen[row, column, channel]
            continue
        for column in range(width):
            x, z, distance = _floor_point(view, column + 0.5, row + 0.5)
            share, line = 0.0, 0.0
            if distance > 0.0:
                radius = np.sqrt((x - centre[0]) ** 2 + (z - centre[2]) ** 2)
                share = 1.0 - smooth(FLOOR_FADE_START_M, FLOOR_FADE_END_M, radius)
                footprint = distance / view[4, 0]
                slant = max(0.05, abs(view[0, 1]) / (distance + 1e-6))
                line = max(_line(x, footprint), _line(z, footprint / slant)) * LINE_STRENGTH * share
            floor[row, column] = share
            places[row, column, 0], places[row, column, 1] = x, z
            for channel in range(3):
                back = plain[row, column, channel]
                edge = (back - MIDDLE[channel]) / (EDGE[channel] - MIDDLE[channel])
                value = (back * (1.0 - share) + FLOOR[channel] * (1.0 - 0.35 * edge) * share) * (1.0 - line)
                linear[row, column, channel] = value
                screen[row, column, channel] = to_screen(value, dither(column, row))
