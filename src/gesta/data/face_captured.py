"""Captured faces as FACEGOOD's Audio2Face recordings hold them, read as ARKit weights and as what the mouth does.

NAME.npz holds `weights` (T, N) of a rig's own shapes, `names` (N) of these and perhaps `fps`. A table (to_arkit.csv
beside the recordings, or the one for FACEGOOD's rig that comes with gesta) says which of them make each ARKit weight,
and which were really captured. Facts: FACEGOOD/FACEGOOD-Audio2Face (MIT), 116 shapes at 30 frames a second.
"""

import csv
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np

from gesta.errors import InputError
from gesta.motion.face import ARKIT_INDEX, ARKIT_NAMES
from gesta.motion.npz_members import NpzMembers
from gesta.motion.npz_read import MAXIMUM_DURATION_S, MAXIMUM_FRAMES, MAXIMUM_RATE
from gesta.motion.resample import resample_values
from gesta.procedural.mouth_pose import POSE_INDEX, POSE_NAMES
from gesta.units import MOTION_FPS

TABLE_FILE, PACKAGED_TABLE = "to_arkit.csv", "face_to_arkit.csv"
LARGEST_TABLE = 100_000
"""Bytes of a table."""
MOST_SHAPES = 512
"""Shapes of a rig."""
STRONGEST = re.compile(r"max\((.+)\)")

MOUTH_SHAPES = (
    "mouth_chinRaise_u",
    *(f"mouth_funnel_{lip}{side}" for lip in "du" for side in "lr"),
    *(f"mouth_lip{name}_{side}" for name in ("CornerPull", "Stretch") for side in "lr"),
    *(f"mouth_{lip}_{side}" for lip in ("lowerLipDepress", "upperLipRaise") for side in "lr"),
    *("mouth_oh_c", "mouth_oo_c", "mouth_stretch_c"),
    *(f"mouth_{name}_{side}" for name in ("press", "pucker") for side in "lr"),
    *(f"mouth_suck_{lip}{side}" for lip in "du" for side in "lr"),
)
"""The 24 of FACEGOOD's mouth shapes that vary in its recordings: a standard deviation over 0.003."""
POSED: dict[str, tuple[tuple[str, ...], float]] = {
    "jaw": (("mouth_stretch_c",), 1.0),
    "round": (("mouth_pucker_l", "mouth_funnel_dl", "mouth_oh_c"), 0.6),
    "bare": (("mouth_lowerLipDepress_l", "mouth_upperLipRaise_l"), 0.3),
}
"""Which shapes tell what of a pose, the strongest counts, and the weight that is all of it. How lips press together,
spread and push forward is not told apart by what was captured."""


@dataclass(frozen=True)
class CapturedFace:
    """A captured face at 30 frames a second.

    Attributes:
        arkit: (T, 52) float32 ARKit weights.
        lacking: the ARKit names that were not captured.
        shapes: (T, 24) float32 the rig's own mouth shapes, in the order of MOUTH_SHAPES; NaN where it has none such.
        poses: (T, P) float32 what the mouth does, see POSE_NAMES; NaN where the capture does not tell.
    """

    arkit: np.ndarray
    lacking: tuple[str, ...]
    shapes: np.ndarray
    poses: np.ndarray


@dataclass(frozen=True)
class ArkitTable:
    """Which shapes of a rig make each ARKit weight: the strongest of them; and which weights were not captured."""

    sources: dict[str, tuple[str, ...]]
    lacking: tuple[str, ...]


def read_arkit_table(folder: Path) -> ArkitTable:
    """The table beside some recordings, or the one that comes with gesta.

    Raises:
        InputError: it is damaged, or names what ARKit does not have.
    """
    path = folder / TABLE_FILE
    if not path.is_file():
        return _parsed(resources.files("gesta.data").joinpath(PACKAGED_TABLE).read_text(encoding="utf-8"), path)
    if path.stat().st_size > LARGEST_TABLE:
        raise InputError(f"Cannot read {path}: it is larger than such a table can be.")
    try:
        return _parsed(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"Cannot read {path}: {error}.") from None


def _parsed(text: str, path: Path) -> ArkitTable:
    rows = list(csv.DictReader(text.splitlines()))
    if not rows or not {"arkit", "source", "captured"} <= set(rows[0]):
        raise InputError(f"Cannot read {path}: it needs the columns arkit, source and captured.")
    sources, captured = {}, set()
    for row in rows:
        name, source = str(row["arkit"]), str(row["source"] or "")
        if name not in ARKIT_INDEX:
            raise InputError(f"Cannot read {path}: ARKit has no shape '{name}'.")
        several = STRONGEST.fullmatch(source)
        parts = several[1].split(",") if several else [source]
        sources[name] = tuple(part.strip() for part in parts if part.strip())
        if row["captured"] == "yes":
            captured.add(name)
    return ArkitTable(sources, tuple(name for name in ARKIT_NAMES if name not in captured))


def read_captured_face(path: Path, table: ArkitTable) -> CapturedFace:
    """Read a captured face.

    Raises:
        InputError: the file is missing, damaged, too large, no captured face, or lacks a shape that the table names.
    """
    wanted = sorted({*MOUTH_SHAPES, *(source for parts in table.sources.values() for source in parts)})
    values = dict(zip(wanted, _tracks(path, wanted).T, strict=True))
    missing = np.full(len(next(iter(values.values()))), np.nan, np.float32)

    def strongest(names: tuple[str, ...]) -> np.ndarray:
        return np.max([values[name] for name in names], axis=0)

    arkit = np.zeros((len(missing), len(ARKIT_NAMES)), np.float32)
    for name, sources in table.sources.items():
        if name in table.lacking:
            continue
        if not sources or any(np.isnan(values[source]).any() for source in sources):
            raise InputError(f"Cannot read {path}: it lacks a shape that {TABLE_FILE} makes {name} of.")
        arkit[:, ARKIT_INDEX[name]] = np.clip(strongest(sources), 0.0, 1.0)
    poses = np.tile(missing[:, None], (1, len(POSE_NAMES)))
    for name, (sources, most) in POSED.items():
        poses[:, POSE_INDEX[name]] = np.clip(strongest(sources) / most, 0.0, 1.0)
    shapes = np.column_stack([values[name] for name in MOUTH_SHAPES])
    return CapturedFace(arkit, table.lacking, shapes, poses)


def _tracks(path: Path, wanted: list[str]) -> np.ndarray:
    """(T, len(wanted)) float32 weights at 30 frames a second, NaN for shapes that the file does not have."""
    with NpzMembers(path) as members:
        if missing := {"weights", "names"} - members.names:
            raise InputError(f"Cannot read {path} as a captured face: it lacks {min(missing)}.")
        names, shape = [str(name) for name in members.small("names").reshape(-1)], members.header("weights").shape
        rate = members.number("fps") if "fps" in members.names else float(MOTION_FPS)
        if len(shape) != 2 or shape[1] != len(names) or not 1 <= shape[1] <= MOST_SHAPES:
            raise InputError(f"Cannot read {path}: its weights have shape {shape}, but {len(names)} names.")
        if not 1.0 <= rate <= MAXIMUM_RATE or not 1 <= shape[0] <= min(MAXIMUM_FRAMES, MAXIMUM_DURATION_S * rate):
            raise InputError(f"Cannot read {path}: it must have 1 frame to six hours of them.")
        known = [name for name in wanted if name in names]
        columns = [names.index(name) for name in known]
        rows = np.concatenate([block[:, columns] for block in members.rows("weights")]).astype(np.float32)
    if not np.isfinite(rows).all():
        raise InputError(f"Cannot read {path}: some of its weights are no numbers.")
    resampled = resample_values(rows, rate)
    tracks = np.full((len(resampled), len(wanted)), np.nan, np.float32)
    tracks[:, [wanted.index(name) for name in known]] = resampled
    return tracks
