"""The card that lies in a trained bundle: what it is, what it was trained on, what may be done with it."""

from collections.abc import Mapping
from typing import Any

from gesta.bundles.config import BundleConfig, FolderConfig
from gesta.bundles.film_config import FilmBundleConfig
from gesta.data.films import FilmInfo
from gesta.data.listing import SetInfo
from gesta.data.manifest import DatasetInfo
from gesta.mmgt.autoencoder_config import ConvolutionalConfig


def motion_card(config: BundleConfig, info: DatasetInfo, provenance: Mapping[str, Any]) -> str:
    """The text of card.md of a model that makes motion, in Markdown."""
    rows = {
        "What it is": "EchoMask: speech to body, hands and face, trained with gesta",
        **_data(info),
        "Speakers or styles": ", ".join(config.speakers),
        "Speech encoder": config.encoder.kind,
        "Face": config.face_basis,
        **_training(provenance),
    }
    return _card(config, rows, "gesta speak RECORDING --model THIS_FOLDER")


def film_card(what: str, config: FilmBundleConfig, info: FilmInfo, provenance: Mapping[str, Any]) -> str:
    """The text of card.md of a model for films, in Markdown; `what` says what it is."""
    heard = {model.features.kind for model in (config.keypoints, config.video) if model is not None}
    rows = {
        "What it is": f"{what}, trained with gesta",
        **_data(info),
        "Speakers": ", ".join(info.speakers),
        "Speech features": ", ".join(sorted(heard)),
        **_training(provenance),
    }
    return _card(config, rows, "gesta film RECORDING --image PICTURE --model THIS_FOLDER")


def autoencoder_card(name: str, config: ConvolutionalConfig, info: FilmInfo, provenance: Mapping[str, Any]) -> str:
    """The text of card.md of a trained autoencoder, in Markdown."""
    rows = {
        "What it is": "A small autoencoder for a video network, trained with gesta",
        "Pixels along a side for one latent": config.factor,
        "Channels of a latent": config.latent_channels,
        **_data(info),
        **_training(provenance),
    }
    lines = _lines(rows)
    return f"# {name}\n\n{lines}\n\nUse it with: `gesta train video RECIPE.toml autoencoder_model=THIS_FOLDER`\n"


def _data(info: SetInfo) -> dict[str, str]:
    minutes = info.frames / info.frames_per_second / 60.0
    return {
        "Data": f"{info.kind} ({info.source}), {minutes:.1f} minutes in {info.clips} clips",
        "Licence of the data": info.licence,
    }


def _training(provenance: Mapping[str, Any]) -> dict[str, str]:
    best = provenance.get("best_loss")
    return {
        "Steps": _steps(provenance),
        "Best validation loss": "none was measured" if best is None else f"{best:.4f}",
    }


def _card(config: FolderConfig, rows: Mapping[str, str], command: str) -> str:
    return f"# {config.name}\n\n{_lines(rows)}\n\nUse it with: `{command}`\n"


def _lines(rows: Mapping[str, Any]) -> str:
    """A table of two columns."""
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {value} |" for name, value in rows.items())


def _steps(provenance: Mapping[str, Any]) -> str:
    """How long it was trained, and which of the weights on the way it has."""
    steps, best = provenance.get("steps", "unknown"), provenance.get("best_step")
    if provenance.get("exported") == "best" and best:
        return f"{steps}, of which step {best} did best in validation and is what is here"
    return str(steps)
