"""Peak signal-to-noise ratio (PSNR): how far pictures are from the true ones, pixel by pixel, in dB.

10 log10(255^2 / mean squared error) over all pixels and colours of a picture; a film's is the mean over its pictures.
A picture that is the truth itself would be infinitely good and counts as HIGHEST_DB.
"""

import numpy as np

PEAK = 255.0
HIGHEST_DB = 100.0


def psnr_db(generated: np.ndarray, real: np.ndarray) -> np.ndarray:
    """The PSNR of each picture: two (n, H, W, 3) uint8 to (n,) dB."""
    difference = generated.astype(np.float32) - real.astype(np.float32)
    error = np.square(difference, out=difference).mean(axis=(1, 2, 3), dtype=np.float64)
    # Below this error it is HIGHEST_DB or more.
    return np.asarray(10.0 * np.log10(PEAK**2 / np.maximum(error, PEAK**2 / 10.0 ** (HIGHEST_DB / 10.0))))
