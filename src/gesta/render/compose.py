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
from gesta.render.openness import hollow_share
from gesta.render.visibility import OFFSET_X, OFFSET_Y, SAMPLES

SAME_SURFACE_RATIO = 0.006
"""Samples of one pixel whose distances differ by less than this share may be shaded once."""
SAME_NORMAL_COSINE = 0.80
SAME_COLOUR = 0.02
SURFACE_PARTS = 8
"""Numbers that a vertex brings along: normal x, y, z, linear red, green, blue, gloss, and kind."""
KIND = 7
"""Which of them is the kind."""
FACE = 3
"""Row of `pixels` that says which face each sample sees."""


@inlined_kernel
def _same_surface(
    one: int, other: int, near: Scalar, near_other: Scalar, surface: np.ndarray, faces: np.ndarray
) -> bool:
    """Whether two samples of a pixel, which see the faces `one` and `other`, may share a colour."""
    a, b, far = faces[one, 0], faces[other, 0], faces[other, 2]
    # Between the first corner and the last one the colour may change within a single face, as on an iris.
    change = max(abs(surface[a, 3] - surface[far, 3]), abs(surface[a, 4] - surface[far, 4]))
    same = change <= SAME_COLOUR
    if same and one != other:
        cosine = surface[a, 0] * surface[b, 0] + surface[a, 1] * surface[b, 1] + surface[a, 2] * surface[b, 2]
        gap = abs(near - near_other)
        same = cosine >= SAME_NORMAL_COSINE and gap <= SAME_SURFACE_RATIO * max(near, near_other)
    return same


@inlined_kernel
def _corner_shares(
    i: int, j: int, k: int, x: float, y: float, screen: np.ndarray
) -> tuple[Scalar, Scalar, Scalar, bool]:
    """How much each corner of a triangle counts at pixel coordinates x, y, perspective included; and whether it is
    seen from behind."""
    share_i = (screen[k, 0] - screen[j, 0]) * (y - screen[j, 1]) - (screen[k, 1] - screen[j, 1]) * (x - screen[j, 0])
    share_j = (screen[i, 0] - screen[k, 0]) * (y - screen[k, 1]) - (screen[i, 1] - screen[k, 1]) * (x - screen[k, 0])
    share_k = (screen[j, 0] - screen[i, 0]) * (y - screen[i, 1]) - (screen[j, 1] - screen[i, 1]) * (x - screen[i, 0])
    share_i, share_j, share_k = share_i * screen[i, 2], share_j * screen[j, 2], share_k * screen[k, 2]
    total = share_i + share_j + share_k
    scale = 1.0 / total
    return np.float32(share_i * scale), np.float32(share_j * scale), np.float32(share_k * scale), total > 0.0


@inlined_kernel
def _mixed(part: int, i: int, j: int, k: int, wi: Scalar, wj: Scalar, wk: Scalar, surface: np.ndarray) -> Scalar:
    """One of SURFACE_PARTS between three corners."""
    return wi * surface[i, part] + wj * surface[j, part] + wk * surface[k, part]


@inlined_kernel
def _shade_as(
    first: int, end: int, face: int, nearness: Scalar, pixels: np.ndarray, surface: np.ndarray, faces: np.ndarray,
    scratch: np.ndarray,
) -> int:  # fmt: skip
    """The sample of the same pixel, from `first` up to `end`, whose colour serves for a face; `end` if none does."""
    at = first
    while at < end and not _same_surface(pixels[FACE, at], face, scratch[NEARNESS + at], nearness, surface, faces):
        at += 1
    return at


@inlined_kernel
def _describe(
    at: int, face: int, x: float, y: float, surface: np.ndarray, faces: np.ndarray, screen: np.ndarray,
    scratch: np.ndarray,
) -> int:  # fmt: skip
    """Write down, as sample `at` of the block, what a face is like at pixel coordinates x, y; returns its kind."""
    i, j, k = faces[face, 0], faces[face, 1], faces[face, 2]
    wi, wj, wk, behind = _corner_shares(i, j, k, x, y, screen)
    side = np.float32(-1.0) if behind else np.float32(1.0)
    kind, gloss = int(surface[i, KIND]), _mixed(6, i, j, k, wi, wj, wk, surface)
    # A loop over the parts would be made into far slower scattered writes.
    scratch[NORMAL + at] = side * _mixed(0, i, j, k, wi, wj, wk, surface)
    scratch[NORMAL + BLOCK + at] = side * _mixed(1, i, j, k, wi, wj, wk, surface)
    scratch[NORMAL + 2 * BLOCK + at] = side * _mixed(2, i, j, k, wi, wj, wk, surface)
    scratch[COLOUR + at] = _mixed(3, i, j, k, wi, wj, wk, surface)
    scratch[COLOUR + BLOCK + at] = _mixed(4, i, j, k, wi, wj, wk, surface)
    scratch[COLOUR + 2 * BLOCK + at] = _mixed(5, i, j, k, wi, wj, wk, surface)
    scratch[WRAPS + at], scratch[BLEEDS + at] = FINISHES[kind, WRAP], FINISHES[kind, BLEED]
    scratch[BROADS + at], scratch[SMALLS + at] = FINISHES[kind, BROAD] * gloss, FINISHES[kind, TIGHT] * gloss * gloss
    scratch[FUZZES + at], scratch[COMBS + at] = FINISHES[kind, FUZZ], FINISHES[kind, COMB]
    scratch[WETS + at] = FINISHES[kind, WET]
    scratch[OPEN + at] = FINISHES[kind, SKY]
    scratch[SAMPLE_X + at], scratch[SAMPLE_Y + at] = np.float32(x), np.float32(y)
    return kind


@shading_kernel
def paint_body(
    spans: np.ndarray, inverse: np.ndarray, seen: np.ndarray, hollows: np.ndarray, surface: np.ndarray,
    faces: np.ndarray, screen: np.ndarray, view: np.ndarray, to_map: np.ndarray, depths: np.ndarray, bounds: np.ndarray,
    floor_window: np.ndarray, linear: np.ndarray, light: np.ndarray, scratch: np.ndarray, pixels: np.ndarray,
    picture: np.ndarray,
) -> None:  # fmt: skip
    """Shade every pixel that the mesh covers, wholly or in part.

    Args:
        spans, inverse, seen: what is visible, from `draw_visibility`.
        hollows: from `find_hollows`.
        surface: (V, SURFACE_PARTS) float32.
        faces: (N, 3).
        screen: (V, 3) from `project_vertices`.
        view: (5, 3) float32 from `Camera.packed`.
        to_map, depths, bounds: the shadow map.
        floor_window, linear, light: the studio behind, from `paint_floor`.
        scratch, pixels: scratch, see `gesta.render.blocks`; `pixels` has a fourth row: the face of each sample.
        picture: (H, W, 3) uint8, written.
    """
    pixel, end = 0, 0
    quarter, zero, one = np.float32(1.0 / SAMPLES), np.float32(0.0), np.float32(1.0)
    for row in range(spans.shape[0]):
        for column in range(spans[row, 0], spans[row, 1]):
            first, studio = end, zero
            for sample in range(SAMPLES):
                near, face = inverse[row, column, sample], seen[row, column, sample]
                if near <= zero:
                    studio += quarter
                    continue
                same = _shade_as(first, end, face, near, pixels, surface, faces, scratch)
                if same < end:
                    scratch[SHARE + same] += quarter
                    continue
                x, y = column + OFFSET_X[sample], row + OFFSET_Y[sample]
                crease = FINISHES[_describe(end, face, x, y, surface, faces, screen, scratch), CREASE]
                if crease > zero:
                    scratch[OPEN + end] *= one - crease * hollow_share(row, column, near, inverse, hollows)
                scratch[NEARNESS + end], scratch[SHARE + end] = near, quarter
                pixels[FACE, end] = face
                end += 1
            if end == first:
                continue
            pixels[0, pixel], pixels[1, pixel], pixels[2, pixel] = row, column, first
            scratch[STUDIO + pixel] = studio
            pixel += 1
            if end > BLOCK - SAMPLES:
                pixels[2, pixel] = end
                shade_block(pixel, pixels, view, to_map, depths, bounds, floor_window, linear, light, scratch, picture)
                pixel, end = 0, 0
    pixels[2, pixel] = end
    shade_block(pixel, pixels, view, to_map, depths, bounds, floor_window, linear, light, scratch, picture)
