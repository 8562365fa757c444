"""Which triangle each sample of the picture sees: projection, culling and a z-buffer with four samples a pixel.

The samples sit on a rotated grid, so that nearly level and nearly upright edges are smooth too. Vertices are snapped
to 1/256 pixel, which makes the edge tests exact in float64: neighbours leave no gap.
"""

import numpy as np

from gesta.kernels import inlined_kernel, kernel
from gesta.render.camera import NEAR_M

SAMPLES = 4
OFFSET_X = np.array([0.375, 0.875, 0.125, 0.625])
OFFSET_Y = np.array([0.125, 0.375, 0.625, 0.875])
FIRST_SAMPLE, LAST_SAMPLE = 0.125, 0.875
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
    screen: np.ndarray, faces: np.ndarray, two_sided: np.ndarray, window: np.ndarray, spans: np.ndarray,
    inverse: np.ndarray, seen: np.ndarray,
) -> None:  # fmt: skip
    """Find the nearest triangle at every sample inside the window.

    Args:
        screen: (V, 3) from `project_vertices`.
        faces: (N, 3), counter-clockwise seen from outside.
        two_sided: (N,) bool: faces that are seen from behind too.
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
            elif area < 0.0 and two_sided[face]:
                _draw_face(face, screen, a, b, c, -area, window, spans, inverse, seen)


@inlined_kernel
def _at_samples(across: float, down: float) -> tuple[float, float, float, float]:
    """What a function that grows by `across` and `down` a pixel adds from a pixel's corner to each of its samples."""
    return (
        across * OFFSET_X[0] + down * OFFSET_Y[0],
        across * OFFSET_X[1] + down * OFFSET_Y[1],
        across * OFFSET_X[2] + down * OFFSET_Y[2],
        across * OFFSET_X[3] + down * OFFSET_Y[3],
    )


@inlined_kernel
def _see(
    sample: int, row: int, column: int, face: int, inside: float, near: float, inverse: np.ndarray, seen: np.ndarray
) -> None:
    """Let a sample see a face if it is inside (0 or more) and nothing is nearer."""
    if inside >= 0.0 and np.float32(near) > inverse[row, column, sample]:
        inverse[row, column, sample] = np.float32(near)
        seen[row, column, sample] = face


@kernel
def _draw_face(
    face: int, screen: np.ndarray, a: int, b: int, c: int, area: float,
    window: np.ndarray, spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray,
) -> None:  # fmt: skip
    """Draw the triangle of the vertices a, b, c, whose area is half of `area` pixels; see `draw_visibility`."""
    ax, ay, bx, by, cx, cy = screen[a, 0], screen[a, 1], screen[b, 0], screen[b, 1], screen[c, 0], screen[c, 1]
    first_x = max(window[2], int(np.ceil(min(ax, bx, cx) - LAST_SAMPLE)))
    end_x = min(window[3], int(np.floor(max(ax, bx, cx) - FIRST_SAMPLE)) + 1)
    first_y = max(window[0], int(np.ceil(min(ay, by, cy) - LAST_SAMPLE)))
    end_y = min(window[1], int(np.floor(max(ay, by, cy) - FIRST_SAMPLE)) + 1)
    if first_x >= end_x:
        return
    # Each edge function grows towards the inside: e(x, y) = across * x + down * y + rest.
    across_a, down_a, across_b, down_b, across_c, down_c = by - cy, cx - bx, cy - ay, ax - cx, ay - by, bx - ax
    scale_a, scale_b, scale_c = screen[a, 2] / area, screen[b, 2] / area, screen[c, 2] / area
    across_n = across_a * scale_a + across_b * scale_b + across_c * scale_c
    down_n = down_a * scale_a + down_b * scale_b + down_c * scale_c
    a_0, a_1, a_2, a_3 = _at_samples(across_a, down_a)
    b_0, b_1, b_2, b_3 = _at_samples(across_b, down_b)
    c_0, c_1, c_2, c_3 = _at_samples(across_c, down_c)
    reach_a, reach_b, reach_c = max(a_0, a_1, a_2, a_3), max(b_0, b_1, b_2, b_3), max(c_0, c_1, c_2, c_3)
    n_0, n_1, n_2, n_3 = _at_samples(across_n, down_n)
    for row in range(first_y, end_y):
        spans[row, 0] = min(spans[row, 0], first_x)
        spans[row, 1] = max(spans[row, 1], end_x)
        at_a = across_a * (first_x - bx) + down_a * (row - by)
        at_b = across_b * (first_x - cx) + down_b * (row - cy)
        at_c = across_c * (first_x - ax) + down_c * (row - ay)
        near = at_a * scale_a + at_b * scale_b + at_c * scale_c
        for column in range(first_x, end_x):
            if min(at_a + reach_a, at_b + reach_b, at_c + reach_c) >= 0.0:
                _see(0, row, column, face, min(at_a + a_0, at_b + b_0, at_c + c_0), near + n_0, inverse, seen)
                _see(1, row, column, face, min(at_a + a_1, at_b + b_1, at_c + c_1), near + n_1, inverse, seen)
                _see(2, row, column, face, min(at_a + a_2, at_b + b_2, at_c + c_2), near + n_2, inverse, seen)
                _see(3, row, column, face, min(at_a + a_3, at_b + b_3, at_c + c_3), near + n_3, inverse, seen)
            at_a += across_a
            at_b += across_b
            at_c += across_c
            near += across_n
