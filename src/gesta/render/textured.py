"""Triangles that carry a picture: what `gesta.render.visibility` found seen is coloured from a texture, over a picture.

A texture is looked up by Catmull and Rom's cubic (1974), which passes through the pixels themselves: a mesh that lies
where its texture was taken gives the very same pixels, and one that moves stays sharp.
"""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, kernel, shading_kernel
from gesta.render.visibility import SAMPLES, draw_visibility, find_window, project_vertices

CHANNELS = 4
"""Red, green, blue, each times alpha, and alpha."""
MAP_PARTS = 10
"""Of a face: u and v as across * x + down * y + rest, then the least and greatest u and v."""
LEAST_AREA = 1.0 / 65536.0
BEYOND = 1.0
"""Pixels by which a look-up may leave a triangle's part of the texture, at its edges."""


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


@shading_kernel
def paint_texture(
    spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray, maps: np.ndarray, colours: np.ndarray,
    texture: np.ndarray, picture: np.ndarray,
) -> None:  # fmt: skip
    """Lay what is seen over a picture; arguments as in `TexturedMesh` and `draw_visibility`."""
    height, width = texture.shape[0], texture.shape[1]
    share = np.float32(1.0 / SAMPLES)
    for row in range(spans.shape[0]):
        for column in range(spans[row, 0], spans[row, 1]):
            red, green, blue, alpha = np.float32(0.0), np.float32(0.0), np.float32(0.0), np.float32(0.0)
            sample = 0
            while sample < SAMPLES:
                if inverse[row, column, sample] <= 0.0:
                    sample += 1
                    continue
                face, count = seen[row, column, sample], 1
                sample += 1
                while sample < SAMPLES and inverse[row, column, sample] > 0.0 and seen[row, column, sample] == face:
                    count += 1
                    sample += 1
                part = share * np.float32(count)
                if colours[face, 0] >= 0.0:
                    red += part * colours[face, 0]
                    green += part * colours[face, 1]
                    blue += part * colours[face, 2]
                    alpha += part
                    continue
                x, y = np.float32(column + 0.5), np.float32(row + 0.5)
                u = maps[face, 0] * x + maps[face, 1] * y + maps[face, 2]
                v = maps[face, 3] * x + maps[face, 4] * y + maps[face, 5]
                u = min(max(u, maps[face, 6]), maps[face, 7]) - np.float32(0.5)
                v = min(max(v, maps[face, 8]), maps[face, 9]) - np.float32(0.5)
                left, top = int(np.floor(u)), int(np.floor(v))
                w_0, w_1, w_2, w_3 = _cubic(u - np.float32(left))
                h_0, h_1, h_2, h_3 = _cubic(v - np.float32(top))
                x_0, x_1 = min(max(left - 1, 0), width - 1), min(max(left, 0), width - 1)
                x_2, x_3 = min(max(left + 1, 0), width - 1), min(max(left + 2, 0), width - 1)
                for tap in range(4):
                    weight = part * (h_0 if tap == 0 else h_1 if tap == 1 else h_2 if tap == 2 else h_3)
                    line = texture[min(max(top + tap - 1, 0), height - 1)]
                    red += weight * (w_0 * line[x_0, 0] + w_1 * line[x_1, 0] + w_2 * line[x_2, 0] + w_3 * line[x_3, 0])
                    green += weight * (
                        w_0 * line[x_0, 1] + w_1 * line[x_1, 1] + w_2 * line[x_2, 1] + w_3 * line[x_3, 1]
                    )
                    blue += weight * (w_0 * line[x_0, 2] + w_1 * line[x_1, 2] + w_2 * line[x_2, 2] + w_3 * line[x_3, 2])
                    alpha += weight * (
                        w_0 * line[x_0, 3] + w_1 * line[x_1, 3] + w_2 * line[x_2, 3] + w_3 * line[x_3, 3]
                    )
            # Cubics overshoot beside edges.
            alpha = min(max(alpha, np.float32(0.0)), np.float32(1.0))
            rest = np.float32(1.0) - alpha
            picture[row, column, 0] = picture[row, column, 0] * rest + min(max(red, np.float32(0.0)), alpha)
            picture[row, column, 1] = picture[row, column, 1] * rest + min(max(green, np.float32(0.0)), alpha)
            picture[row, column, 2] = picture[row, column, 2] * rest + min(max(blue, np.float32(0.0)), alpha)
            picture[row, column, 3] = picture[row, column, 3] * rest + alpha
