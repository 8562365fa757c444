"""Triangles that carry a picture: what `gesta.render.visibility` found seen is coloured from a texture, over a picture.

A texture is looked up by Catmull and Rom's cubic (1974), which passes through the pixels themselves: a mesh that lies
where its texture was taken gives the very same pixels, and one that moves stays sharp.
"""

from typing import Any

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, kernel, packing_kernel
from gesta.render.visibility import SAMPLES, draw_visibility, find_window, project_vertices

CHANNELS = 4
"""Red, green, blue, each times alpha, and alpha."""
MAP_PARTS = 10
"""Of a face: u and v as across * x + down * y + rest, then the least and greatest u and v."""
LEAST_AREA = 1.0 / 65536.0
BEYOND = 1.0
"""Pixels by which a look-up may leave a triangle's part of the texture, at its edges."""
TOGETHER = np.float32(0.5)
"""Faces in one pixel that have its middle so near together, in pixels of the texture, lie side by side on one sheet."""
LEAST_ALPHA = np.float32(0.002)


class TexturedMesh:
    """Draws one mesh with pictures on it; holds every buffer, so one thread at a time may use it.

    Args:
        faces: (N, 3) int32 corner indices; seen from both sides.
        places: (V, 2) float64 pixels in the texture, from its upper left corner.
        size: width and height of what is drawn on, pixels.
        colours: (N, 3) float32 of faces that have one of their own, 0 to 1; below 0: from the texture.
    """

    def __init__(
        self, faces: np.ndarray, places: np.ndarray, size: tuple[int, int], colours: np.ndarray | None = None
    ) -> None:
        width, height = size
        self._faces = np.ascontiguousarray(faces, np.int32)
        self._places = np.ascontiguousarray(places, np.float64)
        self._colours = np.full((len(faces), 3), -1.0, np.float32) if colours is None else colours
        self._order = np.arange(len(faces))
        self._spans = np.zeros((height, 2), np.int64)
        self._inverse = np.zeros((height, width, SAMPLES), np.float32)
        self._seen = np.zeros((height, width, SAMPLES), np.int32)
        self._covered = np.zeros((height // 8 + 1, width // 8 + 1), np.float32)
        self._maps = np.zeros((len(faces), MAP_PARTS), np.float32)
        self._window = np.zeros(4, np.int64)

    def draw(self, screen: np.ndarray, texture: np.ndarray, picture: np.ndarray) -> None:
        """Draw it over a picture.

        Args:
            screen: (V, 3) float64 pixel x, pixel y, inverse distance, as `project_vertices` writes them.
            texture: (H', W', CHANNELS) float32.
            picture: (H, W, CHANNELS) float32, changed.
        """
        find_window(screen, self._inverse.shape[:2], self._window)
        draw_visibility(
            screen, self._faces, self._order, self._order, self._window, self._spans, self._inverse, self._seen,
            self._covered,
        )  # fmt: skip
        find_maps(screen, self._faces, self._places, self._maps)
        paint_texture(self._spans, self._inverse, self._seen, self._maps, self._colours, texture, picture)


def screen_of(vertices: np.ndarray, view: np.ndarray) -> np.ndarray:
    """Where vertices (V, 3) land: (V, 3) as `TexturedMesh.draw` takes it; view as from `Camera.packed`."""
    screen = np.empty((len(vertices), 3))
    project_vertices(vertices, view, screen)
    return screen


@kernel
def find_maps(screen: np.ndarray, faces: np.ndarray, places: np.ndarray, maps: np.ndarray) -> None:
    """Write for each face how the texture's place follows from the pixel's; see MAP_PARTS."""
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        bx, by = screen[b, 0] - screen[a, 0], screen[b, 1] - screen[a, 1]
        cx, cy = screen[c, 0] - screen[a, 0], screen[c, 1] - screen[a, 1]
        area = bx * cy - by * cx
        if abs(area) < LEAST_AREA:
            area = LEAST_AREA if area >= 0.0 else -LEAST_AREA
        for axis in range(2):
            first = places[a, axis]
            to_b, to_c = places[b, axis] - first, places[c, axis] - first
            across, down = (to_b * cy - to_c * by) / area, (to_c * bx - to_b * cx) / area
            maps[face, 3 * axis] = across
            maps[face, 3 * axis + 1] = down
            maps[face, 3 * axis + 2] = first - across * screen[a, 0] - down * screen[a, 1]
            low, high = min(0.0, to_b, to_c), max(0.0, to_b, to_c)
            maps[face, 6 + 2 * axis] = first + low - BEYOND
            maps[face, 7 + 2 * axis] = first + high + BEYOND


@inlined_kernel
def _cubic(t: Scalar) -> tuple[Scalar, Scalar, Scalar, Scalar]:
    """Catmull and Rom's weights of four neighbours, at a share t between the middle two."""
    return (
        ((-0.5 * t + 1.0) * t - 0.5) * t,
        (1.5 * t - 2.5) * t * t + 1.0,
        ((-1.5 * t + 2.0) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t,
    )


@inlined_kernel
def _mixed(weight: Scalar, w_0: Scalar, w_1: Scalar, w_2: Scalar, w_3: Scalar, line: np.ndarray, at: Scalar) -> Any:
    """Four neighbours of a row of the texture, weighed: red, green, blue, alpha; `at` holds their four columns."""
    x_0, x_1, x_2, x_3 = at
    return (
        weight * (w_0 * line[x_0, 0] + w_1 * line[x_1, 0] + w_2 * line[x_2, 0] + w_3 * line[x_3, 0]),
        weight * (w_0 * line[x_0, 1] + w_1 * line[x_1, 1] + w_2 * line[x_2, 1] + w_3 * line[x_3, 1]),
        weight * (w_0 * line[x_0, 2] + w_1 * line[x_1, 2] + w_2 * line[x_2, 2] + w_3 * line[x_3, 2]),
        weight * (w_0 * line[x_0, 3] + w_1 * line[x_1, 3] + w_2 * line[x_2, 3] + w_3 * line[x_3, 3]),
    )


@inlined_kernel
def _look_up(texture: np.ndarray, u: Scalar, v: Scalar) -> Any:
    """The texture at a place: red, green, blue, alpha; beyond its edges the edge goes on."""
    height, width = texture.shape[0], texture.shape[1]
    u, v = u - np.float32(0.5), v - np.float32(0.5)
    left, top = int(np.floor(u)), int(np.floor(v))
    w_0, w_1, w_2, w_3 = _cubic(u - np.float32(left))
    h_0, h_1, h_2, h_3 = _cubic(v - np.float32(top))
    at = (
        min(max(left - 1, 0), width - 1),
        min(max(left, 0), width - 1),
        min(max(left + 1, 0), width - 1),
        min(max(left + 2, 0), width - 1),
    )
    r_0, g_0, b_0, a_0 = _mixed(h_0, w_0, w_1, w_2, w_3, texture[min(max(top - 1, 0), height - 1)], at)
    r_1, g_1, b_1, a_1 = _mixed(h_1, w_0, w_1, w_2, w_3, texture[min(max(top, 0), height - 1)], at)
    r_2, g_2, b_2, a_2 = _mixed(h_2, w_0, w_1, w_2, w_3, texture[min(max(top + 1, 0), height - 1)], at)
    r_3, g_3, b_3, a_3 = _mixed(h_3, w_0, w_1, w_2, w_3, texture[min(max(top + 2, 0), height - 1)], at)
    return r_0 + r_1 + r_2 + r_3, g_0 + g_1 + g_2 + g_3, b_0 + b_1 + b_2 + b_3, a_0 + a_1 + a_2 + a_3


@inlined_kernel
def _place(maps: np.ndarray, face: int, column: int, row: int) -> tuple[Scalar, Scalar]:
    """Where a face has the middle of a pixel in its texture."""
    x, y = np.float32(column) + np.float32(0.5), np.float32(row) + np.float32(0.5)
    u = maps[face, 0] * x + maps[face, 1] * y + maps[face, 2]
    v = maps[face, 3] * x + maps[face, 4] * y + maps[face, 5]
    return min(max(u, maps[face, 6]), maps[face, 7]), min(max(v, maps[face, 8]), maps[face, 9])


@packing_kernel
def paint_texture(
    spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray, maps: np.ndarray, colours: np.ndarray,
    texture: np.ndarray, picture: np.ndarray,
) -> None:  # fmt: skip
    """Lay what is seen over a picture; arguments as in `TexturedMesh` and `draw_visibility`."""
    none, one, share = np.float32(0.0), np.float32(1.0), np.float32(1.0 / SAMPLES)
    for row in range(spans.shape[0]):
        for column in range(spans[row, 0], spans[row, 1]):
            red, green, blue, alpha = none, none, none, none
            sample = 0
            while sample < SAMPLES:
                if inverse[row, column, sample] <= 0.0:
                    sample += 1
                    continue
                face, part = seen[row, column, sample], share
                sample += 1
                if colours[face, 0] >= 0.0:
                    red += part * colours[face, 0]
                    green += part * colours[face, 1]
                    blue += part * colours[face, 2]
                    alpha += part
                    continue
                u, v = _place(maps, face, column, row)
                # Neighbours on one sheet are looked up together.
                while sample < SAMPLES and inverse[row, column, sample] > 0.0:
                    other = seen[row, column, sample]
                    if other != face:
                        if colours[other, 0] >= 0.0:
                            break
                        u_2, v_2 = _place(maps, other, column, row)
                        if abs(u_2 - u) + abs(v_2 - v) > TOGETHER:
                            break
                    part += share
                    sample += 1
                r, g, b, a = _look_up(texture, u, v)
                red, green, blue, alpha = red + part * r, green + part * g, blue + part * b, alpha + part * a
            if alpha > LEAST_ALPHA:
                # Cubics overshoot beside edges.
                alpha = min(alpha, one)
                rest = one - alpha
                picture[row, column, 0] = picture[row, column, 0] * rest + min(max(red, none), alpha)
                picture[row, column, 1] = picture[row, column, 1] * rest + min(max(green, none), alpha)
                picture[row, column, 2] = picture[row, column, 2] * rest + min(max(blue, none), alpha)
                picture[row, column, 3] = picture[row, column, 3] * rest + alpha


@kernel
def to_bytes(picture: np.ndarray, bytes_out: np.ndarray) -> None:
    """Write the colours of a picture (H, W, CHANNELS), 0 to 1, as (H, W, 3) uint8."""
    for row in range(picture.shape[0]):
        for column in range(picture.shape[1]):
            for channel in range(3):
                value = picture[row, column, channel] * np.float32(255.0) + np.float32(0.5)
                bytes_out[row, column, channel] = np.uint8(min(max(value, np.float32(0.0)), np.float32(255.0)))
