"""Which triangle each sample of the picture sees: projection, culling and a z-buffer with four samples a pixel.

The samples sit on a rotated grid, so that nearly level and nearly upright edges are smooth too. Vertices are snapped
to 1/256 pixel, which makes the edge tests exact in float64: neighbours leave no gap.
"""

import numpy as np

from gesta.render.camera import NEAR_M
from gesta.render.kernels import kernel

SAMPLES = 4
SAMPLE_X = np.array([0.375, 0.875, 0.125, 0.625])
SAMPLE_Y = np.array([0.125, 0.375, 0.625, 0.875])
SNAP = 256.0
BEHIND = 0.0
"""Inverse distance of a vertex that is too near to the camera or behind it."""


@kernel
def project_vertices(vertices: np.ndarray, view: np.ndarray, screen: np.ndarray) -> None:
    """Project vertices onto the picture.

    Args:
        vertices: (V, 3) metres.
        view: (5, 3) from `Camera.packed`.
        screen: (V, 3) float64, written: pixel x, pixel y, inverse distance (BEHIND where it cannot be drawn).
    """
    for index in range(vertices.shape[0]):
        x = vertices[index, 0] - view[0, 0]
        y = vertices[index, 1] - view[0, 1]
        z = vertices[index, 2] - view[0, 2]
        distance = x * view[3, 0] + y * view[3, 1] + z * view[3, 2]
        if distance < NEAR_M:
            screen[index, 2] = BEHIND
            continue
        scale = view[4, 0] / distance
        across = view[4, 1] + scale * (x * view[1, 0] + y * view[1, 1] + z * view[1, 2])
        down = view[4, 2] - scale * (x * view[2, 0] + y * view[2, 1] + z * view[2, 2])
        screen[index, 0] = np.floor(across * SNAP + 0.5) / SNAP
        screen[index, 1] = np.floor(down * SNAP + 0.5) / SNAP
        screen[index, 2] = 1.0 / distance


@kernel
def find_window(screen: np.ndarray, shape: tuple[int, int], window: np.ndarray) -> None:
    """The rectangle of the picture that the vertices can touch: (4,) int64 first row, row end, first column, end."""
    low_x, high_x, low_y, high_y = 1e30, -1e30, 1e30, -1e30
    for index in range(screen.shape[0]):
        if screen[index, 2] > BEHIND:
            low_x = min(low_x, screen[index, 0])
            high_x = max(high_x, screen[index, 0])
            low_y = min(low_y, screen[index, 1])
            high_y = max(high_y, screen[index, 1])
    height, width = shape
    window[0] = int(min(max(np.floor(low_y), 0.0), float(height)))
    window[1] = int(min(max(np.ceil(high_y), float(window[0])), float(height)))
    window[2] = int(min(max(np.floor(low_x), 0.0), float(width)))
    window[3] = int(min(max(np.ceil(high_x), float(window[2])), float(width)))


@kernel
def draw_visibility(
    screen: np.ndarray, faces: np.ndarray, window: np.ndarray, spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray
) -> None:
    """Find the nearest triangle at every sample inside the window.

    Args:
        screen: (V, 3) from `project_vertices`.
        faces: (N, 3), counter-clockwise seen from outside.
        window: (4,) from `find_window`.
        spans: (H, 2) int64: first column and end of what the last call touched in each row, first >= end where
            nothing; cleared, then written anew.
        inverse: (H, W, SAMPLES) float32, written inside the spans, 0 everywhere else: inverse distance.
        seen: (H, W, SAMPLES) int32, written where `inverse` is above 0: index of the face.
    """
    for row in range(spans.shape[0]):
        if spans[row, 0] < spans[row, 1]:
            inverse[row, spans[row, 0] : spans[row, 1]] = 0.0
        spans[row, 0], spans[row, 1] = inverse.shape[1], 0
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        if screen[a, 2] > BEHIND and screen[b, 2] > BEHIND and screen[c, 2] > BEHIND:
            # The picture's y runs down, so a face that looks at the camera has a negative area: take it reversed.
            area = (screen[c, 0] - screen[a, 0]) * (screen[b, 1] - screen[a, 1])
            area -= (screen[b, 0] - screen[a, 0]) * (screen[c, 1] - screen[a, 1])
            if area > 0.0:
                _draw_face(face, screen, a, c, b, area, window, spans, inverse, seen)


@kernel
def _draw_face(
    face: int, screen: np.ndarray, a: int, b: int, c: int, area: float,
    window: np.ndarray, spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray,
) -> None:  # fmt: skip
    """Draw the triangle of the vertices a, b, c, whose area is half of `area` pixels; see `draw_visibility`."""
    ax, ay, bx, by, cx, cy = screen[a, 0], screen[a, 1], screen[b, 0], screen[b, 1], screen[c, 0], screen[c, 1]
    first_x = max(window[2], int(np.floor(min(ax, bx, cx))))
    last_x = min(window[3] - 1, int(np.floor(max(ax, bx, cx))))
    first_y = max(window[0], int(np.floor(min(ay, by, cy))))
    last_y = min(window[1] - 1, int(np.floor(max(ay, by, cy))))
    # Each edge function grows towards the inside: e(x, y) = across * x + down * y + rest.
    across_a, down_a, across_b, down_b, across_c, down_c = by - cy, cx - bx, cy - ay, ax - cx, ay - by, bx - ax
    reach_a = max(across_a, 0.0) + max(down_a, 0.0)
    reach_b = max(across_b, 0.0) + max(down_b, 0.0)
    reach_c = max(across_c, 0.0) + max(down_c, 0.0)
    scale_a, scale_b, scale_c = screen[a, 2] / area, screen[b, 2] / area, screen[c, 2] / area
    if first_x > last_x:
        return
    for row in range(first_y, last_y + 1):
        spans[row, 0] = min(spans[row, 0], first_x)
        spans[row, 1] = max(spans[row, 1], last_x + 1)
        edge_a = across_a * (first_x - bx) + down_a * (row - by)
        edge_b = across_b * (first_x - cx) + down_b * (row - cy)
        edge_c = across_c * (first_x - ax) + down_c * (row - ay)
        for column in range(first_x, last_x + 1):
            if edge_a + reach_a >= 0.0 and edge_b + reach_b >= 0.0 and edge_c + reach_c >= 0.0:
                for sample in range(SAMPLES):
                    at_a = edge_a + across_a * SAMPLE_X[sample] + down_a * SAMPLE_Y[sample]
                    at_b = edge_b + across_b * SAMPLE_X[sample] + down_b * SAMPLE_Y[sample]
                    at_c = edge_c + across_c * SAMPLE_X[sample] + down_c * SAMPLE_Y[sample]
                    if at_a >= 0.0 and at_b >= 0.0 and at_c >= 0.0:
                        near = np.float32(at_a * scale_a + at_b * scale_b + at_c * scale_c)
                        if near > inverse[row, column, sample]:
                            inverse[row, column, sample] = near
                            seen[row, column, sample] = face
            edge_a += across_a
            edge_b += across_b
            edge_c += across_c
