"""Every kind of source by name, for the command line and for recipes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gesta.data import beat2, bvh, face, projections, show, synthetic, videos
from gesta.data.plans import SetPlan
from gesta.errors import InputError, unknown_name
from gesta.motion.hand_model import HandModel, read_hand_model
from gesta.settings import Settings


@dataclass(frozen=True)
class Kind:
    """A kind of source: its settings, whether the user's SMPL-X hands serve it, and what plans it."""

    settings: type[Settings]
    wants_hands: bool
    plan: Callable[..., SetPlan]


KINDS: Mapping[str, Kind] = {
    beat2.KIND: Kind(beat2.Beat2Settings, True, beat2.beat2_plan),
    show.KIND: Kind(show.ShowSettings, True, show.show_plan),
    face.KIND: Kind(face.FaceSettings, False, face.face_plan),
    bvh.KIND: Kind(bvh.BvhSettings, False, bvh.bvh_plan),
    synthetic.KIND: Kind(synthetic.SyntheticSettings, False, synthetic.synthetic_plan),
    projections.KIND: Kind(projections.KeypointsSettings, False, projections.keypoints_plan),
    videos.KIND: Kind(videos.VideosSettings, False, videos.videos_plan),
}


def plan_source(
    kind: str, source: str | Path, settings: Mapping[str, Any] | None = None, smplx: str | Path | None = None
) -> SetPlan:
    """Plan a data set from a source of any kind.

    Args:
        kind: a name in KINDS.
        source: the folder or file.
        settings: of the kind, for example {"seeds": 4}.
        smplx: the user's own SMPL-X model (npz), for the fingers of beat2 and show.

    Raises:
        InputError: an unknown kind or setting, or a source that is not of the kind.
    """
    if kind not in KINDS:
        raise unknown_name("kind of source", kind, KINDS)
    chosen = KINDS[kind]
    checked = chosen.settings.checked(settings or {}, f"the settings of {kind}")
    if not Path(source).exists():
        raise InputError(f"'{source}' does not exist; check the name of the source.")
    if not chosen.wants_hands:
        return chosen.plan(Path(source), checked)
    hands: HandModel | None = read_hand_model(smplx) if smplx is not None else None
    return chosen.plan(Path(source), checked, hands)
