"""Light and colour: what a point of a surface looks like, as numba functions shared by the drawing kernels.

Colours are linear until the very end; `SRGB_TABLE` turns them into what a screen expects.
"""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel

KEY_DIRECTION = (-0.46, 0.72, 0.62)
"""Towards the key light: up, in front, on the picture's left; of any length."""
KEY_COLOUR = (1.08, 1.03, 0.97)
SKY_COLOUR = (0.41, 0.43, 0.47)
GROUND_COLOUR = (0.23, 0.215, 0.205)
FILL_DIRECTION = (0.80, 0.25, 0.55)
FILL_STRENGTH = 0.13
SPECULAR_STRENGTH = 0.9
GREEN_BLEED = 0.3
"""Share of red light's wandering through skin that green light has."""
CREASE_IN_KEY = 0.35
"""Share of the key light that creases hold back as they do that from all around."""
STRAND_TILT = 0.08
"""How far scales of hair tilt its highlight towards the root."""
STRAND_COLOUR = 5.0
"""Strength of the highlight that hair colours, beside the white one."""
SHOULDER = 0.72
"""Brighter than this, tones are compressed instead of cut."""

TABLE_SIZE = 4096


def unit(vector: tuple[float, float, float]) -> np.ndarray:
    """(3,) float32 of length one."""
    array = np.array(vector, np.float64)
    return (array / np.linalg.norm(array)).astype(np.float32)


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
def highlights(
    facing: Scalar, normal_x: Scalar, normal_y: Scalar, normal_z: Scalar, view_x: Scalar, view_y: Scalar,
    view_z: Scalar, comb: Scalar,
) -> tuple[Scalar, Scalar]:  # fmt: skip
    """How strong the key light's satin highlight and its small one are.

    Args:
        facing: cosine between normal and key light.
        normal_x, normal_y, normal_z: unit normal.
        view_x, view_y, view_z: unit vector towards the camera.
        comb: 1 for the highlight of strands that hang down along the surface, 0 for a round one.
    """
    one, zero = np.float32(1.0), np.float32(0.0)
    half_x, half_y, half_z = view_x + KEY[0], view_y + KEY[1], view_z + KEY[2]
    scale = one / (np.sqrt(half_x * half_x + half_y * half_y + half_z * half_z) + np.float32(1e-6))
    cosine = (normal_x * half_x + normal_y * half_y + normal_z * half_z) * scale
    # A strand is straight down less what of that sticks out of the surface; it shines where it lies across `half`.
    strand = (normal_y * cosine - half_y * scale) / np.sqrt(max(np.float32(0.02), one - normal_y * normal_y))
    strand += np.float32(STRAND_TILT)
    across = max(zero, one - strand * strand) * min(one, max(zero, facing + np.float32(0.35)))
    aligned = max(zero, cosine)
    shine = aligned * aligned
    shine = shine + comb * (across - shine)
    shine = shine * shine * shine
    shine = shine * shine * shine  # the 18th power of the cosine
    tight = shine * shine * shine
    return shine, tight * tight


@inlined_kernel
def lit_colour(
    red: Scalar, green: Scalar, blue: Scalar, normal_x: Scalar, normal_y: Scalar, normal_z: Scalar,
    view_x: Scalar, view_y: Scalar, view_z: Scalar, facing: Scalar, shadow: Scalar, openness: Scalar,
    wrap: Scalar, bleed: Scalar, broad: Scalar, small: Scalar, fuzz: Scalar, comb: Scalar,
) -> tuple[Scalar, Scalar, Scalar]:  # fmt: skip
    """Linear light that leaves a surface.

    Args:
        red, green, blue: how much of the light it returns, linear.
        normal_x, normal_y, normal_z: unit normal.
        view_x, view_y, view_z: unit vector towards the camera.
        facing: cosine between normal and key light.
        shadow: share of the key light that arrives, 0 to 1.
        openness: share of the light from all around that arrives, 0 to 1.
        wrap, bleed, fuzz, comb: of its finish.
        broad, small: strengths of its two highlights.
    """
    one, half, zero = np.float32(1.0), np.float32(0.5), np.float32(0.0)
    open_key = np.float32(1.0 - CREASE_IN_KEY) + np.float32(CREASE_IN_KEY) * openness
    lit = shadow * open_key
    # Red light wanders through skin: it reaches further round edges, into shadows and into creases.
    more = bleed * (one - shadow) * (shadow + np.float32(0.25)) * open_key
    wrap_red, wrap_green = wrap + bleed, wrap + np.float32(GREEN_BLEED) * bleed
    key_red = max(zero, (facing + wrap_red) / (one + wrap_red)) * (lit + more)
    key_green = max(zero, (facing + wrap_green) / (one + wrap_green)) * (lit + np.float32(GREEN_BLEED) * more)
    key_blue = max(zero, (facing + wrap) / (one + wrap)) * lit
    fill = max(zero, normal_x * FILL[0] + normal_y * FILL[1] + normal_z * FILL[2])
    fill = fill * np.float32(FILL_STRENGTH) * openness
    sky = half + half * normal_y
    outline = one - max(zero, normal_x * view_x + normal_y * view_y + normal_z * view_z)
    rim = outline * outline * outline * (half + half * sky) * fuzz * openness
    shine, tight = highlights(facing, normal_x, normal_y, normal_z, view_x, view_y, view_z, comb)
    shine, tight = (
        broad * shine * np.float32(SPECULAR_STRENGTH) * lit,
        small * tight * np.float32(SPECULAR_STRENGTH) * lit,
    )
    # Strands colour their broad highlight; everything else mirrors the lamp as it is.
    own = comb * np.float32(STRAND_COLOUR)
    plain = tight + shine * (one - comb) + rim * np.float32(0.10)
    tinted = fill + half * rim + own * shine
    warm = openness + bleed * openness * (one - openness)
    ground, above = one - sky, sky
    out_red = red * (key_red * np.float32(KEY_COLOUR[0]) + tinted) + plain
    out_green = green * (key_green * np.float32(KEY_COLOUR[1]) + tinted) + plain
    out_blue = blue * (key_blue * np.float32(KEY_COLOUR[2]) + tinted) + plain
    out_red += red * (np.float32(GROUND_COLOUR[0]) * ground + np.float32(SKY_COLOUR[0]) * above) * warm
    out_green += green * (np.float32(GROUND_COLOUR[1]) * ground + np.float32(SKY_COLOUR[1]) * above) * openness
    out_blue += blue * (np.float32(GROUND_COLOUR[2]) * ground + np.float32(SKY_COLOUR[2]) * above) * openness
    return _compress(out_red), _compress(out_green), _compress(out_blue)
