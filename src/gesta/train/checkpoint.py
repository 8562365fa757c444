"""Checkpoints: folders of safetensors and one JSON file that are there as a whole or not at all.

CHECKPOINTS/step-00000500/network.safetensors     parameters and buffers
                          average.safetensors     the same of the moving average, where there is one
                          optimiser.safetensors   "<parameter>/<name of the state>"
                          state.json              step, best, settings, provenance, sizes of the files
CHECKPOINTS/best-00000400/network.safetensors     what did best on the validation windows
                          state.json
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from gesta.bundles.tensors import write_tensors
from gesta.errors import InputError, reason_of
from gesta.foreign import read_tensors
from gesta.train.folders import appearing, remove

Tensors = Mapping[str, Tensor]
STATE = "state.json"
SIZES = "sizes"
LATEST, BEST = "step", "best"
NAME = re.compile(r"(step|best)-(\d{8,})")


@dataclass(frozen=True)
class Checkpoint:
    """What was read back.

    Attributes:
        step: steps done.
        tensors: by file ("network", "optimiser", ...) and name.
        state: what the JSON file holds.
    """

    step: int
    tensors: Mapping[str, Tensors]
    state: Mapping[str, Any]


class DamagedCheckpointError(Exception):
    """A checkpoint that cannot be read; its message says what is wrong."""


def save(folder: Path, kind: str, step: int, tensors: Mapping[str, Tensors], state: Mapping[str, Any]) -> Path:
    """Write one checkpoint and return its folder.

    Args:
        folder: of all checkpoints.
        kind: LATEST or BEST.
        step: steps done.
        tensors: by file and name.
        state: what JSON can hold.
    """
    place = folder / f"{kind}-{step:08d}"
    with appearing(place) as hidden:
        for name, table in tensors.items():
            write_tensors(hidden / f"{name}.safetensors", table)
        sizes = {path.name: path.stat().st_size for path in sorted(hidden.iterdir())}
        text = json.dumps({**state, "step": step, SIZES: sizes}, indent=1)
        (hidden / STATE).write_text(text + "\n", encoding="utf-8")
    return place


def saved(folder: Path, kind: str) -> list[Path]:
    """The checkpoints of a kind, the newest first."""
    named = ((path, NAME.fullmatch(path.name)) for path in (folder.iterdir() if folder.is_dir() else ()))
    found = [(int(match[2]), path) for path, match in named if match and match[1] == kind]
    return [path for _, path in sorted(found, reverse=True)]


def read(place: Path) -> Checkpoint:
    """Read one checkpoint whole.

    Raises:
        DamagedCheckpointError: a file is missing, cut or not what it should be.
    """
    try:
        state = json.loads((place / STATE).read_text(encoding="utf-8"))
        for name, size in state[SIZES].items():
            found = (place / Path(name).name).stat().st_size
            if found != size:
                raise DamagedCheckpointError(f"{name} has {found} bytes, not {size}")
        names = [Path(name).stem for name in state[SIZES]]
        tensors = {name: read_tensors(place / f"{name}.safetensors", "checkpoint") for name in names}
        return Checkpoint(int(state["step"]), tensors, state)
    except OSError as error:
        raise DamagedCheckpointError(f"{Path(error.filename or place).name}: {reason_of(error)}") from None
    except (ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise DamagedCheckpointError(str(error)) from None


def settings_of(place: Path) -> Mapping[str, Any] | None:
    """The tables of settings of one checkpoint; None where its description cannot be read."""
    try:
        found = json.loads((place / STATE).read_text(encoding="utf-8"))["settings"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def keep_newest(folder: Path, kind: str, count: int) -> None:
    """Remove all checkpoints of a kind but the newest."""
    for place in saved(folder, kind)[count:]:
        remove(place)
