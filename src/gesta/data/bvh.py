"""Anyone's folder of BVH files with sounds of the same name as a source.

Joints are found by name, for the conventions of `gesta.motion.bvh_names`, or by a mapping file: TOML, one line
`our_joint = "their name"` for each joint, and nothing else. BVH has no face.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from gesta.data.pairs import PairSource, first_folder, pairs_plan
from gesta.data.plans import DatasetPlan
from gesta.data.splits import Shares
from gesta.errors import InputError, unknown_name
from gesta.motion.bvh_read import read_bvh
from gesta.motion.skeleton import skeleton
from gesta.settings import read_table

KIND = "bvh"
BEAT_NAME = re.compile(r"(\d{1,2}_[a-z]+)_\d+_\d+_\d+")
"""How BEAT names its takes: speaker's number and name first."""


class BvhSettings(Shares):
    """How the files are understood."""

    scale: float | None = Field(None, gt=0.0, description="metres in a unit of the files; guessed if not given")
    up: str | None = Field(None, pattern="^[yz]$", description="which axis is up; the rest pose's if not given")
    joints: dict[str, str] = Field({}, description="our joints and their names in the files; found by name if empty")
    licence: str = Field("not stated", description="what may be done with the data")


def bvh_plan(source: Path, settings: BvhSettings) -> DatasetPlan:
    """Plan every BVH file below a folder that has its sound.

    Raises:
        InputError: it is no folder, or the mapping names a joint that we do not have.
    """
    for name in settings.joints:
        if name not in skeleton().names:
            raise unknown_name("joint", name, skeleton().names)
    kind = PairSource(
        kind=KIND,
        suffix=".bvh",
        face_basis="arkit52",
        licence=settings.licence,
        group=Path.as_posix,
        group_words="a file is a group",
        speaker=_speaker,
        read=lambda path: read_bvh(path, scale=settings.scale, up=settings.up, joints=settings.joints or None),
    )
    return pairs_plan(source, kind, settings, settings.model_dump())


def read_mapping(path: str | Path) -> Mapping[str, str]:
    """Read a mapping file.

    Raises:
        InputError: it cannot be read, or a line is not a joint and a name.
    """
    table = read_table(path, "joint mapping")
    for joint, name in table.items():
        if not isinstance(name, str):
            raise InputError(f"In the joint mapping '{path}': {joint} must be a name in quotation marks.")
        if joint not in skeleton().names:
            raise InputError(f"In the joint mapping '{path}': {unknown_name('joint', joint, skeleton().names)}")
    return table


def _speaker(motion: Path) -> str:
    match = BEAT_NAME.fullmatch(motion.stem)
    return match[1] if match else first_folder(motion)
