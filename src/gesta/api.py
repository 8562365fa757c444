"""The public noun: `load` a model by name, then let it `speak`.

>>> import gesta
>>> take = gesta.load("procedural").speak("speech.wav", seed=1)
>>> take.save("gesta_out")
"""

from os import PathLike
from pathlib import Path
from typing import Any

from gesta.bundles.config import BUNDLE_FILES, CONFIG_FILE
from gesta.bundles.folder import Bundle, load_bundle
from gesta.devices import torch_device
from gesta.errors import InputError, unknown_name
from gesta.hub import NAME, REVISION, snapshot
from gesta.models.common import LICENCE, Audio, as_speech
from gesta.models.echomask import EchoMaskModel
from gesta.models.procedural import ProceduralModel
from gesta.records import Motion, Prosody
from gesta.take import Take

Model = ProceduralModel | EchoMaskModel
"""Whatever `load` gives."""

DEBUG = "debug"
MODELS = {
    "default": "what gesta uses when no model is named; in this version the procedural speaker",
    "procedural": "no network: gestures planned from the prosody by rules, animated by inverse kinematics",
    DEBUG: "a tiny network of random weights, made on the spot: for testing, not for looking at",
}


def load(name: str | PathLike[str] = "default", *, device: str = "auto", precision: str = "float32") -> Model:
    """Load a model by name, from its folder, or from the hub.

    Args:
        name: a model's name, the folder of one, or OWNER/NAME@REVISION on the Hugging Face hub (a commit, 40 digits).
        device: where a trained model runs: "auto" (a GPU if there is one), "cpu" or "cuda".
        precision: of a trained model's matrices, "float32" or "bfloat16" (half the memory, and quicker on processors
            made for it; what it changes is in docs/performance.md).

    Raises:
        InputError: no such model, said with the nearest names; or the folder is no bundle, or a damaged one; or no
            such device or precision.
    """
    if name == DEBUG:
        # Making one takes torch's networks, which nobody else needs here.
        from gesta.bundles.debug import debug_bundle

        return _quick(DEBUG, debug_bundle(), device, precision)
    if isinstance(name, str) and name in MODELS:
        return ProceduralModel(name)
    folder, within = _folder(name)
    if (folder / CONFIG_FILE).is_file():
        bundle = load_bundle(folder, within)
        return _quick(bundle.config.name, bundle, device, precision)
    if folder.is_dir():
        raise InputError(f"The folder '{folder}' holds no model: it has no {CONFIG_FILE}.")
    if folder.parent != Path() or folder.is_absolute():
        raise InputError(
            f"There is no folder '{folder}'; name one that holds a {CONFIG_FILE}, or OWNER/NAME@REVISION on the hub "
            "with the commit's 40 digits."
        )
    raise unknown_name("model", str(name), [*MODELS, "the folder of a trained one"])


def _folder(name: str | PathLike[str]) -> tuple[Path, Path]:
    """The folder that a name means, on this machine or OWNER/NAME@REVISION on the hub, and where its files may lie."""
    folder = Path(name)
    place, _, revision = str(name).partition("@")
    if folder.exists() or not NAME.fullmatch(place) or not REVISION.fullmatch(revision):
        return folder, folder
    otherwise = "fetch its files elsewhere and give their folder"
    found = snapshot(place, revision, BUNDLE_FILES, "This model", otherwise)
    # There a folder of a commit holds links to files that commits share, two levels up.
    return found, found.parents[1]


def _quick(name: str, bundle: Bundle, device: str, precision: str) -> EchoMaskModel:
    from gesta.echomask.precision import prepare

    bundle.model.to(torch_device(device))
    prepare(bundle.model.generator, precision)
    return EchoMaskModel(name, bundle)


def speak(audio: Audio, model: str | PathLike[str] = "default", **options: Any) -> Take:
    """Give a recording a body in one call: `load(model).speak(audio, **options)`."""
    return load(model).speak(audio, **options)


__all__ = ["LICENCE", "MODELS", "Audio", "Model", "Motion", "Prosody", "Take", "as_speech", "load", "speak"]
