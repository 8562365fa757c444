"""SHOW as a source: clips as npz files with the sound of the same name, in any folders.

Published as SPEAKER/FILM/CLIP/CLIP.npz: the first folder names the speaker, and the folders above the clip's own name
the film, whose clips are never divided between splits. In a flat folder each clip stands for itself.
"""

from pathlib import Path

from gesta.data.pairs import PairSource, first_folder, pairs_plan
from gesta.data.plans import DatasetPlan
from gesta.data.splits import Shares
from gesta.motion.hand_model import HandModel
from gesta.motion.show import read_show

KIND = "show"
LICENCE = "SHOW: non-commercial research only"
SPEAKER_AND_FILM = 2
"""Folders above a clip's own that name speaker and film."""


class ShowSettings(Shares):
    """How SHOW is divided."""


def show_plan(source: Path, settings: ShowSettings, hands: HandModel | None = None) -> DatasetPlan:
    """Plan every clip below a folder.

    Args:
        source: the folder.
        settings: how it is divided.
        hands: the user's SMPL-X hands; without them fingers are not real.

    Raises:
        InputError: it is no folder.
    """
    kind = PairSource(
        kind=KIND,
        suffix=".npz",
        face_basis="flame100",
        licence=LICENCE,
        group=_film,
        group_words="a film is a group, or a clip where no folder names its film",
        speaker=first_folder,
        read=lambda path: read_show(path, hands=hands),
    )
    chosen = {**settings.model_dump(), "hands": hands.sha256 if hands is not None else None}
    return pairs_plan(source, kind, settings, chosen)


def _film(clip: Path) -> str:
    above = clip.parent.parent if clip.parent.name == clip.stem else clip.parent
    return above.as_posix() if len(above.parts) >= SPEAKER_AND_FILM else clip.as_posix()
