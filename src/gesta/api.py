"""The public noun: `load` a model by name, then let it `speak`, or `film` somebody.

>>> import gesta
>>> take = gesta.load("procedural").speak("speech.wav", seed=1)
>>> take.save("gesta_out")
"""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from gesta.bundles.config import BUNDLE_FILES, CONFIG_FILE
from gesta.bundles.files import kinds_of
from gesta.bundles.folder import Bundle, load_bundle
from gesta.bundles.shipped import ECHOMASK_SMALL, SHIPPED, SMGA_SMALL, shipped_folder, ships
from gesta.devices import torch_device
from gesta.errors import InputError, unknown_name
from gesta.hub import NAME, REVISION, snapshot
from gesta.models.common import LICENCE, Audio, as_speech
from gesta.models.echomask import EchoMaskModel
from gesta.models.procedural import PROCEDURAL, ProceduralModel
from gesta.records import Motion, Prosody
from gesta.take import Take

if TYPE_CHECKING:
    from gesta.models.film import FilmModel

Model: TypeAlias = "ProceduralModel | EchoMaskModel | FilmModel"
"""Whatever `load` gives."""

DEFAULT, DEBUG, MOTION = "default", "debug", "motion"
USUAL = PROCEDURAL
"""What `default` means; docs/default_model.md says how that was decided."""
LAID_OUT_FROM_WIDTH = 256
"""Matrices of narrower networks are left as they are: calling for each costs more than a quick layout gains (2 to 6
times as long at widths of 64 and 128)."""
MODELS = {
    DEFAULT: f"what gesta uses when no model is named: {USUAL}",
    PROCEDURAL: "no network: gestures planned from the prosody by rules, animated by inverse kinematics",
    ECHOMASK_SMALL: "a trained EchoMask, which learned from the procedural speaker (docs/default_model.md)",
    DEBUG: "a tiny network of random weights, made on the spot: for testing, not for looking at",
}


def load(
    name: str | PathLike[str] = DEFAULT, *more: str | PathLike[str], device: str = "auto", precision: str = "float32"
) -> Model:
    """Load a model by name, from its folder, or from the hub.

    Args:
        name: a model's name, the folder of one, or OWNER/NAME@REVISION on the Hugging Face hub (a commit, 40 digits).
        more: further ones, where the keypoints and the video of a film come from different models.
        device: where a trained model runs: "auto" (a GPU if there is one), "cpu" or "cuda".
        precision: of the matrices of a trained model that makes motion, "float32" or "bfloat16" (half the memory, and
            quicker on processors made for it; what it changes is in docs/performance.md).

    Raises:
        InputError: no such model, said with the nearest names; or the folder is no bundle, or a damaged one; or the
            models do not belong together; or no such device or precision.
    """
    found = [_load(one, device, precision) for one in (name, *more)]
    if len(found) == 1:
        return found[0]
    from gesta.models.film import FilmModel

    films = [model for model in found if isinstance(model, FilmModel)]
    if len(films) < len(found):
        odd = next(model for model in found if not isinstance(model, FilmModel))
        raise InputError(f"The model '{odd.name}' moves bodies; only models that make films are loaded together.")
    bundles = tuple(bundle for model in films for bundle in model.bundles)
    return FilmModel(" + ".join(model.name for model in films), bundles, device)


def _load(name: str | PathLike[str], device: str, precision: str) -> Model:
    meant = USUAL if name == DEFAULT else name
    if meant == DEBUG:
        # Making one takes torch's networks, which nobody else needs here.
        from gesta.bundles.debug import debug_bundle
        from gesta.models.debug import DebugModel

        bundle = _ready(debug_bundle(), device, precision)
        return DebugModel(DEBUG, bundle, device)
    if meant == PROCEDURAL:
        return ProceduralModel(str(name))
    if meant in SHIPPED:
        with shipped_folder(str(meant)) as place:
            return EchoMaskModel(str(name), _ready(load_bundle(place), device, precision))
    if meant == SMGA_SMALL and ships(SMGA_SMALL):
        with shipped_folder(SMGA_SMALL) as place:
            return _films(place, place, device)
    folder, within = _folder(name)
    if (folder / CONFIG_FILE).is_file():
        if MOTION in kinds_of(folder):
            bundle = _ready(load_bundle(folder, within), device, precision)
            return EchoMaskModel(bundle.config.name, bundle)
        return _films(folder, within, device)
    if folder.is_dir():
        raise InputError(f"The folder '{folder}' holds no model: it has no {CONFIG_FILE}.")
    if folder.parent != Path() or folder.is_absolute():
        raise InputError(
            f"There is no folder '{folder}'; name one that holds a {CONFIG_FILE}, or OWNER/NAME@REVISION on the hub "
            "with the commit's 40 digits."
        )
    raise unknown_name("model", str(name), [*MODELS, "the folder of a trained one"])


def _films(folder: Path, within: Path, device: str) -> "FilmModel":
    """A model for films from its folder."""
    # What films are made with takes a moment to load, and bodies do without it.
    from gesta.bundles.film_folder import load_film_bundle
    from gesta.models.film import FilmModel

    torch_device(device)
    films = load_film_bundle(folder, within)
    return FilmModel(films.config.name, (films,), device)


def _folder(name: str | PathLike[str]) -> tuple[Path, Path]:
    """The folder that a name means, on this machine or OWNER/NAME@REVISION on the hub, and where its files may lie."""
    folder = Path(name)
    place, _, revision = str(name).partition("@")
    if folder.exists() or not NAME.fullmatch(place) or not REVISION.fullmatch(revision):
        return folder, folder
    from gesta.bundles.film_config import FILM_FILES

    otherwise = "fetch its files elsewhere and give their folder"
    found = snapshot(place, revision, (*BUNDLE_FILES, *FILM_FILES), "This model", otherwise)
    # There a folder of a commit holds links to files that commits share, two levels up.
    return found, found.parents[1]


def _ready(bundle: Bundle, device: str, precision: str) -> Bundle:
    """The same bundle on its device, in its precision."""
    from gesta.echomask.precision import prepare

    bundle.model.to(torch_device(device))
    if precision != "float32" or bundle.config.generator.sizes.width >= LAID_OUT_FROM_WIDTH:
        prepare(bundle.model.generator, precision)
    return bundle


def speak(audio: Audio, model: str | PathLike[str] = DEFAULT, **options: Any) -> Take:
    """Give a recording a body in one call: `load(model).speak(audio, **options)`."""
    return load(model).speak(audio, **options)


__all__ = [
    "LICENCE",
    "MODELS",
    "Audio",
    "Model",
    "Motion",
    "Prosody",
    "Take",
    "as_speech",
    "load",
    "speak",
]
