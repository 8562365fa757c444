"""A film of the person in a picture from any model that moves bodies: the person becomes a puppet (`film.puppet`)."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gesta.errors import InputError
from gesta.film.renderers import PUPPET, SMGA, SPACE
from gesta.models.common import Audio, as_speech, provenance
from gesta.motion.npz import read_npz
from gesta.records import Motion, Speech
from gesta.take import Take
from gesta.units import MOTION_FPS

if TYPE_CHECKING:
    from gesta.clip import Clip
    from gesta.models.film import Picture

UNKNOWN_LICENCE = "unknown: as that of the motion that was given"
SHORTER_BY_S = 0.1
"""A motion may end so much before the recording; its last pose is held."""


class Mover(Protocol):
    """A model that moves bodies."""

    @property
    def name(self) -> str:
        """Of the model."""
        ...

    def speak(self, *args: Any, **options: Any) -> Take:
        """Give a recording a body."""
        ...


def puppet_clip(
    model: Mover,
    audio: Audio,
    image: "Picture",
    *,
    sample_rate: int | None = None,
    points: str | PathLike[str] | None = None,
    seed: int = 0,
    size: tuple[int, int] | None = None,
    motion: Motion | str | PathLike[str] | None = None,
    **speaking: Any,
) -> "Clip":
    """Make ready to film the person in a picture as a puppet.

    Args:
        model: what moves, if no motion is given.
        audio: a sound or video file, a `Speech`, or samples (S,) or (S, channels) with `sample_rate`.
        image: a picture of the person: a file, or (H, W, 3) uint8 RGB.
        sample_rate: of the samples, Hz; for arrays only.
        points: a file with the 134 points of the person in the picture, or a folder with the two files of DWPose; none:
            the networks that ship find them.
        seed: the same seed gives the same film.
        size: width and height of the film in pixels; none: the picture's own, no longer than 1024.
        motion: a take, or the motion.npz of one, instead of what the model would do; or "3d" or "smga": motion in space
            that it makes, or points, which is what models of keypoints make if nothing is said.
        speaking: for the model, as its `speak` takes them: `style`, `energy` and so on.

    Raises:
        InputError: the recording, the picture or the motion cannot be used.
    """
    # Drawing takes networks and libraries that nobody else needs.
    from gesta.clip import Clip
    from gesta.film.picture import read_picture
    from gesta.film.points import points_of
    from gesta.film.puppet.puppet import Puppet
    from gesta.film.puppet_film import PuppetFilm
    from gesta.film.puppet_moves import GivenMoves, SpokenMoves
    from gesta.film.size import film_size, in_size, puppet_size
    from gesta.keypoints.canvas import canvas_for
    from gesta.models.film import DWPOSE, FilmModel

    speech = as_speech(audio, sample_rate)
    picture = image if isinstance(image, np.ndarray) else read_picture(Path(image))
    shape = (picture.shape[1], picture.shape[0])
    chosen = film_size(puppet_size(shape), size)
    spoken = motion == SMGA or (motion is None and isinstance(model, FilmModel))
    if spoken:
        speaks = _speaks_points(model, speaking)
        person = points_of(picture, points, speaks.beside(DWPOSE))
    else:
        moved, told = _moved(model, speech, None if motion == SPACE else motion, seed, speaking)
        person = points_of(picture, points)
    puppet = Puppet.of(picture, person.points, chosen, seed)
    notes = tuple(dict.fromkeys((*person.notes, *puppet.notes)))
    canvas = canvas_for(shape)
    if not spoken:
        return Clip(PuppetFilm(puppet, speech, GivenMoves(moved)), canvas, told, notes)
    made = speaks.spoken_points(speech, canvas.to_canvas(person.points), seed)
    moves = SpokenMoves(made, puppet, in_size(person.points, chosen))
    return Clip(PuppetFilm(puppet, speech, moves), canvas, speaks.points_provenance(speech, seed), notes)


def _speaks_points(model: Any, speaking: dict[str, Any]) -> Any:
    """The model that makes points, with everything checked."""
    if not hasattr(model, "spoken_points"):
        raise InputError(f"The model '{model.name}' makes no keypoints, which move by {SMGA}; name one that does.")
    if speaking:
        raise InputError(f"The motion {SMGA} has no {', '.join(sorted(speaking))}; leave that away.")
    return model


def _moved(
    model: Mover,
    speech: Speech,
    motion: Motion | str | PathLike[str] | None,
    seed: int,
    speaking: dict[str, Any],
) -> tuple[Motion, dict[str, Any]]:
    """What the puppet does, and where that comes from."""
    if motion is None:
        moved = model.speak(speech, seed=seed, **speaking).motion
        return moved, {**moved.provenance, "renderer": PUPPET, "motion": SPACE}
    if speaking:
        raise InputError(f"A motion that is given keeps its own {', '.join(sorted(speaking))}; leave that away.")
    name = "motion" if isinstance(motion, Motion) else Path(motion).name
    moved = motion if isinstance(motion, Motion) else read_npz(Path(motion))
    lasting = moved.frame_count / MOTION_FPS
    if lasting < speech.duration_s - SHORTER_BY_S:
        raise InputError(
            f"The motion '{name}' lasts {lasting:.1f} s and the recording {speech.duration_s:.1f} s; give one that "
            "lasts as long."
        )
    told = provenance(name, speech, seed, str(moved.provenance.get("licence", UNKNOWN_LICENCE)), None)
    return moved, {**told, "renderer": PUPPET, "motion": name, "motion_provenance": dict(moved.provenance)}
