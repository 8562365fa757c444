"""Shadows: a depth map seen from the key light, which tells how much of that light arrives at a point."""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, kernel

MAP_SIZE = 512
LEAST_EXTENT_M = 2.2
"""The map covers at least this much, so that its texels keep their size while a body moves."""
EXTENT_STEP_M = 0.4
SPARE = 1.04
"""The map is this much larger than what it must cover."""
BIAS_M = 0.006
"""Metres by which a surface must lie nearer to the light than a point to darken it."""
LEAST_AREA = 1e-9
BLOCK = 4
"""Texels in a side of a block; a window of samples, two texels apart, must fit into a block and its neighbours."""
MAP_BLOCKS = MAP_SIZE // BLOCK
NORMAL_OFFSET_TEXELS = 1.6
WINDOW_TEXELS = 8
"""How far around a point the map is looked at, and more."""


def light_axes(towards_light: np.ndarray) -> np.ndarray:
    """(3, 3) float64 rows: two axes across the light's rays, and the axis towards the light."""
    light = np.asarray(towards_light, np.float64)
    across = np.cross((0.0, 0.0, 1.0), light)
    across /= np.linalg.norm(across)
    return np.stack([across, np.cross(light, across), light])


@kernel
def box_along(vertices: np.ndarray, axes: np.ndarray, box: np.ndarray) -> None:
    """How far vertices reach along some axes.

    Args:
        vertices: (V, 3) metres.
        axes: (N, 3) float64.
        box: (2, N) float64, written: lowest and highest place along each axis.
    """
    box[0], box[1] = np.inf, -np.inf
    for index in range(vertices.shape[0]):
        for axis in range(axes.shape[0]):
            along = 0.0
            for part in range(3):
                along += axes[axis, part] * vertices[index, part]
            box[0, axis] = min(box[0, axis], along)
            box[1, axis] = max(box[1, axis], along)


def fit_map(vertices: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Choose what the shadow map covers, in steps of whole texels so that nothing shimmers.

    Args:
        vertices: (V, 3) metres.
        axes: (3, 3) from `light_axes`.

    Returns:
        (4, 4) float32: three rows that take (x, y, z, 1) to texel column, texel row and metres towards the light; the
        last row begins with the metres in a texel.
    """
    box = np.empty((2, 2))
    box_along(vertices, axes[:2], box)
    low, high = box
    needed = float(np.max(high - low)) * SPARE
    steps = max(0.0, np.ceil((needed - LEAST_EXTENT_M) / EXTENT_STEP_M))
    texel = (LEAST_EXTENT_M + steps * EXTENT_STEP_M) / MAP_SIZE
    to_map = np.zeros((4, 4))
    to_map[:2, :3] = axes[:2] / texel
    to_map[:2, 3] = 0.5 * MAP_SIZE - np.floor(0.5 * (low + high) / texel)
    to_map[2, :3] = axes[2]
    to_map[3, 0] = texel
    return to_map.astype(np.float32)


@kernel
def draw_map(
    vertices: np.ndarray, faces: np.ndarray, two_sided: np.ndarray, to_map: np.ndarray, points: np.ndarray,
    screen: np.ndarray, shape: tuple[int, int], whole: bool, depths: np.ndarray,
) -> None:  # fmt: skip
    """Fill the shadow map with how far towards the light the nearest surface reaches.

    Where the picture shows no floor, the map is drawn only as far as it lies between the light and what is shown.

    Args:
        vertices: (V, 3) metres.
        faces: (N, 3).
        two_sided: (N,) bool: faces that throw a shadow on either side.
        to_map: (4, 4) from `fit_map`.
        points: (V, 3) float64, scratch: texel coordinates and metres towards the light.
        screen: (V, 3) from `project_vertices`.
        shape: height and width of the picture.
        whole: whether all of the map is needed.
        depths: (MAP_SIZE, MAP_SIZE) float32, written; minus infinity where nothing is.
    """
    depths[:] = -np.inf
    for index in range(vertices.shape[0]):
        x, y, z = vertices[index, 0], vertices[index, 1], vertices[index, 2]
        for axis in range(3):
            points[index, axis] = to_map[axis, 0] * x + to_map[axis, 1] * y + to_map[axis, 2] * z + to_map[axis, 3]
    low_x, end_x, low_y, end_y = 0, depths.shape[1], 0, depths.shape[0]
    if not whole:
        low_x, end_x, low_y, end_y = _needed(points, faces, screen, shape, depths.shape[0])
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        _draw_depth(points, a, b, c, two_sided[face], low_x, end_x, low_y, end_y, depths)


@inlined_kernel
def _needed(
    points: np.ndarray, faces: np.ndarray, screen: np.ndarray, shape: tuple[int, int], size: int
) -> tuple[int, int, int, int]:
    """First texel column and end, first row and end, around the triangles that the picture shows."""
    low_x, high_x, low_y, high_y = 1e30, -1e30, 1e30, -1e30
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        beside = max(screen[a, 0], screen[b, 0], screen[c, 0]) < 0.0
        beside |= min(screen[a, 0], screen[b, 0], screen[c, 0]) > shape[1]
        beside |= max(screen[a, 1], screen[b, 1], screen[c, 1]) < 0.0
        beside |= min(screen[a, 1], screen[b, 1], screen[c, 1]) > shape[0]
        if not beside:
            low_x = min(low_x, points[a, 0], points[b, 0], points[c, 0])
            high_x = max(high_x, points[a, 0], points[b, 0], points[c, 0])
            low_y = min(low_y, points[a, 1], points[b, 1], points[c, 1])
            high_y = max(high_y, points[a, 1], points[b, 1], points[c, 1])
    first_x, first_y = int(min(max(low_x - WINDOW_TEXELS, 0.0), size)), int(min(max(low_y - WINDOW_TEXELS, 0.0), size))
    end_x, end_y = int(min(max(high_x + WINDOW_TEXELS, 0.0), size)), int(min(max(high_y + WINDOW_TEXELS, 0.0), size))
    return first_x, end_x, first_y, end_y


@inlined_kernel
def _draw_depth(
    points: np.ndarray, a: int, b: int, c: int, either_side: bool,
    low_x: int, end_x: int, low_y: int, end_y: int, depths: np.ndarray,
) -> None:  # fmt: skip
    """Draw the triangle of the points a, b, c into a window of the depth map, if it faces the light or may turn its
    back on it."""
    ax, ay, bx, by, cx, cy = points[a, 0], points[a, 1], points[b, 0], points[b, 1], points[c, 0], points[c, 1]
    area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
    # Turned round, all three shares of a place change their sign together with the area.
    if area <= LEAST_AREA and not (either_side and area < -LEAST_AREA):
        return
    first_x = max(low_x, int(np.ceil(min(ax, bx, cx) - 0.5)))
    last_x = min(end_x - 1, int(np.floor(max(ax, bx, cx) - 0.5)))
    first_y = max(low_y, int(np.ceil(min(ay, by, cy) - 0.5)))
    last_y = min(end_y - 1, int(np.floor(max(ay, by, cy) - 0.5)))
    if first_x > last_x or first_y > last_y:
        return
    per_area = 1.0 / area
    step_a, step_b = (by - cy) * per_area, (cy - ay) * per_area
    down_a, down_b = (cx - bx) * per_area, (ax - cx) * per_area
    for row in range(first_y, last_y + 1):
        y, x = row + 0.5, first_x + 0.5
        share_a = down_a * (y - by) + step_a * (x - bx)
        share_b = down_b * (y - cy) + step_b * (x - cx)
        for column in range(first_x, last_x + 1):
            share_c = 1.0 - share_a - share_b
            if share_a >= 0.0 and share_b >= 0.0 and share_c >= 0.0:
                height = np.float32(share_a * points[a, 2] + share_b * points[b, 2] + share_c * points[c, 2])
                depths[row, column] = max(depths[row, column], height)
            share_a += step_a
            share_b += step_b


@kernel
def draw_bounds(depths: np.ndarray, scratch: np.ndarray, bounds: np.ndarray) -> None:
    """Lowest and highest depth around every block of the map, by which most points are decided at once.

    Args:
        depths: (MAP_SIZE, MAP_SIZE) the shadow map.
        scratch: (2, MAP_BLOCKS, MAP_BLOCKS) float32.
        bounds: the same shape, written: lowest and highest depth in a block and the eight around it.
    """
    blocks = scratch.shape[1]
    scratch[0], scratch[1] = np.inf, -np.inf
    for row in range(depths.shape[0]):
        for column in range(depths.shape[1]):
            value = depths[row, column]
            low, high = scratch[0, row // BLOCK, column // BLOCK], scratch[1, row // BLOCK, column // BLOCK]
            scratch[0, row // BLOCK, column // BLOCK] = min(low, value)
            scratch[1, row // BLOCK, column // BLOCK] = max(high, value)
    for row in range(blocks):
        for column in range(blocks):
            low, high = np.float32(np.inf), np.float32(-np.inf)
            for near_row in range(max(0, row - 1), min(blocks, row + 2)):
                for near_column in range(max(0, column - 1), min(blocks, column + 2)):
                    low = min(low, scratch[0, near_row, near_column])
                    high = max(high, scratch[1, near_row, near_column])
            bounds[0, row, column], bounds[1, row, column] = low, high


@inlined_kernel
def light_share(
    x: Scalar, y: Scalar, z: Scalar, to_map: np.ndarray, depths: np.ndarray, bounds: np.ndarray, stride: int
) -> Scalar:
    """Share of the key light that arrives at a point: soft over a window of 4 x 4 map samples.

    Args:
        x, y, z: the point, metres.
        to_map, depths, bounds: the shadow map.
        stride: texels between samples, 1 or 2; more is softer.
    """
    scale = np.float32(1.0) / np.float32(stride)
    across = (to_map[0, 0] * x + to_map[0, 1] * y + to_map[0, 2] * z + to_map[0, 3]) * scale - np.float32(0.5)
    along = (to_map[1, 0] * x + to_map[1, 1] * y + to_map[1, 2] * z + to_map[1, 3]) * scale - np.float32(0.5)
    height = to_map[2, 0] * x + to_map[2, 1] * y + to_map[2, 2] * z + np.float32(BIAS_M)
    return map_share(across, along, height, depths, bounds, stride)


@inlined_kernel
def map_share(
    across: Scalar, along: Scalar, height: Scalar, depths: np.ndarray, bounds: np.ndarray, stride: int
) -> Scalar:
    """`light_share` of a place in the map.

    Args:
        across, along: in strides, from the middle of the first texel.
        height: metres towards the light, BIAS_M added.
        depths, bounds: the shadow map.
        stride: texels between samples.
    """
    one = np.float32(1.0)
    column, row = int(np.floor(across)), int(np.floor(along))
    last = MAP_SIZE // stride - 3
    share = one
    if 1 <= column <= last and 1 <= row <= last:
        block_row, block_column = row * stride // BLOCK, column * stride // BLOCK
        if bounds[0, block_row, block_column] > height:
            share = np.float32(0.0)
        elif bounds[1, block_row, block_column] > height:
            part_x, part_y = across - np.float32(column), along - np.float32(row)
            total = np.float32(0.0)
            first = (column - 1) * stride
            for step_y in range(4):
                weight = one - part_y if step_y == 0 else (part_y if step_y == 3 else one)
                at = (row + step_y - 1) * stride
                line = (one - part_x) * (depths[at, first] <= height) + one * (depths[at, first + stride] <= height)
                line += one * (depths[at, first + 2 * stride] <= height)
                line += part_x * (depths[at, first + 3 * stride] <= height)
                total += weight * line
            share = total / np.float32(9.0)
    return share
