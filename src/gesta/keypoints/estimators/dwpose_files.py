"""DWPose's two files: from a folder, from what was fetched before, or from the hub at a pinned commit."""

from pathlib import Path

from gesta.errors import InputError
from gesta.extras import missing_modules
from gesta.hub import NAME, snapshot

DETECTOR_FILE, POINTS_FILE = "yolox_l.onnx", "dw-ll_ucoco_384.onnx"
"""217 and 134 MB."""
FILES = (DETECTOR_FILE, POINTS_FILE)
PURPOSE = "Finding points with DWPose"
OTHERWISE = f"put {DETECTOR_FILE} and {POINTS_FILE} into a folder and name it with --points, or a file with the points"


def dwpose_folder(model: str, revision: str | None) -> Path:
    """The folder that holds both files.

    Args:
        model: a folder, or OWNER/NAME on the hub.
        revision: the hub's commit; without one nothing is fetched.

    Raises:
        InputError: no such folder or name, a file is missing, or the hub cannot be reached; the sentence says which
            files to put where.
    """
    if Path(model).is_dir():
        return _complete(Path(model))
    if not NAME.fullmatch(model):
        raise InputError(f"{PURPOSE} needs the folder '{model}', which is not there: {OTHERWISE}.")
    if revision is None:
        raise InputError(f"{PURPOSE} needs '{model}': give the revision (the hub's commit) to fetch, or {OTHERWISE}.")
    if "huggingface_hub" in missing_modules("research"):
        raise InputError(f"{PURPOSE} needs two files: {OTHERWISE}, or to fetch them: pip install 'gesta[research]'.")
    return _complete(snapshot(model, revision, FILES, PURPOSE, OTHERWISE))


def _complete(folder: Path) -> Path:
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise InputError(f"{PURPOSE} finds no {' and no '.join(missing)} in '{folder}': put them there.")
    return folder
