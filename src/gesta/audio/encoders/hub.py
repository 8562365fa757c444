"""Model folders by path or by name: a folder first, then what was fetched before, then the hub at a pinned revision.

Only configuration and weights are fetched.
"""

from collections.abc import Sequence
from pathlib import Path

from gesta.errors import InputError
from gesta.hub import snapshot

CONFIG = "config.json"
PREPROCESSOR = "preprocessor_config.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""The first one that is there is read."""
_WHERE = (
    "into a folder that the recipe names as the encoder's model, or that is called hubert, wavlm or wav2vec2 in the "
    "model's own folder"
)


def model_folder(name: str, revision: str | None, purpose: str) -> Path:
    """The folder that holds a model's configuration and weights.

    Args:
        name: a folder, or a name on the hub such as "facebook/hubert-large-ls960-ft".
        revision: the hub's commit; without one nothing is fetched.
        purpose: what needs it, as the beginning of the sentence a user reads.

    Raises:
        InputError: no such folder or name, files are missing in it, or the hub cannot be reached; the sentence says
            which files to put where.
    """
    if Path(name).is_dir():
        return _complete(Path(name), purpose)
    if Path(name).is_absolute() or name.count("/") != 1:
        raise InputError(f"{purpose} needs {_files()} in the folder '{name}', which is not there.")
    if revision is None:
        raise InputError(
            f"{purpose} needs '{name}': give the revision (the hub's commit) to fetch, or put {_files()} {_WHERE}."
        )
    folder = snapshot(name, revision, (CONFIG, PREPROCESSOR), purpose, f"put {_files()} {_WHERE}", one_of=WEIGHTS)
    return _complete(folder, purpose)


def weights_file(folder: Path) -> Path:
    """The file of a model folder that holds its weights."""
    return next(folder / name for name in WEIGHTS if (folder / name).is_file())


def _complete(folder: Path, purpose: str) -> Path:
    """The folder, once it is sure that nothing is missing in it."""
    missing = [name for name in (CONFIG, PREPROCESSOR) if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in WEIGHTS):
        missing.append(_either(WEIGHTS))
    if missing:
        raise InputError(f"{purpose} finds no {' and no '.join(missing)} in '{folder}': put {_files()} there.")
    return folder


def _files() -> str:
    return f"{CONFIG}, {PREPROCESSOR} and {_either(WEIGHTS)}"


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)
