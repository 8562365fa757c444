"""From red, green and blue to what video files hold: brightness for every pixel, colour for every square of four.

The numbers are BT.601's at studio range (16 to 235 for brightness, 16 to 240 for colour): what players take a file for
that says nothing of it.
"""

import numpy as np

from gesta.kernels import Scalar, inlined_kernel, shading_kernel

BRIGHTNESS_OF = (0.256788, 0.504129, 0.097906)
"""What red, green and blue add to the brightness."""
BLUENESS_OF = (-0.148223, -0.290993, 0.439216)
REDNESS_OF = (0.439216, -0.367788, -0.071427)
DARKEST, COLOURLESS = 16.0, 128.0
ROUNDING = 0.5


@inlined_kernel
def _mixed(red: Scalar, green: Scalar, blue: Scalar, shares: tuple[float, float, float], offset: float) -> Scalar:
    """A weighted sum, rounded."""
    total = red * np.float32(shares[0]) + green * np.float32(shares[1]) + blue * np.float32(shares[2])
    return np.uint8(total + np.float32(offset + ROUNDING))


@shading_kernel
def part_planes(picture: np.ndarray, brightness: np.ndarray, blueness: np.ndarray, redness: np.ndarray) -> None:
    """Fill the three planes of a YUV 4:2:0 picture.

    Args:
        picture: (H, W, 3) uint8: red, green, blue; H and W even.
        brightness: (H, at least W) uint8, written.
        blueness, redness: (H / 2, at least W / 2) uint8, written: of the mean colour of four pixels.
    """
    quarter = np.float32(0.25)
    for row in range(picture.shape[0]):
        for column in range(picture.shape[1]):
            red, green = np.float32(picture[row, column, 0]), np.float32(picture[row, column, 1])
            blue = np.float32(picture[row, column, 2])
            brightness[row, column] = _mixed(red, green, blue, BRIGHTNESS_OF, DARKEST)
    for row in range(picture.shape[0] // 2):
        upper, lower = picture[2 * row], picture[2 * row + 1]
        for column in range(picture.shape[1] // 2):
            left, right = 2 * column, 2 * column + 1
            red = np.float32(upper[left, 0]) + np.float32(upper[right, 0])
            red += np.float32(lower[left, 0]) + np.float32(lower[right, 0])
            green = np.float32(upper[left, 1]) + np.float32(upper[right, 1])
            green += np.float32(lower[left, 1]) + np.float32(lower[right, 1])
            blue = np.float32(upper[left, 2]) + np.float32(upper[right, 2])
            blue += np.float32(lower[left, 2]) + np.float32(lower[right, 2])
            red, green, blue = red * quarter, green * quarter, blue * quarter
            blueness[row, column] = _mixed(red, green, blue, BLUENESS_OF, COLOURLESS)
            redness[row, column] = _mixed(red, green, blue, REDNESS_OF, COLOURLESS)
