"""What the parts of the body are made of in a GLB file. Colours are the vertices' own; how they shine is the look's."""

import numpy as np
from pygltflib import Material, PbrMetallicRoughness

LEAST_ROUGHNESS = 0.05
"""Smoother things would mirror their surroundings."""
DECIMALS = 3


def material(kind: str, two_sided: bool, gloss: np.ndarray) -> Material:
    """The material of a kind of piece; white, since vertex colours multiply it.

    Args:
        kind: a name in the body's KINDS.
        two_sided: whether its faces are seen from behind.
        gloss: (v,) gloss of its vertices, 0 to 1; a material has one roughness for all of them.
    """
    roughness = max(1.0 - float(gloss.mean()), LEAST_ROUGHNESS)
    return Material(
        name=f"{kind}_two_sided" if two_sided else kind,
        pbrMetallicRoughness=PbrMetallicRoughness(
            baseColorFactor=[1.0] * 4, metallicFactor=0.0, roughnessFactor=round(roughness, DECIMALS)
        ),
        doubleSided=two_sided,
        alphaCutoff=None,
    )
