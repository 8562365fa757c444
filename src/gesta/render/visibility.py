"""Which triangle each sample of the picture sees: projection, culling and a z-buffer with four samples a pixel.

The samples sit on a rotated grid, so that nearly level and nearly upright edges are smooth too. Vertices are snapped
to 1/256 pixel, which makes the edge tests exact in float64: neighbours leave no gap.
"""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, kernel, packing_kernel
from gesta.render.camera import NEAR_M

SAMPLES = 4
OFFSET_X = np.array([0.375, 0.875, 0.125, 0.625])
OFFSET_Y = np.array([0.125, 0.375, 0.625, 0.875])
FIRST_SAMPLE, LAST_SAMPLE = 0.125, 0.875
SNAP = 256.0
TILE_PX = 8
"""Side of the squares by which backs are left out early: nearly all of them lie behind a front."""
NARROW = 6
"""Triangles of no more columns are tested column by column."""
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


@packing_kernel
def draw_visibility(
    screen: np.ndarray, faces: np.ndarray, fronts: np.ndarray, backs: np.ndarray, window: np.ndarray,
    spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray, covered: np.ndarray,
) -> None:  # fmt: skip
    """Find the nearest triangle at every sample inside the window.

    Args:
        screen: (V, 3) from `project_vertices`.
        faces: (N, 3), counter-clockwise seen from outside.
        fronts: (N,) all of the faces, in the order in which they are drawn: it is quickest to begin with the nearest.
        backs: those that are seen from behind too.
        window: (4,) from `find_window`.
        spans: (H, 2) int64: first column and end of what the last call touched in each row, first >= end where
            nothing; cleared, then written anew.
        inverse: (H, W, SAMPLES) float32, written inside the spans, 0 everywhere else: inverse distance.
        seen: (H, W, SAMPLES) int32, written where `inverse` is above 0: index of the face.
        covered: (H // TILE_PX, W // TILE_PX) float32, scratch.
    """
    for row in range(spans.shape[0]):
        if spans[row, 0] < spans[row, 1]:
            inverse[row, spans[row, 0] : spans[row, 1]] = 0.0
        spans[row, 0], spans[row, 1] = inverse.shape[1], 0
    for turn in range(fronts.shape[0] + backs.shape[0]):
        behind = turn >= fronts.shape[0]
        if turn == fronts.shape[0]:
            _find_covered(spans, inverse, covered)
        face = backs[turn - fronts.shape[0]] if behind else fronts[turn]
        a = faces[face, 0]
        b, c = (faces[face, 2], faces[face, 1]) if behind else (faces[face, 1], faces[face, 2])
        if screen[a, 2] > BEHIND and screen[b, 2] > BEHIND and screen[c, 2] > BEHIND:
            # The picture's y runs down, so a face that looks at the camera has a negative area: take it reversed.
            area = (screen[c, 0] - screen[a, 0]) * (screen[b, 1] - screen[a, 1])
            area -= (screen[b, 0] - screen[a, 0]) * (screen[c, 1] - screen[a, 1])
            if area > 0.0 and not (behind and _is_hidden(screen, a, b, c, covered)):
                _draw_face(face, screen, a, c, b, area, window, spans, inverse, seen)


@kernel
def _find_covered(spans: np.ndarray, inverse: np.ndarray, covered: np.ndarray) -> None:
    """Fill `covered` with the inverse distance of the farthest sample in each square, 0 where one sees nothing."""
    covered[:] = np.inf
    for row in range(covered.shape[0] * TILE_PX):
        tile = row // TILE_PX
        for tile_column in range(covered.shape[1]):
            first, end = tile_column * TILE_PX, (tile_column + 1) * TILE_PX
            if first < spans[row, 0] or end > spans[row, 1]:
                covered[tile, tile_column] = 0.0
            elif covered[tile, tile_column] > 0.0:
                farthest = covered[tile, tile_column]
                for column in range(first, end):
                    for sample in range(SAMPLES):
                        farthest = min(farthest, inverse[row, column, sample])
                covered[tile, tile_column] = farthest


@inlined_kernel
def _is_hidden(screen: np.ndarray, a: int, b: int, c: int, covered: np.ndarray) -> bool:
    """Whether a triangle lies behind everything in the squares of the picture that it touches."""
    first_column, first_row = (
        int(min(screen[a, 0], screen[b, 0], screen[c, 0])),
        int(min(screen[a, 1], screen[b, 1], screen[c, 1])),
    )
    last_column = int(max(screen[a, 0], screen[b, 0], screen[c, 0])) // TILE_PX
    last_row = int(max(screen[a, 1], screen[b, 1], screen[c, 1])) // TILE_PX
    nearest = max(screen[a, 2], screen[b, 2], screen[c, 2])
    hidden = True
    if last_row < covered.shape[0] and last_column < covered.shape[1]:
        for row in range(max(0, first_row // TILE_PX), last_row + 1):
            for column in range(max(0, first_column // TILE_PX), last_column + 1):
                hidden = hidden and nearest < covered[row, column]
    else:
        hidden = False
    return hidden


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
def _nearer(inside: float, near: float, before: Scalar) -> bool:
    """Whether a face is at a sample (inside is 0 or more) and nearer than what was there before."""
    return (inside >= 0.0) & (np.float32(near) > before)


@inlined_kernel
def _per(across: float) -> float:
    """1 / across, or 0 for 0."""
    return 1.0 / across if across != 0.0 else 0.0


@inlined_kernel
def _reach(value: float, per: float, first: int, end: int) -> tuple[int, int]:
    """Narrow the steps from `first` up to `end` to those around which value + step / per is 0 or more."""
    if per > 0.0:
        first = max(first, min(end, int(-value * per)))
    elif per < 0.0:
        end = min(end, max(first, int(-value * per) + 2))
    return first, end


@inlined_kernel
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
    # Columns per unit of each edge function; where it is level, it narrows nothing.
    per_a, per_b, per_c = _per(across_a), _per(across_b), _per(across_c)
    nearest, own = max(n_0, n_1, n_2, n_3), np.int32(face)
    for row in range(first_y, end_y):
        spans[row, 0] = min(spans[row, 0], first_x)
        spans[row, 1] = max(spans[row, 1], end_x)
        at_a = across_a * (first_x - bx) + down_a * (row - by)
        at_b = across_b * (first_x - cx) + down_b * (row - cy)
        at_c = across_c * (first_x - ax) + down_c * (row - ay)
        skipped, end = 0, end_x
        if end_x - first_x > NARROW:
            skipped, count = _reach(at_a + reach_a, per_a, 0, end_x - first_x)
            skipped, count = _reach(at_b + reach_b, per_b, skipped, count)
            skipped, count = _reach(at_c + reach_c, per_c, skipped, count)
            at_a, at_b, at_c = at_a + skipped * across_a, at_b + skipped * across_b, at_c + skipped * across_c
            end = first_x + count
        near = at_a * scale_a + at_b * scale_b + at_c * scale_c
        for column in range(first_x + skipped, end):
            if min(at_a + reach_a, at_b + reach_b, at_c + reach_c) >= 0.0:
                i_0, i_1, i_2, i_3 = (
                    inverse[row, column, 0], inverse[row, column, 1], inverse[row, column, 2], inverse[row, column, 3]
                )  # fmt: skip
                if near + nearest > min(i_0, i_1, i_2, i_3):
                    s_0, s_1, s_2, s_3 = (
                        seen[row, column, 0], seen[row, column, 1], seen[row, column, 2], seen[row, column, 3]
                    )  # fmt: skip
                    # Without branches: at edges nobody could guess which way they go. And all is read before anything
                    # is written, so that one instruction serves all four.
                    y_0 = _nearer(min(at_a + a_0, at_b + b_0, at_c + c_0), near + n_0, i_0)
                    y_1 = _nearer(min(at_a + a_1, at_b + b_1, at_c + c_1), near + n_1, i_1)
                    y_2 = _nearer(min(at_a + a_2, at_b + b_2, at_c + c_2), near + n_2, i_2)
                    y_3 = _nearer(min(at_a + a_3, at_b + b_3, at_c + c_3), near + n_3, i_3)
                    i_0, s_0 = (np.float32(near + n_0) if y_0 else i_0), (own if y_0 else s_0)
                    i_1, s_1 = (np.float32(near + n_1) if y_1 else i_1), (own if y_1 else s_1)
                    i_2, s_2 = (np.float32(near + n_2) if y_2 else i_2), (own if y_2 else s_2)
                    i_3, s_3 = (np.float32(near + n_3) if y_3 else i_3), (own if y_3 else s_3)
                    inverse[row, column, 0], inverse[row, column, 1] = i_0, i_1
                    inverse[row, column, 2], inverse[row, column, 3] = i_2, i_3
                    seen[row, column, 0], seen[row, column, 1] = s_0, s_1
                    seen[row, column, 2], seen[row, column, 3] = s_2, s_3
            at_a += across_a
            at_b += across_b
            at_c += across_c
            near += across_n
