"""Measures the constants of src/gesta/audio/encoders/spectral_scales.py on recordings.

    python runs/spectral_scales.py FILES

Prints the centres of the mel bands, and mean and standard deviation of every channel before scaling. The bands'
spreads hold for the centres that stand in the file: after a change of centres run it once more.
"""

import argparse
import sys

import numpy as np

from gesta.audio.encoders.spectral import PRESENT_LOUDNESS, SpectralStream, audible_bands, band_shape
from gesta.audio.encoders.spectral_scales import LOW
from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.audio.spectrum import BAND_COUNT


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    shapes, lows, highs = [], [], []
    for path in parser.parse_args().files:
        prosody = analyse(open_speech(path))
        shapes.append(band_shape(audible_bands(prosody))[prosody.loudness >= PRESENT_LOUDNESS])
        low, high = SpectralStream().unscaled(prosody)
        lows.append(low)
        highs.append(high)
    low, high = np.concatenate(lows), np.concatenate(highs)
    shape, change, rest = np.split(high, [BAND_COUNT, 2 * BAND_COUNT], axis=1)
    lines = [f"{len(low)} frames"]
    lines += [f'"{name}": ({low[:, row].mean():.3f}, {low[:, row].std():.3f})' for row, name in enumerate(LOW)]
    lines += [f"centres {np.round(np.concatenate(shapes).mean(axis=0), 1).tolist()}"]
    lines += [f"scales {np.round(shape.std(axis=0), 1).tolist()}", f"change {change.std():.2f}"]
    lines += [f"drop ({rest[:, 0].mean():.2f}, {rest[:, 0].std():.2f})"]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
