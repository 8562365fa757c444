"""Motion as numbers for networks: parts made of named blocks, from which slices, sizes and the way back follow.

The parts are EchoMask's: upper (13 joints), hands (30), lower (9 joints, then translation, then contacts) and face (the
jaw joint, then 100 expressions, for `flame100`; 52 weights and no jaw for `arkit52`). Rotations are 6D, the first two
rows of the matrix. No other file knows at which channel something stands.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gesta.errors import unknown_name
from gesta.motion.contacts import contacts
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.rotations import matrix_from_six, six_from_matrix
from gesta.motion.skeleton import skeleton
from gesta.records import FACE_CHANNELS, JOINT_COUNT, PARTS, Motion

UPPER_JOINTS = (
    "spine1", "spine2", "spine3", "neck", "left_collar", "right_collar", "head", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist",
)  # fmt: skip
LOWER_JOINTS = (
    "pelvis", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_foot",
    "right_foot",
)  # fmt: skip
HAND_JOINTS = tuple(
    f"{side}_{finger}{row}"
    for side in ("left", "right")
    for finger in ("index", "middle", "pinky", "ring", "thumb")
    for row in (1, 2, 3)
)
ARKIT = "arkit52"
SIX = 6
TRANSLATION_CHANNELS = 3
CONTACT_CHANNELS = 4

Parts = dict[str, np.ndarray]
"""For each part its (T, C) float32 channels."""


@dataclass(frozen=True)
class Block:
    """A named run of channels.

    Attributes:
        name: unique within its part.
        kind: "rotations" (6D of `joints`), "translation" (metres), "contacts" (0 to 1) or "weights" (of the face).
        size: number of channels.
        joints: for rotations, in order.
        needs: which of `records.PARTS` a motion must have for the block to be real.
    """

    name: str
    kind: str
    size: int
    joints: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()


def _turning(name: str, joints: tuple[str, ...], need: str) -> Block:
    """A block of rotations."""
    return Block(name, "rotations", SIX * len(joints), joints, frozenset({need}))


@dataclass(frozen=True)
class Representation:
    """The layout of a motion with the face basis `face_basis`."""

    face_basis: str = "arkit52"

    def __post_init__(self) -> None:
        if self.face_basis not in FACE_CHANNELS:
            raise unknown_name("face basis", self.face_basis, FACE_CHANNELS)

    @cached_property
    def parts(self) -> Mapping[str, tuple[Block, ...]]:
        """The blocks of each part, in order."""
        jaw = (_turning("jaw", ("jaw",), "face"),) if self.face_basis == "flame100" else ()
        weights = Block("weights", "weights", FACE_CHANNELS[self.face_basis], needs=frozenset({"face"}))
        return {
            "upper": (_turning("rotations", UPPER_JOINTS, "upper"),),
            "hands": (_turning("rotations", HAND_JOINTS, "hands"),),
            "lower": (
                _turning("rotations", LOWER_JOINTS, "lower"),
                Block("translation", "translation", TRANSLATION_CHANNELS, needs=frozenset({"translation"})),
                Block("contacts", "contacts", CONTACT_CHANNELS, needs=frozenset({"lower", "translation"})),
            ),
            "face": (*jaw, weights),
        }

    def size(self, part: str) -> int:
        """Number of channels C of a part."""
        return sum(block.size for block in self.parts[part])

    def slice(self, part: str, block: str) -> slice:
        """Where a block stands among its part's channels; KeyError for a name that is not there."""
        start = 0
        for candidate in self.parts[part]:
            if candidate.name == block:
                return slice(start, start + candidate.size)
            start += candidate.size
        raise KeyError(f"the part '{part}' has no block '{block}'")

    def encode(self, motion: Motion) -> Parts:
        """The channels of a motion.

        Contacts that the motion does not carry are found from its feet; where that cannot be (see `valid`), they are 0.

        Raises:
            ValueError: the motion's face is in another basis.
        """
        if motion.face_basis != self.face_basis:
            raise ValueError(f"the motion's face is in {motion.face_basis}, but {self.face_basis} is needed")
        return {
            part: np.concatenate([self._block(motion, block) for block in blocks], axis=1)
            for part, blocks in self.parts.items()
        }

    def _block(self, motion: Motion, block: Block) -> np.ndarray:
        """(T, size) float32 channels of one block."""
        if block.kind == "rotations":
            chosen = motion.rotations[:, skeleton().indices(block.joints), :2]
            return chosen.reshape(motion.frame_count, block.size)
        if block.kind == "translation":
            return motion.translation
        if block.kind == "weights":
            return motion.face
        found = contacts(motion) if motion.contacts is None else motion.contacts
        return np.zeros((motion.frame_count, block.size), np.float32) if found is None else found

    def decode(self, parts: Mapping[str, np.ndarray], **fields: object) -> Motion:
        """The motion that channels stand for: the inverse of `encode`.

        Rotations are made orthonormal, contacts are clipped to 0..1. Parts that are absent stay at rest and are
        missing from the motion's parts.

        Args:
            parts: for each part its (T, C) channels.
            fields: other fields of the Motion, for example `provenance`.
        """
        frames = len(next(iter(parts.values())))
        rotations = np.tile(np.eye(3, dtype=np.float32), (frames, JOINT_COUNT, 1, 1))
        values: dict[str, np.ndarray] = {}
        real: set[str] = set()
        for part, channels in parts.items():
            for block in self.parts[part]:
                chosen = channels[:, self.slice(part, block.name)]
                if chosen.shape != (frames, block.size):
                    raise ValueError(f"the part '{part}' has shape {channels.shape}, not ({frames}, {self.size(part)})")
                if block.kind == "rotations":
                    six = chosen.reshape(frames, len(block.joints), SIX)
                    rotations[:, skeleton().indices(block.joints)] = matrix_from_six(six)
                else:
                    values[block.kind] = chosen
                real |= block.needs
        if "contacts" in values:
            values["contacts"] = np.clip(values["contacts"], 0.0, 1.0)
        made: dict[str, object] = {
            "face_basis": self.face_basis,
            "contacts": values.get("contacts"),
            "parts": frozenset(real) & frozenset(PARTS),
            "floor_known": "translation" in real,
        }
        translation = values.get("translation", np.tile(skeleton().offsets[:1], (frames, 1)))
        face = values.get("weights", np.zeros((frames, FACE_CHANNELS[self.face_basis]), np.float32))
        return Motion(rotations, translation, face, **(made | fields))  # type: ignore[arg-type]

    def valid(self, motion: Motion) -> dict[str, np.ndarray]:
        """Which channels mean something in this motion: for each part (C,) bool."""
        known = motion.contacts is not None or motion.floor_known
        return self.valid_channels(motion.parts, known, motion.provenance.get("lacking", ()))

    def valid_channels(
        self, real: Collection[str], contacts_known: bool, lacking: Collection[str] = ()
    ) -> dict[str, np.ndarray]:
        """Which channels mean something in a motion of which this is known.

        Args:
            real: the names in `records.PARTS` that it has.
            contacts_known: whether contacts were given or could be found.
            lacking: joints and ARKit weights that are not real although their part is.

        Returns:
            for each part (C,) bool.
        """

        def flags(block: Block) -> np.ndarray:
            usable = block.needs <= set(real) and (block.kind != "contacts" or contacts_known)
            names: Sequence[str] = ARKIT_NAMES if block.kind == "weights" and self.face_basis == ARKIT else block.joints
            if not names:
                return np.full(block.size, usable)
            return np.repeat([usable and name not in lacking for name in names], block.size // len(names))

        return {part: np.concatenate([flags(block) for block in blocks]) for part, blocks in self.parts.items()}


def rest_channels(representation: Representation) -> Parts:
    """The channels of a single frame at rest: for each part (1, C)."""
    eye = six_from_matrix(np.eye(3, dtype=np.float32))
    still = {
        "rotations": lambda block: np.tile(eye, len(block.joints)),
        "translation": lambda _: skeleton().offsets[0],
        "contacts": lambda block: np.ones(block.size),
        "weights": lambda block: np.zeros(block.size),
    }
    return {
        part: np.concatenate([still[block.kind](block) for block in blocks])[None].astype(np.float32)
        for part, blocks in representation.parts.items()
    }
