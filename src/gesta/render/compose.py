"""From triangles at every sample to finished pixels: shading, shadows on body and floor, and smooth edges.

A kernel that calls another with many arrays pays for each of them at every call, so what runs once a pixel is copied
into its caller (`inlined_kernel`).
"""

import numpy as np

from gesta.render.kernels import Scalar, inlined_kernel, shading_kernel
from gesta.render.shading import KEY, dither, lit_colour, to_screen
from gesta.render.shadow import NORMAL_OFFSET_TEXELS, light_share
from gesta.render.visibility import SAMPLE_X, SAMPLE_Y, SAMPLES

SAME_SURFACE_RATIO = 0.006
"""Samples of one pixel whose distances differ by less than this share may be shaded once."""
SAME_NORMAL_COSINE = 0.80
SAME_COLOUR = 0.02
FACES_AWAY = -0.25
"""Cosine to the key light below which no light arrives and no shadow need be looked up."""


@inlined_kernel
def _shades_needed(
    row: int, column: int, inverse: np.ndarray, seen: np.ndarray, normals: np.ndarray, material: np.ndarray,
    faces: np.ndarray,
) -> int:  # fmt: skip
    """How many samples of a pixel need a colour of their own: 0 if all are empty, 1 if they see one smooth surface."""
    low = high = inverse[row, column, 0]
    for sample in range(1, SAMPLES):
        low = min(low, inverse[row, column, sample])
        high = max(high, inverse[row, column, sample])
    needed = 1
    if high <= 0.0:
        needed = 0
    elif low <= 0.0 or high - low > SAME_SURFACE_RATIO * high:
        needed = SAMPLES
    else:
        first = seen[row, column, 0]
        a = faces[first, 0]
        for sample in range(1, SAMPLES):
            other = seen[row, column, sample]
            if other != first:
                b = faces[other, 0]
                cosine = normals[a, 0] * normals[b, 0] + normals[a, 1] * normals[b, 1] + normals[a, 2] * normals[b, 2]
                change = max(abs(material[a, 0] - material[b, 0]), abs(material[a, 1] - material[b, 1]))
                if cosine < SAME_NORMAL_COSINE or change > SAME_COLOUR:
                    needed = SAMPLES
    return needed


@inlined_kernel
def _corner_shares(i: int, j: int, k: int, x: float, y: float, screen: np.ndarray) -> tuple[Scalar, Scalar, Scalar]:
    """How much each corner of a triangle counts at pixel coordinates x, y, perspective included."""
    share_i = (screen[k, 0] - screen[j, 0]) * (y - screen[j, 1]) - (screen[k, 1] - screen[j, 1]) * (x - screen[j, 0])
    share_j = (screen[i, 0] - screen[k, 0]) * (y - screen[k, 1]) - (screen[i, 1] - screen[k, 1]) * (x - screen[k, 0])
    share_k = (screen[j, 0] - screen[i, 0]) * (y - screen[i, 1]) - (screen[j, 1] - screen[i, 1]) * (x - screen[i, 0])
    share_i, share_j, share_k = share_i * screen[i, 2], share_j * screen[j, 2], share_k * screen[k, 2]
    scale = 1.0 / (share_i + share_j + share_k)
    return np.float32(share_i * scale), np.float32(share_j * scale), np.float32(share_k * scale)


@shading_kernel
def paint_body(
    spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray, vertices: np.ndarray, normals: np.ndarray,
    material: np.ndarray, faces: np.ndarray, screen: np.ndarray, view: np.ndarray, to_map: np.ndarray,
    depths: np.ndarray, bounds: np.ndarray, floor_window: np.ndarray, linear: np.ndarray, light: np.ndarray,
    picture: np.ndarray,
) -> None:  # fmt: skip
    """Shade every pixel that the mesh covers, wholly or in part.

    Args:
        spans, inverse, seen: what is visible, from `draw_visibility`.
        vertices, normals: (V, 3) float32.
        material: (V, 4) float32.
        faces: (N, 3).
        screen: (V, 3) from `project_vertices`.
        view: (5, 3) from `Camera.packed`.
        to_map, depths, bounds: the shadow map.
        floor_window, linear, light: the studio behind, from `paint_floor`.
        picture: (H, W, 3) uint8, written.
    """
    lift = to_map[3, 0] * np.float32(NORMAL_OFFSET_TEXELS)
    eye_x, eye_y, eye_z = np.float32(view[0, 0]), np.float32(view[0, 1]), np.float32(view[0, 2])
    one, tiny = np.float32(1.0), np.float32(1e-12)
    for row in range(spans.shape[0]):
        for column in range(spans[row, 0], spans[row, 1]):
            needed = _shades_needed(row, column, inverse, seen, normals, material, faces)
            if needed == 0:
                continue
            zero: Scalar = np.float32(0.0)
            sum_red, sum_green, sum_blue = zero, zero, zero
            share = one / np.float32(needed)
            for sample in range(needed):
                if inverse[row, column, sample] <= 0.0:
                    kept: Scalar = share
                    if floor_window[0] <= row < floor_window[1] and floor_window[2] <= column < floor_window[3]:
                        kept = share * light[row, column]
                    sum_red += linear[row, column, 0] * kept
                    sum_green += linear[row, column, 1] * kept
                    sum_blue += linear[row, column, 2] * kept
                    continue
                face = seen[row, column, sample]
                i, j, k = faces[face, 0], faces[face, 1], faces[face, 2]
                wi, wj, wk = _corner_shares(i, j, k, column + SAMPLE_X[sample], row + SAMPLE_Y[sample], screen)
                px = wi * vertices[i, 0] + wj * vertices[j, 0] + wk * vertices[k, 0]
                py = wi * vertices[i, 1] + wj * vertices[j, 1] + wk * vertices[k, 1]
                pz = wi * vertices[i, 2] + wj * vertices[j, 2] + wk * vertices[k, 2]
                nx = wi * normals[i, 0] + wj * normals[j, 0] + wk * normals[k, 0]
                ny = wi * normals[i, 1] + wj * normals[j, 1] + wk * normals[k, 1]
                nz = wi * normals[i, 2] + wj * normals[j, 2] + wk * normals[k, 2]
                scale = one / np.sqrt(nx * nx + ny * ny + nz * nz + tiny)
                nx, ny, nz = nx * scale, ny * scale, nz * scale
                vx, vy, vz = eye_x - px, eye_y - py, eye_z - pz
                scale = one / np.sqrt(vx * vx + vy * vy + vz * vz)
                vx, vy, vz = vx * scale, vy * scale, vz * scale
                shadow: Scalar = one
                if nx * KEY[0] + ny * KEY[1] + nz * KEY[2] > FACES_AWAY:
                    shadow = light_share(px + nx * lift, py + ny * lift, pz + nz * lift, to_map, depths, bounds, 1)
                red, green, blue = lit_colour(
                    wi * material[i, 0] + wj * material[j, 0] + wk * material[k, 0],
                    wi * material[i, 1] + wj * material[j, 1] + wk * material[k, 1],
                    wi * material[i, 2] + wj * material[j, 2] + wk * material[k, 2],
                    wi * material[i, 3] + wj * material[j, 3] + wk * material[k, 3],
                    nx, ny, nz, vx, vy, vz, shadow,
                )  # fmt: skip
                sum_red, sum_green, sum_blue = sum_red + red * share, sum_green + green * share, sum_blue + blue * share
            noise = dither(column, row)
            picture[row, column, 0] = to_screen(sum_red, noise)
            picture[row, column, 1] = to_screen(sum_green, noise)
            picture[row, column, 2] = to_screen(sum_blue, noise)
