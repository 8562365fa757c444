"""What the parts of the body are made of in a GLB file: how rough each is. The colours are the vertices' own."""

from pygltflib import Material, PbrMetallicRoughness

ROUGHNESS = {
    "skin": 0.55,
    "mouth": 0.4,
    "eye": 0.05,
    "teeth": 0.25,
    "tongue": 0.35,
    "lash": 0.8,
    "brow": 0.8,
    "cloth": 0.9,
    "shoe": 0.5,
    "hair": 0.6,
}
"""0 mirrors, 1 is dull; by the kind of a piece. Wet and polished things mirror most."""
DULL = 0.8
"""For kinds without a number of their own."""


def material(kind: str, two_sided: bool) -> Material:
    """The material of a kind of piece; white, since vertex colours multiply it.

    Args:
        kind: a name in the body's KINDS.
        two_sided: whether its faces are seen from behind.
    """
    return Material(
        name=f"{kind}_two_sided" if two_sided else kind,
        pbrMetallicRoughness=PbrMetallicRoughness(
            baseColorFactor=[1.0, 1.0, 1.0, 1.0], metallicFactor=0.0, roughnessFactor=ROUGHNESS.get(kind, DULL)
        ),
        doubleSided=two_sided,
        alphaCutoff=None,
    )
