"""From triangles at every sample to finished pixels: which samples need a colour of their own, and smooth edges.

A kernel that calls another with many arrays pays for each of them at every call, so what runs once a sample is copied
into its caller (`inlined_kernel`), and the rest runs once a block of samples (`gesta.render.blocks`).
"""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, shading_kernel
from gesta.render.blocks import (
    BLEEDS,
    BLOCK,
    BROADS,
    COLOUR,
    COMBS,
    CREASES,
    FUZZES,
    NEARNESS,
    NORMAL,
    OPEN,
    SAMPLE_X,
    SAMPLE_Y,
    SHARE,
    SMALLS,
    STUDIO,
    WETS,
    WRAPS,
    shade_block,
)
from gesta.render.finish import BLEED, BROAD, COMB, CREASE, FINISHES, FUZZ, SKY, TIGHT, WET, WRAP
from gesta.render.openness import close_hollows
from gesta.render.visibility import OFFSET_X, OFFSET_Y, SAMPLES

SAME_SURFACE_RATIO = 0.006
"""Samples of one pixel whose distances differ by less than this share may be shaded once."""
SAME_NORMAL_COSINE = 0.80
SAME_COLOUR = 0.02
SURFACE_PARTS = 11
"""Numbers that a vertex brings along: normal x, y, z, linear red, green, blue, gloss, kind, and its place on the
picture: pixel x, pixel y and inverse distance."""
KIND, ACROSS, DOWN, NEAR = 7, 8, 9, 10
"""Which of them is the kind, and which ones the place."""
FACE = 3
"""Row of `pixels` that says which face each sample sees."""


def is_even(faces: np.ndarray, surface: np.ndarray) -> np.ndarray:
    """(N,) bool: faces of one colour, as far as the first corner and the last one tell; not so those on an iris."""
    return np.abs(surface[faces[:, 0], 3:5] - surface[faces[:, 2], 3:5]).max(axis=1, initial=0.0) <= SAME_COLOUR


@inlined_kernel
def _same_surface(
    one: int, other: int, near: Scalar, near_other: Scalar, surface: np.ndarray, faces: np.ndarray, even: np.ndarray
) -> bool:
    """Whether two samples of a pixel, which see the faces `one` and `other`, may share a colour."""
    if one == other:
        same = even[one]
    else:
        a, b, far = faces[one, 0], faces[other, 0], faces[other, 2]
        change = max(abs(surface[a, 3] - surface[far, 3]), abs(surface[a, 4] - surface[far, 4]))
        cosine = surface[a, 0] * surface[b, 0] + surface[a, 1] * surface[b, 1] + surface[a, 2] * surface[b, 2]
        away = abs(near - near_other) <= np.float32(SAME_SURFACE_RATIO) * max(near, near_other)
        same = (change <= np.float32(SAME_COLOUR)) & (cosine >= np.float32(SAME_NORMAL_COSINE)) & away
    return same


@inlined_kernel
def _mixed(part: int, i: int, j: int, k: int, wi: Scalar, wj: Scalar, wk: Scalar, surface: np.ndarray) -> Scalar:
    """One of SURFACE_PARTS between three corners."""
    return wi * surface[i, part] + wj * surface[j, part] + wk * surface[k, part]


@shading_kernel
def describe_samples(
    count: int, faces: np.ndarray, surface: np.ndarray, pixels: np.ndarray, scratch: np.ndarray
) -> None:
    """Write down what the face of each sample is like there; see `paint_body`.

    A triangle's corners count as much as the areas that the sample parts it into, by their inverse distances: so
    perspective is included. Areas are exact enough in float32, being measured from the sample.
    """
    one = np.float32(1.0)
    for at in range(count):
        face = pixels[FACE, at]
        # Unsigned, so that nothing asks whether an index counts from the end.
        i, j, k = np.uintp(faces[face, 0]), np.uintp(faces[face, 1]), np.uintp(faces[face, 2])
        x, y = scratch[SAMPLE_X + at], scratch[SAMPLE_Y + at]
        i_x, i_y = surface[i, ACROSS] - x, surface[i, DOWN] - y
        j_x, j_y = surface[j, ACROSS] - x, surface[j, DOWN] - y
        k_x, k_y = surface[k, ACROSS] - x, surface[k, DOWN] - y
        wi = (j_x * k_y - j_y * k_x) * surface[i, NEAR]
        wj = (k_x * i_y - k_y * i_x) * surface[j, NEAR]
        wk = (i_x * j_y - i_y * j_x) * surface[k, NEAR]
        total = wi + wj + wk
        scale = one / total
        wi, wj, wk = wi * scale, wj * scale, wk * scale
        # The picture's y runs down: there the corners of a face seen from behind run counter-clockwise.
        side = -one if total > 0.0 else one
        kind, gloss = np.uintp(surface[i, KIND]), _mixed(6, i, j, k, wi, wj, wk, surface)
        # A loop over the parts would be made into far slower scattered writes.
        scratch[NORMAL + at] = side * _mixed(0, i, j, k, wi, wj, wk, surface)
        scratch[NORMAL + BLOCK + at] = side * _mixed(1, i, j, k, wi, wj, wk, surface)
        scratch[NORMAL + 2 * BLOCK + at] = side * _mixed(2, i, j, k, wi, wj, wk, surface)
        scratch[COLOUR + at] = _mixed(3, i, j, k, wi, wj, wk, surface)
        scratch[COLOUR + BLOCK + at] = _mixed(4, i, j, k, wi, wj, wk, surface)
        scratch[COLOUR + 2 * BLOCK + at] = _mixed(5, i, j, k, wi, wj, wk, surface)
        scratch[WRAPS + at], scratch[BLEEDS + at] = FINISHES[kind, WRAP], FINISHES[kind, BLEED]
        scratch[BROADS + at] = FINISHES[kind, BROAD] * gloss
        scratch[SMALLS + at] = FINISHES[kind, TIGHT] * gloss * gloss
        scratch[FUZZES + at], scratch[COMBS + at] = FINISHES[kind, FUZZ], FINISHES[kind, COMB]
        scratch[OPEN + at], scratch[CREASES + at] = FINISHES[kind, SKY], FINISHES[kind, CREASE]
        scratch[WETS + at] = FINISHES[kind, WET]


@inlined_kernel
def _note(at: int, face: int, column: int, row: int, sample: int, near: Scalar, share: Scalar, pixels: np.ndarray,
          scratch: np.ndarray) -> int:  # fmt: skip
    """Write down which face sample `at` of the block sees, and where; returns the place of the next one."""
    scratch[SAMPLE_X + at] = np.float32(column) + np.float32(OFFSET_X[sample])
    scratch[SAMPLE_Y + at] = np.float32(row) + np.float32(OFFSET_Y[sample])
    scratch[NEARNESS + at], scratch[SHARE + at], pixels[FACE, at] = near, share, face
    return at + 1


@inlined_kernel
def _part_pixel(
    row: int, column: int, first: int, inverse: np.ndarray, seen: np.ndarray, surface: np.ndarray, faces: np.ndarray,
    even: np.ndarray, pixels: np.ndarray, scratch: np.ndarray,
) -> tuple[int, Scalar]:  # fmt: skip
    """Note the samples of a pixel that need a colour of their own: their end in the block, and the studio's share."""
    quarter, studio, end = np.float32(1.0 / SAMPLES), np.float32(0.0), first
    for sample in range(SAMPLES):
        near, face = inverse[row, column, sample], seen[row, column, sample]
        if near <= 0.0:
            studio += quarter
            continue
        at = first
        while at < end and not _same_surface(
            pixels[FACE, at], face, scratch[NEARNESS + at], near, surface, faces, even
        ):
            at += 1
        if at < end:
            scratch[SHARE + at] += quarter
        else:
            end = _note(end, face, column, row, sample, near, quarter, pixels, scratch)
    return end, studio


@shading_kernel
def paint_body(
    spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray, cells: np.ndarray, hollows: np.ndarray,
    surface: np.ndarray, faces: np.ndarray, even: np.ndarray, view: np.ndarray, to_map: np.ndarray,
    depths: np.ndarray, bounds: np.ndarray, floor_window: np.ndarray, linear: np.ndarray, light: np.ndarray,
    scratch: np.ndarray, pixels: np.ndarray, picture: np.ndarray,
) -> None:  # fmt: skip
    """Shade every pixel that the mesh covers, wholly or in part.

    Args:
        spans, inverse, seen: what is visible, from `draw_visibility`.
        cells, hollows: from `find_hollows`.
        surface: (V, SURFACE_PARTS) float32.
        faces: (N, 3).
        even: (N,) bool, from `is_even`.
        view: (5, 3) float32 from `Camera.packed`.
        to_map, depths, bounds: the shadow map.
        floor_window, linear, light: the studio behind, from `paint_floor`.
        scratch, pixels: scratch, see `gesta.render.blocks`; `pixels` has a fourth row: the face of each sample.
        picture: (H, W, 3) uint8, written.
    """
    pixel, end, zero, whole = 0, 0, np.float32(0.0), np.float32(1.0)
    for row in range(spans.shape[0]):
        for column in range(spans[row, 0], spans[row, 1]):
            first, face, studio = end, seen[row, column, 0], zero
            n_0, n_1 = inverse[row, column, 0], inverse[row, column, 1]
            n_2, n_3 = inverse[row, column, 2], inverse[row, column, 3]
            if max(n_0, n_1, n_2, n_3) <= zero:
                continue
            others = (seen[row, column, 1] ^ face) | (seen[row, column, 2] ^ face) | (seen[row, column, 3] ^ face)
            if others == 0 and min(n_0, n_1, n_2, n_3) > zero and even[face]:
                end = _note(end, face, column, row, 0, n_0, whole, pixels, scratch)
            else:
                end, studio = _part_pixel(row, column, end, inverse, seen, surface, faces, even, pixels, scratch)
            pixels[0, pixel], pixels[1, pixel], pixels[2, pixel] = row, column, first
            scratch[STUDIO + pixel] = studio
            pixel += 1
            if end > BLOCK - SAMPLES:
                pixels[2, pixel] = end
                describe_samples(end, faces, surface, pixels, scratch)
                close_hollows(end, cells, hollows, scratch)
                shade_block(pixel, pixels, view, to_map, depths, bounds, floor_window, linear, light, scratch, picture)
                pixel, end = 0, 0
    pixels[2, pixel] = end
    describe_samples(end, faces, surface, pixels, scratch)
    close_hollows(end, cells, hollows, scratch)
    shade_block(pixel, pixels, view, to_map, depths, bounds, floor_window, linear, light, scratch, picture)
