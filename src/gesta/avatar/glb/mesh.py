"""The body's surface in a GLB file: one mesh, with a primitive for each material it has.

A primitive has its own vertices, so that what belongs to the shoes is not moved by the face.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pygltflib import Attributes, Mesh, Primitive

from gesta.avatar.glb.buffer import SHORT_LIMIT, Buffer, View
from gesta.avatar.glb.morphs import Morph
from gesta.avatar.normals import vertex_normals
from gesta.avatar.posing import Figure

FULL = 65535
"""What stands for 1 where numbers from 0 to 1 are whole numbers of two bytes."""
FORWARD = (0.0, 0.0, 1.0)
"""Normal of a vertex whose faces have no area."""


@dataclass(frozen=True)
class Group:
    """The part of the surface that one material covers.

    Attributes:
        kind: index into the body's kinds.
        two_sided: whether it is seen from behind.
        vertices: (v,) which of the figure's V vertices, increasing.
        faces: (n, 3) indices into `vertices`.
        place: (V,) where each of the figure's vertices is in `vertices`; -1 if it is not.
    """

    kind: int
    two_sided: bool
    vertices: np.ndarray
    faces: np.ndarray
    place: np.ndarray


def groups_of(figure: Figure) -> Iterator[Group]:
    """The surface divided by material, in the order of the kinds."""
    kind_of_face = figure.kind[figure.faces[:, 0]]
    for kind in np.unique(kind_of_face).tolist():
        for two_sided in (False, True):
            faces = figure.faces[(kind_of_face == kind) & (figure.two_sided == two_sided)]
            if not len(faces):
                continue
            vertices = np.unique(faces)
            place = np.full(len(figure.vertices), -1, np.int64)
            place[vertices] = np.arange(len(vertices))
            yield Group(kind, two_sided, vertices, place[faces], place)


def unit_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) float32 normals of a surface, every one of length 1."""
    normals = np.empty(vertices.shape, np.float32)
    vertex_normals(vertices, faces, normals)
    normals[np.einsum("vi,vi->v", normals, normals) < 0.25] = FORWARD
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def body_mesh(figure: Figure, morphs: list[Morph], buffer: Buffer) -> Mesh:
    """Write the surface into the buffer; its primitives have the materials 0, 1, ... in the order of `groups_of`."""
    normals = unit_normals(figure.vertices, figure.faces)
    primitives = [
        _primitive(figure, normals, group, number, morphs, buffer) for number, group in enumerate(groups_of(figure))
    ]
    return Mesh(name="body", primitives=primitives, extras={"targetNames": [morph.name for morph in morphs]})


def _primitive(
    figure: Figure, normals: np.ndarray, group: Group, material: int, morphs: list[Morph], buffer: Buffer
) -> Primitive:
    rows = group.vertices
    joints, weights = figure.joints[rows], _whole_weights(figure.weights[rows])
    colours = np.ones((len(rows), 4))
    colours[:, :3] = np.clip(figure.material[rows, :3], 0.0, 1.0)
    attributes = Attributes(
        POSITION=buffer.add(View.POSITIONS, figure.vertices[rows].astype("<f4"), bounds=True),
        NORMAL=buffer.add(View.NORMALS, normals[rows].astype("<f4")),
        COLOR_0=buffer.add(View.COLOURS, np.rint(colours * FULL).astype("<u2"), normalised=True),
        # A joint without weight is named 0, as the specification asks (section 3.7.3.3).
        JOINTS_0=buffer.add(View.JOINTS, np.where(weights > 0, joints, 0).astype("u1")),
        WEIGHTS_0=buffer.add(View.WEIGHTS, weights.astype("<u2"), normalised=True),
    )
    corner = "<u2" if len(rows) <= SHORT_LIMIT else "<u4"
    return Primitive(
        attributes=attributes,
        indices=buffer.add(View.TRIANGLES, group.faces.astype(corner).ravel()),
        material=material,
        targets=[_target(morph, group, buffer) for morph in morphs],
    )


def _target(morph: Morph, group: Group, buffer: Buffer) -> Attributes:
    """A shape as far as it moves this part of the surface."""

    def sparse(vertices: np.ndarray, changes: np.ndarray, bounds: bool) -> int:
        rows = group.place[vertices]
        return buffer.add_offsets(len(group.vertices), rows[rows >= 0], changes[rows >= 0], bounds=bounds)

    return Attributes(
        POSITION=sparse(morph.moved, morph.offsets, True), NORMAL=sparse(morph.turned, morph.turns, False)
    )


def _whole_weights(weights: np.ndarray) -> np.ndarray:
    """(v, 4) weights as whole numbers whose sum is FULL exactly: the largest takes what rounding leaves."""
    whole = np.rint(weights * FULL).astype(np.int64)
    largest = whole.argmax(axis=1)
    whole[np.arange(len(whole)), largest] += FULL - whole.sum(axis=1)
    return whole
