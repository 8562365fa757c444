"""Shadows on the floor: what the key light does not reach, and what is dark under the body."""

import numpy as np

from gesta.kernels import shading_kernel
from gesta.render.contact import sky_share
from gesta.render.shading import KEY, dither, to_screen
from gesta.render.shadow import box_along, light_share
from gesta.render.visibility import BEHIND, find_window, project_vertices

FLOOR_SOFTNESS = 2
"""Texels between the samples of a shadow that falls on the floor: softer than on the body."""
FLOOR_KEY_SHARE = 0.40
"""Part of the floor's light that the key light gives."""
CONTACT_MARGIN_M = 0.4
"""How far the contact shadow reaches beyond the body."""
FULLY_LIT = 0.999
NODE_STEP = 4
"""Pixels of a row between places where shadows are looked up; their edges are several times softer than this."""


def shadow_window(vertices: np.ndarray, view: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The rectangle of the picture in which the floor can be darkened, as `find_window` gives it: (4,) int64.

    Args:
        vertices: (V, 3) metres.
        view: (5, 3) from `Camera.packed`.
        shape: height and width of the picture.
    """
    box = np.empty((2, 3))
    box_along(vertices, np.eye(3), box)
    low, high = box
    corners = np.stack(np.meshgrid(*np.stack([low, high], axis=1), indexing="ij"), axis=-1).reshape(-1, 3)
    under = corners + np.where(corners < 0.5 * (low + high), -CONTACT_MARGIN_M, CONTACT_MARGIN_M)
    thrown = corners - np.maximum(corners[:, 1:2], 0.0) * (KEY / KEY[1])
    on_floor = (np.concatenate([under, thrown]) * (1.0, 0.0, 1.0)).astype(np.float32)
    screen, window = np.empty((len(on_floor), 3)), np.zeros(4, np.int64)
    project_vertices(on_floor, view, screen)
    if np.any(screen[:, 2] <= BEHIND):
        return np.array((0, shape[0], 0, shape[1]), np.int64)
    find_window(screen, shape, window)
    return window


@shading_kernel
def paint_floor(
    window: np.ndarray, spans: np.ndarray, inverse: np.ndarray, places: np.ndarray, to_map: np.ndarray,
    depths: np.ndarray, bounds: np.ndarray, corner: np.ndarray, kept: np.ndarray, floor: np.ndarray,
    linear: np.ndarray, light: np.ndarray, nodes: np.ndarray, picture: np.ndarray,
) -> None:  # fmt: skip
    """Darken the floor where shadows fall.

    Args:
        window: (4,) rectangle in which they can fall.
        spans, inverse: what covers each sample, from `draw_visibility`.
        places: (H, W, 2) where on the floor each pixel looks, from `draw_backdrop`.
        to_map, depths, bounds: the shadow map.
        corner, kept: the contact map.
        floor, linear: (H, W) and (H, W, 3), the empty studio.
        light: (H, W) float32, written inside `window`: share of its light that the pixel keeps.
        nodes: (W // NODE_STEP + 2,) float32, scratch.
        picture: (H, W, 3) uint8 that holds the empty studio; written.
    """
    one, key = np.float32(1.0), np.float32(FLOOR_KEY_SHARE)
    first, end = window[2], window[3]
    count = (end - first) // NODE_STEP + 2
    for row in range(window[0], window[1]):
        light[row, first:end] = one
        for node in range(count):
            column = min(first + node * NODE_STEP, end - 1)
            share = one
            if floor[row, column] > 0.0:
                x, z = places[row, column, 0], places[row, column, 1]
                sun = light_share(x, np.float32(0.0), z, to_map, depths, bounds, FLOOR_SOFTNESS)
                share = (one - key * (one - sun)) * sky_share(x, z, corner, kept)
            nodes[node] = share
        for node in range(count - 1):
            here, there = nodes[node], nodes[node + 1]
            if min(here, there) >= np.float32(FULLY_LIT):
                continue
            start = first + node * NODE_STEP
            for column in range(start, min(start + NODE_STEP, end)):
                if spans[row, 0] <= column < spans[row, 1]:
                    upper = min(inverse[row, column, 0], inverse[row, column, 1])
                    if min(upper, inverse[row, column, 2], inverse[row, column, 3]) > 0.0:
                        continue
                part = np.float32(column - start) * np.float32(1.0 / NODE_STEP)
                share = one - floor[row, column] * (one - here - (there - here) * part)
                light[row, column] = share
                noise = dither(column, row)
                for channel in range(3):
                    picture[row, column, channel] = to_screen(linear[row, column, channel] * share, noise)
