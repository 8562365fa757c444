"""How each kind of surface takes light: skin glows through, cloth is matt and fuzzy, hair shines along its strands.

A vertex brings its colour and gloss; what the rest of a highlight or a shadow looks like depends on what it is made of.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np

from gesta.avatar.info import KINDS


@dataclass(frozen=True)
class Finish:
    """The manner in which a surface takes light.

    Attributes:
        wrap: how far the key light reaches round an edge, as a large lamp's does (0 to 1).
        bleed: how much further red light gets than blue, through skin and at the edges of shadows.
        broad, tight: strength of the satin highlight and of the small one, each times the vertex's gloss.
        fuzz: strength of the pale rim that loose fibres and fine hairs make.
        comb: 1 where the highlight lies across hanging strands, 0 where it is round.
        sky: share of the light from all around that gets there at all.
        crease: how much of it is lost in folds and where things touch.
        wet: strength of the catch-light.
    """

    wrap: float = 0.22
    bleed: float = 0.0
    broad: float = 0.12
    tight: float = 1.0
    fuzz: float = 0.20
    comb: float = 0.0
    sky: float = 1.0
    crease: float = 0.0
    wet: float = 0.0


WRAP, BLEED, BROAD, TIGHT, FUZZ, COMB, SKY, CREASE, WET = range(9)
"""Columns of FINISHES."""

PLAIN = Finish()
FINISH_OF: Mapping[str, Finish] = {
    "skin": Finish(wrap=0.26, bleed=0.22, broad=0.20, tight=0.45, fuzz=0.16, crease=0.85),
    "mouth": Finish(bleed=0.10, broad=0.10, tight=0.5, fuzz=0.0, sky=0.45, crease=0.6),
    "eye": Finish(wrap=0.30, broad=0.05, tight=0.3, fuzz=0.0, sky=0.72, crease=0.75, wet=1.0),
    "teeth": Finish(wrap=0.5, broad=0.10, tight=0.4, fuzz=0.0, sky=0.82, crease=0.3),
    "tongue": Finish(wrap=0.30, bleed=0.20, broad=0.15, tight=0.5, fuzz=0.0, sky=0.55, crease=0.6),
    "lash": Finish(broad=0.0, tight=0.0, fuzz=0.0),
    "brow": Finish(broad=0.03, tight=0.0, fuzz=0.02, crease=0.3),
    "cloth": Finish(wrap=0.16, bleed=0.02, broad=0.06, tight=0.1, fuzz=0.26, crease=0.75),
    "shoe": Finish(wrap=0.16, broad=0.25, tight=0.7, fuzz=0.12, crease=0.8),
    "hair": Finish(wrap=0.30, bleed=0.05, broad=0.55, tight=0.35, fuzz=0.10, comb=1.0, crease=0.8),
}
"""Finishes by the names in KINDS."""

PLAIN_KIND = len(KINDS)
"""The kind of a surface that nothing is known of."""
FINISHES = np.array([astuple(FINISH_OF[kind]) for kind in KINDS] + [astuple(PLAIN)], np.float32)
"""(kinds + 1, 9) float32."""

OUTSIDE_IN = ("hair", "cloth", "shoe", "brow", "lash", "skin")
"""Kinds in the order in which they usually hide one another; what is not named lies within."""
DEPTH_ORDER = np.array([OUTSIDE_IN.index(kind) if kind in OUTSIDE_IN else len(OUTSIDE_IN) for kind in (*KINDS, "")])
"""(kinds + 1,) place of each kind in that order."""
