"""Measures the constants of src/gesta/audio/video_features/spectral_scales.py on recordings.

    python runs/video_spectral_scales.py FILES

Prints centres and spreads of the mel bands, and of the level's drop. The bands' spreads hold for the centres that
stand in the file: after a change of centres run it once more.
"""

import argparse
import sys

import numpy as np

from gesta.audio.read import open_speech
from gesta.audio.video_features.spectral import SpectralVideoStream
from gesta.audio.video_features.spectral_scales import BAND_CENTRES_DB


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parts = []
    for path in parser.parse_args().files:
        stream = SpectralVideoStream()
        parts += [stream.unscaled(block) for block in open_speech(path).source.blocks()]
        parts.append(stream.unscaled_rest())
    subs, spoken, _ = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    drop, bands = subs[..., 0], subs[..., 1:]
    faded = (bands - BAND_CENTRES_DB) * spoken[:, np.newaxis, np.newaxis]
    lines = [f"{len(subs)} frames"]
    lines += [f"centres {np.round(bands[spoken >= 1.0].mean(axis=(0, 1)), 1).tolist()}"]
    lines += [f"scales {np.round(faded.std(axis=(0, 1)), 1).tolist()}"]
    lines += [f"drop ({drop.mean():.1f}, {drop.std():.1f})"]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
