"""Centre and spread of what the spectral video features are made of, over real speech.

Measured by `python runs/video_spectral_scales.py FILES` on the demo voice and eight LibriSpeech recordings of eight
speakers (both public), rounded. They are part of the features: whoever changes one changes VERSION in spectral.py too.
"""

BAND_CENTRES_DB = (
    -30.9, -27.5, -27.8, -29.2, -30.7, -30.8, -31.3, -32.7, -34.2, -36.0,
    -38.0, -39.3, -40.5, -41.6, -42.1, -42.3, -42.0, -41.6, -41.4, -41.7,
    -42.4, -42.9, -43.3, -42.9, -42.7, -43.5, -44.2, -44.5, -44.5, -44.5,
    -45.0, -46.3, -48.5, -50.3, -51.6, -52.4, -52.5, -52.9, -54.2, -56.2,
)  # fmt: skip
"""Mean of each mel band of a sub-frame below the highest level of the last 0.3 s, where somebody has spoken lately."""
BAND_SCALES_DB = (
    14.6, 15.3, 15.3, 14.9, 14.8, 15.4, 15.4, 15.3, 15.4, 15.3,
    14.9, 14.4, 14.1, 13.8, 13.7, 13.5, 13.4, 13.6, 13.9, 13.8,
    13.7, 13.4, 13.1, 13.1, 13.1, 13.1, 13.4, 13.3, 13.3, 13.5,
    13.8, 13.9, 14.0, 13.9, 14.0, 13.8, 13.4, 13.0, 12.8, 12.6,
)  # fmt: skip
"""Spread of each band around its centre, faded where nobody has spoken."""
DROP = (-12.1, 11.6)
"""Centre and scale of a sub-frame's level below that highest level, dB."""
