"""The mannequin's hair: a short, smooth cap that grows out of the skull along a hairline."""

import numpy as np

from gesta.render.mannequin_head import CROWN, PROFILE, skull
from gesta.render.palette import HAIR
from gesta.render.shapes import Piece, loft, rigid

COLUMNS, ROWS = 44, 14
HAIRLINE = np.array(
    [  # degrees from straight ahead, height of the hairline in metres
        (0.0, 1.5935),
        (25.0, 1.5945),
        (42.0, 1.5830),
        (55.0, 1.5600),
        (72.0, 1.5420),
        (84.0, 1.5280),
        (97.0, 1.5400),
        (108.0, 1.5300),
        (122.0, 1.4950),
        (150.0, 1.4700),
        (180.0, 1.4650),
    ]
)
THICKNESS_M = 0.0085
BACK_THICKNESS_M = 0.0035
"""How much thicker it is behind than in front."""
ROOT_M = -0.0025
"""The rim begins this far under the skin, so that its edge is clean."""
RIM_SHARE = 0.16
"""Share of the way from hairline to crown over which it grows to its full thickness."""
TOP_M = float(PROFILE[-1, 0])


def hair_piece() -> Piece:
    """The cap of hair, carried by the head."""
    turn = 2 * np.pi * np.arange(COLUMNS) / COLUMNS
    away = np.degrees(np.abs((turn + np.pi) % (2 * np.pi) - np.pi))
    line = np.interp(away, HAIRLINE[:, 0], HAIRLINE[:, 1])
    line = np.mean([np.roll(line, by) for by in (-1, 0, 0, 1)], axis=0)
    share = np.concatenate([[0.0, 0.012], np.linspace(0.06, 1.0, ROWS) ** 0.9])[:, None]
    # Rows crowd towards the crown, where the skull turns level.
    height = line + (TOP_M - line) * np.sin(0.5 * np.pi * share) ** 1.05
    full = THICKNESS_M + BACK_THICKNESS_M * (1.0 - np.cos(turn)) / 2
    grown = ROOT_M + (full - ROOT_M) * np.clip(share / RIM_SHARE, 0.0, 1.0) ** 0.5
    surface = skull(height, np.broadcast_to(turn, height.shape))
    centre = np.array((0.0, 1.545, -0.002))
    outward = surface - centre
    outward /= np.linalg.norm(outward, axis=-1, keepdims=True)
    rings = surface + grown[..., None] * outward
    vertices, faces = loft(rings, centre, CROWN + (0.0, THICKNESS_M + 0.4 * BACK_THICKNESS_M, 0.0))
    return rigid(vertices, faces, HAIR, "head")
