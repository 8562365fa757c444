"""What a training was made with, and whether it may go on with other settings."""

import json
import platform
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from gesta.errors import InputError
from gesta.train.settings import FREE_TO_CHANGE
from gesta.version import __version__

TRAINING = "training"
"""The table of recorded settings in which FREE_TO_CHANGE stand."""
MACHINE = ("encoder.device", "keypoints_features.device", "video_features.device")
"""Settings of other tables that are about the machine: they change where something is computed, not what."""
Table = Mapping[str, Any]


def provenance(device: torch.device, processes: int) -> dict[str, Any]:
    """Versions and machine, as JSON holds them."""
    return {
        "gesta": __version__,
        "commit": _commit(),
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else device.type,
        "threads": torch.get_num_threads(),
        "processes": processes,
    }


def _commit() -> str | None:
    """The commit of the working tree that gesta is run from; none where it is installed."""
    tree = Path(__file__).parents[3]
    if not (tree / ".git").exists():
        return None
    with suppress(OSError, subprocess.SubprocessError):
        command = ["git", "-C", str(tree), "rev-parse", "HEAD"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=5).stdout.strip()
    return None


def refuse_other_settings(then: Table, now: Table, folder: Path) -> None:
    """Raise InputError, naming the setting, if a training in a folder cannot go on with the settings of now.

    Args:
        then: tables of settings that the checkpoint holds.
        now: the same of the present recipe.
        folder: of the training.
    """
    before, after = dict(_flat(then)), dict(_flat(json.loads(json.dumps(now))))
    free = {*MACHINE, *(f"{TRAINING}.{name}" for name in FREE_TO_CHANGE)}
    for name in sorted((before.keys() | after.keys()) - free):
        old, new = before.get(name), after.get(name)
        if old != new:
            raise InputError(
                f"'{folder}' was trained with {name} = {_shown(old)} and now it is {_shown(new)}: set it back, "
                "or train into another folder with output=FOLDER."
            )


def _flat(table: Table, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _shown(value: Any) -> str:
    return "not set" if value is None else json.dumps(value)
