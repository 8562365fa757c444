"""Centre and spread of what the spectral encoder gives, over real speech, so that features have about unit variance.

Measured by `python runs/spectral_scales.py FILES` on the demo voice and eight LibriSpeech recordings of eight speakers
(both public), rounded. They are part of the encoder: whoever changes one changes VERSION in spectral.py too.
"""

LOW = {
    "loudness": (0.62, 0.345),
    "loudness change": (0.0, 0.168),
    "onset": (2.74, 4.23),
    "release": (2.72, 3.33),
    "voicing": (0.51, 0.358),
    "pitch": (0.0, 3.47),
    "pitch change": (0.0, 0.813),
    "activity": (0.79, 0.373),
    "slow loudness": (0.62, 0.176),
    "slow onset": (2.73, 0.606),
}
"""Centre and scale of each channel of the lower level, in order."""
SHAPE_CENTRES_DB = (
    12.5, 16.0, 14.8, 14.4, 11.2, 7.5, 4.0, 1.4, -0.1, -0.3, -0.2, -0.3,
    -1.6, -1.8, -1.1, -1.4, -3.1, -4.8, -5.3, -7.4, -10.3, -13.2, -14.9, -15.9,
)  # fmt: skip
"""Mean of each mel band against the mean of all bands, where somebody speaks."""
SHAPE_SCALES_DB = (
    13.2, 10.3, 9.6, 9.5, 8.6, 8.8, 8.7, 8.2, 8.0, 7.9, 7.5, 7.6,
    7.5, 6.9, 6.8, 6.8, 7.1, 7.3, 7.9, 8.7, 9.4, 10.0, 10.1, 9.8,
)  # fmt: skip
CHANGE_SCALE_DB = 5.5
"""Spread of a band's change from frame to frame, all bands alike."""
DROP = (-9.2, 10.2)
"""Centre and scale of the level's drop below its recent height, dB."""
