"""The card that lies in a trained bundle: what it is, what it was trained on, what may be done with it."""

from collections.abc import Mapping
from typing import Any

from gesta.bundles.config import BundleConfig
from gesta.data.manifest import DatasetInfo
from gesta.units import MOTION_FPS


def motion_card(config: BundleConfig, info: DatasetInfo, provenance: Mapping[str, Any]) -> str:
    """The text of card.md, in Markdown."""
    minutes = info.frames / MOTION_FPS / 60.0
    best = provenance.get("best_loss")
    rows = {
        "What it is": "EchoMask: speech to body, hands and face, trained with gesta",
        "Data": f"{info.kind} ({info.source}), {minutes:.1f} minutes in {info.clips} clips",
        "Licence of the data": info.licence,
        "Speakers or styles": ", ".join(config.speakers),
        "Speech encoder": config.encoder.kind,
        "Face": config.face_basis,
        "Steps": _steps(provenance),
        "Best validation loss": "none was measured" if best is None else f"{best:.4f}",
    }
    lines = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    return f"# {config.name}\n\n| | |\n|---|---|\n{lines}\n\nUse it with: `gesta speak RECORDING --model THIS_FOLDER`\n"


def _steps(provenance: Mapping[str, Any]) -> str:
    """How long it was trained, and which of the weights on the way it has."""
    steps, best = provenance.get("steps", "unknown"), provenance.get("best_step")
    if provenance.get("exported") == "best" and best:
        return f"{steps}, of which step {best} did best in validation and is what is here"
    return str(steps)
