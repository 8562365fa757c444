"""Reading our own GLB files back: the surface with its shapes, and where joints and shapes are at any time.

This is no reader of anybody's GLB: one mesh, one skin, one animation with straight ways from key to key, nothing in
other files. It serves the tests, and whoever wants to know what a file plays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gesta.avatar.glb.arrays import Arrays
from gesta.avatar.glb.container import read_container
from gesta.avatar.glb.schema import Description, PrimitivePart, described
from gesta.errors import InputError
from gesta.motion.kinematics import Pose, forward
from gesta.motion.rotations import matrix_from_quaternion, resample_rotations
from gesta.motion.skeleton import Skeleton


@dataclass(frozen=True)
class Track:
    """Keys of one thing: K times in seconds, increasing, and a row of values (K, C) for each."""

    times: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Surface:
    """One part of the surface, of one material: v vertices, n triangles.

    Attributes:
        material: its name.
        positions, normals: (v, 3).
        colours: (v, 4) linear, 0 to 1.
        joints, weights: (v, 4).
        triangles: (n, 3).
        moved: by shape, which vertices it moves and by how much: (m,) and (m, 3).
        turned: by shape, which normals it changes and by how much.
    """

    material: str
    positions: np.ndarray
    normals: np.ndarray
    colours: np.ndarray
    joints: np.ndarray
    weights: np.ndarray
    triangles: np.ndarray
    moved: Mapping[str, tuple[np.ndarray, np.ndarray]]
    turned: Mapping[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class GlbBody:
    """What a GLB file holds.

    Attributes:
        bones: the joints at rest.
        surfaces: one for each material.
        shapes: names of the shapes.
        rotations: a track of quaternions (K, 4) for each joint, in the order of the bones.
        translation: of the root, (K, 3) metres.
        weights: of the shapes, (K, M).
        extras: what the file says of itself.
    """

    bones: Skeleton
    surfaces: Sequence[Surface]
    shapes: tuple[str, ...]
    rotations: Sequence[Track]
    translation: Track
    weights: Track
    extras: Mapping[str, Any]

    @property
    def duration_s(self) -> float:
        """Time of the last key."""
        return max(float(track.times[-1]) for track in (*self.rotations, self.translation, self.weights))

    def local(self, times: np.ndarray) -> np.ndarray:
        """Local rotations of all J joints at N times in seconds: (N, J, 3, 3) float64."""
        turned = [
            resample_rotations(matrix_from_quaternion(track.values.astype(np.float64)), track.times, times)
            for track in self.rotations
        ]
        return np.stack(turned, axis=1)

    def pose(self, times: np.ndarray) -> Pose:
        """Where all J joints are at N times in seconds."""
        return forward(self.local(times), _between(self.translation, times), self.bones)

    def shape_weights(self, times: np.ndarray) -> np.ndarray:
        """Weights of all shapes at N times in seconds: (N, M) float64."""
        return _between(self.weights, times)


def read_glb(path: str | Path) -> GlbBody:
    """Read a GLB file that gesta wrote.

    Raises:
        InputError: it is missing, damaged, or not one of ours.
    """
    container = read_container(path)
    description = described(container)
    arrays = Arrays(container.path, description, container.numbers)
    joints = description.skins[0].joints
    if max(joints) >= len(description.nodes):
        raise InputError(f"Cannot read {path}: its skin names joints that are not there.")
    names = tuple(description.meshes[0].extras.target_names)
    rotations, translation, weights = _tracks(container.path, description, arrays, joints, len(names))
    return GlbBody(
        _bones(container.path, description, joints),
        [_surface(container.path, description, arrays, part, names) for part in description.meshes[0].primitives],
        names,
        rotations,
        translation,
        weights,
        description.asset.extras,
    )


def _bones(path: Path, description: Description, joints: list[int]) -> Skeleton:
    """The joints as a skeleton; parents come before their children, as we write them."""
    place = {node: joint for joint, node in enumerate(joints)}
    parents = [-1] * len(joints)
    for node, joint in place.items():
        for child in description.nodes[node].children:
            if place.get(child, 0) <= joint:
                raise InputError(f"Cannot read {path}: its joints are not in the order of a body of ours.")
            parents[place[child]] = joint
    offsets = np.array([description.nodes[node].translation for node in joints])
    return Skeleton(tuple(description.nodes[node].name for node in joints), tuple(parents), offsets, ())


def _tracks(
    path: Path, description: Description, arrays: Arrays, joints: list[int], shapes: int
) -> tuple[list[Track], Track, Track]:
    """The keys of all joints' rotations, of the root's position and of the shapes."""
    still = np.zeros(1)
    rotations = [Track(still, np.array([[0.0, 0.0, 0.0, 1.0]])) for _ in joints]
    translation = Track(still, np.array([description.nodes[joints[0]].translation]))
    weights = Track(still, np.zeros((1, shapes)))
    animation = description.animations[0]
    for channel in animation.channels:
        if channel.sampler >= len(animation.samplers):
            raise InputError(f"Cannot read {path}: keys are missing.")
        sampler, node, what = animation.samplers[channel.sampler], channel.target.node, channel.target.path
        kind, rows = {"rotation": ("VEC4", 1), "translation": ("VEC3", 1), "weights": ("SCALAR", shapes)}[what]
        times = arrays.array(sampler.input, "SCALAR").astype(np.float64)
        if arrays.rows(sampler.output) != len(times) * rows:
            raise InputError(f"Cannot read {path}: its keys do not fit their times.")
        track = Track(times, arrays.array(sampler.output, kind).reshape(len(times), -1))
        if (np.diff(times) <= 0.0).any():
            raise InputError(f"Cannot read {path}: its keys are not in order.")
        if what == "rotation" and node in joints:
            rotations[joints.index(node)] = track
        elif what == "translation" and node == joints[0]:
            translation = track
        elif what == "weights":
            weights = track
    return rotations, translation, weights


def _surface(
    path: Path, description: Description, arrays: Arrays, part: PrimitivePart, names: tuple[str, ...]
) -> Surface:
    if len(part.targets) != len(names) or part.material >= len(description.materials):
        raise InputError(f"Cannot read {path}: its shapes or materials do not fit its surface.")

    def attribute(name: str, kind: str) -> np.ndarray:
        if name not in part.attributes:
            raise InputError(f"Cannot read {path}: its surface lacks {name}.")
        return arrays.array(part.attributes[name], kind)

    return Surface(
        description.materials[part.material].name,
        attribute("POSITION", "VEC3"),
        attribute("NORMAL", "VEC3"),
        attribute("COLOR_0", "VEC4"),
        attribute("JOINTS_0", "VEC4"),
        attribute("WEIGHTS_0", "VEC4"),
        arrays.array(part.indices, "SCALAR").astype(np.int64).reshape(-1, 3),
        {name: arrays.sparse(target["POSITION"]) for name, target in zip(names, part.targets, strict=True)},
        {name: arrays.sparse(target["NORMAL"]) for name, target in zip(names, part.targets, strict=True)},
    )


def _between(track: Track, times: np.ndarray) -> np.ndarray:
    """Values at other times, (N, C): straight from key to key, beyond the ends the nearest."""
    place = np.interp(times, track.times, np.arange(len(track.times), dtype=np.float64))
    below = place.astype(np.int64)
    above = np.minimum(below + 1, len(track.times) - 1)
    share = (place - below)[:, None]
    return (1.0 - share) * track.values[below] + share * track.values[above]
