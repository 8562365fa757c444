"""Light and colour: what a point of a surface looks like, as numba functions shared by the drawing kernels.

Colours are linear until the very end; `SRGB_TABLE` turns them into what a screen expects.
"""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel

KEY_DIRECTION = (-0.46, 0.72, 0.62)
"""Towards the key light: up, in front, on the picture's left; of any length."""
KEY_COLOUR = (1.16, 1.11, 1.05)
SKY_COLOUR = (0.50, 0.52, 0.56)
GROUND_COLOUR = (0.27, 0.26, 0.26)
FILL_DIRECTION = (0.80, 0.25, 0.55)
FILL_STRENGTH = 0.17
WRAP = 0.22
"""How far the key light reaches round an edge, as a large lamp's does."""
RIM_STRENGTH = 0.20
SPECULAR_STRENGTH = 0.9
SHOULDER = 0.72
"""Brighter than this, tones are compressed instead of cut."""

TABLE_SIZE = 4096


def unit(vector: tuple[float, float, float]) -> np.ndarray:
    """(3,) float32 of length one."""
    array = np.array(vector, np.float64)
    return (array / np.linalg.norm(array)).astype(np.float32)


def linear_from_srgb(colour: tuple[int, int, int]) -> np.ndarray:
    """A screen colour (0 to 255) as (3,) float32 linear light, 0 to 1."""
    value = np.array(colour, np.float64) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _srgb_table() -> np.ndarray:
    """(TABLE_SIZE,) float32: screen value 0 to 255 of linear light 0 to 1."""
    linear = np.arange(TABLE_SIZE, dtype=np.float64) / (TABLE_SIZE - 1)
    value = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (255.0 * value).astype(np.float32)


SRGB_TABLE = _srgb_table()
KEY = unit(KEY_DIRECTION)
FILL = unit(FILL_DIRECTION)


@inlined_kernel
def dither(x: int, y: int) -> Scalar:
    """A fixed fine pattern in [0, 1) that hides the steps of 8-bit gradients."""
    inner = np.float32(0.06711056) * np.float32(x) + np.float32(0.00583715) * np.float32(y)
    outer = np.float32(52.9829189) * (inner - np.floor(inner))
    return outer - np.floor(outer)


@inlined_kernel
def to_screen(value: Scalar, noise: Scalar) -> int:
    """Linear light to an 8-bit screen value."""
    index = int(min(max(value, np.float32(0.0)), np.float32(1.0)) * np.float32(TABLE_SIZE - 1) + np.float32(0.5))
    return min(int(SRGB_TABLE[index] + noise), 255)


@inlined_kernel
def _compress(value: Scalar) -> Scalar:
    """Bend tones above SHOULDER so that they approach one."""
    knee = np.float32(SHOULDER)
    room = np.float32(1.0) - knee
    over = max(value - knee, np.float32(0.0))
    return min(value, knee) + room * over / (over + room)


@inlined_kernel
def lit_colour(
    red: Scalar, green: Scalar, blue: Scalar, gloss: Scalar, normal_x: Scalar, normal_y: Scalar, normal_z: Scalar,
    view_x: Scalar, view_y: Scalar, view_z: Scalar, shadow: Scalar,
) -> tuple[Scalar, Scalar, Scalar]:  # fmt: skip
    """Linear light that leaves a surface.

    Args:
        red, green, blue: how much of the light it returns, linear.
        gloss: strength of the highlight, 0 to 1.
        normal_x, normal_y, normal_z: unit normal.
        view_x, view_y, view_z: unit vector towards the camera.
        shadow: share of the key light that arrives, 0 to 1.
    """
    one, half, zero = np.float32(1.0), np.float32(0.5), np.float32(0.0)
    wrap = np.float32(WRAP)
    facing = normal_x * KEY[0] + normal_y * KEY[1] + normal_z * KEY[2]
    key = max(zero, (facing + wrap) / (one + wrap)) * shadow
    fill = max(zero, normal_x * FILL[0] + normal_y * FILL[1] + normal_z * FILL[2]) * np.float32(FILL_STRENGTH)
    sky = half + half * normal_y
    outline = one - max(zero, normal_x * view_x + normal_y * view_y + normal_z * view_z)
    rim = outline * outline * outline * (half + half * sky) * np.float32(RIM_STRENGTH)
    half_x, half_y, half_z = view_x + KEY[0], view_y + KEY[1], view_z + KEY[2]
    length = np.sqrt(half_x * half_x + half_y * half_y + half_z * half_z) + np.float32(1e-6)
    aligned = max(zero, (normal_x * half_x + normal_y * half_y + normal_z * half_z) / length)
    shine = aligned * aligned
    shine = shine * shine * shine
    shine = shine * shine * shine  # the 18th power: a broad, satin highlight
    tight = shine * shine * shine
    tight = tight * tight
    shine = (np.float32(0.12) * shine * gloss + tight * gloss * gloss) * np.float32(SPECULAR_STRENGTH) * shadow
    out_red = red * (key * np.float32(KEY_COLOUR[0]) + fill) + shine + rim * (half * red + np.float32(0.10))
    out_green = green * (key * np.float32(KEY_COLOUR[1]) + fill) + shine + rim * (half * green + np.float32(0.10))
    out_blue = blue * (key * np.float32(KEY_COLOUR[2]) + fill) + shine + rim * (half * blue + np.float32(0.10))
    out_red += red * (np.float32(GROUND_COLOUR[0]) * (one - sky) + np.float32(SKY_COLOUR[0]) * sky)
    out_green += green * (np.float32(GROUND_COLOUR[1]) * (one - sky) + np.float32(SKY_COLOUR[1]) * sky)
    out_blue += blue * (np.float32(GROUND_COLOUR[2]) * (one - sky) + np.float32(SKY_COLOUR[2]) * sky)
    return _compress(out_red), _compress(out_green), _compress(out_blue)
