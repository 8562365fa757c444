"""Shading many samples at once: each property of a block of samples lies in one stretch of `scratch`.

Every loop over samples here does the same arithmetic to each, without branches, so that one instruction serves many.
"""

import numpy as np

from gesta.kernels import Scalar, shading_kernel
from gesta.render.shading import KEY, dither, lit_colour, to_screen
from gesta.render.shadow import BIAS_M, NORMAL_OFFSET_TEXELS, map_share

FACES_AWAY = -0.5
"""Cosine to the key light below which no light arrives and no shadow need be looked up."""
CATCH_UP, CATCH_ASIDE = 0.20, -0.16
"""Where on an eye its catch-light lies: half of the lamp's place above and to the right of the camera, as tangents."""
CATCH_CORE, CATCH_EDGE = 0.9925, 0.982
"""Cosines of the angles within which the catch-light is full, and beyond which there is none of it."""
BLOCK = 256
"""Samples that a block holds at most."""
NORMAL, COLOUR, SHARE = 0, 3 * BLOCK, 6 * BLOCK
SAMPLE_X, SAMPLE_Y, NEARNESS, STUDIO = 7 * BLOCK, 8 * BLOCK, 9 * BLOCK, 10 * BLOCK
TO_EYE, ON_MAP, FACING, OPEN = 11 * BLOCK, 14 * BLOCK, 17 * BLOCK, 18 * BLOCK
WRAPS, BLEEDS, BROADS, SMALLS = 19 * BLOCK, 20 * BLOCK, 21 * BLOCK, 22 * BLOCK
FUZZES, COMBS, WETS = 23 * BLOCK, 24 * BLOCK, 25 * BLOCK
CREASES, HOLLOWS = 26 * BLOCK, 27 * BLOCK
SCRATCH = 28 * BLOCK
"""Where in `scratch` a property begins; vectors have x, y and z one after the other. STUDIO is how much of a pixel is
not covered, OPEN the share of light from all around that arrives, WRAPS and so on the finish, whose highlights BROADS
and SMALLS have the vertex's gloss in them, HOLLOWS how much light the surroundings keep away. Later steps write over
what they no longer need: ON_MAP's third part becomes the light that arrives."""
LIT = ON_MAP + 2 * BLOCK


@shading_kernel
def aim_samples(count: int, view: np.ndarray, to_map: np.ndarray, scratch: np.ndarray) -> None:
    """Find each sample's unit normal, unit vector to the eye, place in the shadow map and cosine to the key light.

    Args:
        count: how many samples there are.
        view: (5, 3) float32 from `Camera.packed`.
        to_map: (4, 4) float32 from `fit_map`.
        scratch: (SCRATCH,) float32 with NORMAL (of any length), SAMPLE_X, SAMPLE_Y and NEARNESS; written.
    """
    one, tiny, half = np.float32(1.0), np.float32(1e-12), np.float32(0.5)
    lift, bias = to_map[3, 0] * np.float32(NORMAL_OFFSET_TEXELS), np.float32(BIAS_M)
    eye_x, eye_y, eye_z = view[0, 0], view[0, 1], view[0, 2]
    right_x, right_y, right_z = view[1, 0], view[1, 1], view[1, 2]
    up_x, up_y, up_z = view[2, 0], view[2, 1], view[2, 2]
    ahead_x, ahead_y, ahead_z = view[3, 0], view[3, 1], view[3, 2]
    pixel, middle_x, middle_y = one / view[4, 0], view[4, 1], view[4, 2]
    a_x, a_y, a_z, a = to_map[0, 0], to_map[0, 1], to_map[0, 2], to_map[0, 3] - half
    b_x, b_y, b_z, b = to_map[1, 0], to_map[1, 1], to_map[1, 2], to_map[1, 3] - half
    c_x, c_y, c_z = to_map[2, 0], to_map[2, 1], to_map[2, 2]
    for at in range(count):
        nx, ny, nz = scratch[NORMAL + at], scratch[NORMAL + BLOCK + at], scratch[NORMAL + 2 * BLOCK + at]
        scale = one / np.sqrt(nx * nx + ny * ny + nz * nz + tiny)
        nx, ny, nz = nx * scale, ny * scale, nz * scale
        across, rise = (scratch[SAMPLE_X + at] - middle_x) * pixel, (middle_y - scratch[SAMPLE_Y + at]) * pixel
        dx = ahead_x + across * right_x + rise * up_x
        dy = ahead_y + across * right_y + rise * up_y
        dz = ahead_z + across * right_z + rise * up_z
        distance, scale = one / scratch[NEARNESS + at], -one / np.sqrt(dx * dx + dy * dy + dz * dz)
        scratch[NORMAL + at], scratch[NORMAL + BLOCK + at], scratch[NORMAL + 2 * BLOCK + at] = nx, ny, nz
        scratch[TO_EYE + at], scratch[TO_EYE + BLOCK + at] = dx * scale, dy * scale
        scratch[TO_EYE + 2 * BLOCK + at] = dz * scale
        x, y, z = (
            eye_x + dx * distance + nx * lift,
            eye_y + dy * distance + ny * lift,
            eye_z + dz * distance + nz * lift,
        )
        scratch[ON_MAP + at] = a_x * x + a_y * y + a_z * z + a
        scratch[ON_MAP + BLOCK + at] = b_x * x + b_y * y + b_z * z + b
        scratch[ON_MAP + 2 * BLOCK + at] = c_x * x + c_y * y + c_z * z + bias
        scratch[FACING + at] = nx * KEY[0] + ny * KEY[1] + nz * KEY[2]


@shading_kernel
def find_shadows(count: int, depths: np.ndarray, bounds: np.ndarray, scratch: np.ndarray) -> None:
    """Look up how much of the key light arrives at each sample: ON_MAP and FACING become LIT."""
    for at in range(count):
        share: Scalar = np.float32(1.0)
        if scratch[FACING + at] > FACES_AWAY:
            share = map_share(
                scratch[ON_MAP + at], scratch[ON_MAP + BLOCK + at], scratch[ON_MAP + 2 * BLOCK + at], depths, bounds, 1
            )
        scratch[LIT + at] = share


@shading_kernel
def light_samples(count: int, scratch: np.ndarray) -> None:
    """Replace the COLOUR of each sample's surface by the light that leaves it, times its SHARE of the pixel."""
    for at in range(count):
        red, green, blue = lit_colour(
            scratch[COLOUR + at], scratch[COLOUR + BLOCK + at], scratch[COLOUR + 2 * BLOCK + at],
            scratch[NORMAL + at], scratch[NORMAL + BLOCK + at], scratch[NORMAL + 2 * BLOCK + at],
            scratch[TO_EYE + at], scratch[TO_EYE + BLOCK + at], scratch[TO_EYE + 2 * BLOCK + at],
            scratch[FACING + at], scratch[LIT + at], scratch[OPEN + at], scratch[WRAPS + at], scratch[BLEEDS + at],
            scratch[BROADS + at], scratch[SMALLS + at], scratch[FUZZES + at], scratch[COMBS + at],
        )  # fmt: skip
        share = scratch[SHARE + at]
        scratch[COLOUR + at], scratch[COLOUR + BLOCK + at] = red * share, green * share
        scratch[COLOUR + 2 * BLOCK + at] = blue * share


@shading_kernel
def add_catch_lights(count: int, view: np.ndarray, scratch: np.ndarray) -> None:
    """Put the small reflection of a lamp, a little above the camera, on the samples that are WET."""
    zero, one = np.float32(0.0), np.float32(1.0)
    up, aside = np.float32(CATCH_UP), np.float32(CATCH_ASIDE)
    right_x, right_y, right_z = view[1, 0] * aside, view[1, 1] * aside, view[1, 2] * aside
    up_x, up_y, up_z = view[2, 0] * up, view[2, 1] * up, view[2, 2] * up
    for at in range(count):
        if scratch[WETS + at] > zero:
            x = scratch[TO_EYE + at] + right_x + up_x
            y = scratch[TO_EYE + BLOCK + at] + right_y + up_y
            z = scratch[TO_EYE + 2 * BLOCK + at] + right_z + up_z
            cosine = x * scratch[NORMAL + at] + y * scratch[NORMAL + BLOCK + at] + z * scratch[NORMAL + 2 * BLOCK + at]
            cosine /= np.sqrt(x * x + y * y + z * z)
            glint = min(one, max(zero, (cosine - np.float32(CATCH_EDGE)) / np.float32(CATCH_CORE - CATCH_EDGE)))
            light, whole = glint * scratch[WETS + at], scratch[SHARE + at]
            for part in range(COLOUR, COLOUR + 3 * BLOCK, BLOCK):
                scratch[part + at] += light * (whole - scratch[part + at])


@shading_kernel
def write_pixels(
    count: int, pixels: np.ndarray, floor_window: np.ndarray, linear: np.ndarray, light: np.ndarray,
    scratch: np.ndarray, picture: np.ndarray,
) -> None:  # fmt: skip
    """Add up the samples of each pixel, with the studio where it is not covered, and write it.

    Args:
        count: how many pixels there are.
        pixels: (3, BLOCK + 1) int32: row, column, first sample; and after the last pixel the end of its samples.
        floor_window, linear, light: the studio behind, from `paint_floor`.
        scratch: (SCRATCH,) float32 with COLOUR and STUDIO.
        picture: (H, W, 3) uint8, written.
    """
    for pixel in range(count):
        row, column, first = pixels[0, pixel], pixels[1, pixel], pixels[2, pixel]
        red, green, blue = scratch[COLOUR + first], scratch[COLOUR + BLOCK + first], scratch[COLOUR + 2 * BLOCK + first]
        for at in range(first + 1, pixels[2, pixel + 1]):
            red += scratch[COLOUR + at]
            green += scratch[COLOUR + BLOCK + at]
            blue += scratch[COLOUR + 2 * BLOCK + at]
        kept = scratch[STUDIO + pixel]
        if kept > 0.0:
            if floor_window[0] <= row < floor_window[1] and floor_window[2] <= column < floor_window[3]:
                kept *= light[row, column]
            red += linear[row, column, 0] * kept
            green += linear[row, column, 1] * kept
            blue += linear[row, column, 2] * kept
        noise = dither(column, row)
        picture[row, column, 0] = to_screen(red, noise)
        picture[row, column, 1] = to_screen(green, noise)
        picture[row, column, 2] = to_screen(blue, noise)


@shading_kernel
def shade_block(
    count: int, pixels: np.ndarray, view: np.ndarray, to_map: np.ndarray, depths: np.ndarray, bounds: np.ndarray,
    floor_window: np.ndarray, linear: np.ndarray, light: np.ndarray, scratch: np.ndarray, picture: np.ndarray,
) -> None:  # fmt: skip
    """Shade the samples of `count` pixels and write the pixels; see the steps above."""
    samples = pixels[2, count]
    aim_samples(samples, view, to_map, scratch)
    find_shadows(samples, depths, bounds, scratch)
    light_samples(samples, scratch)
    add_catch_lights(samples, view, scratch)
    write_pixels(count, pixels, floor_window, linear, light, scratch, picture)
