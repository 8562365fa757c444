"""Faces as a source: captured ones (NAME.npz), and recordings whose sounds of speech have known times (NAME.json).

Both lie beside a sound of the same name. Captured faces become ARKit weights by a table (`gesta.data.face_captured`);
where sounds are known, their visemes say what the mouth does (`gesta.procedural.mouth_words`). Beside the motion,
every frame keeps the rig's own mouth shapes and the pose of the mouth, as far as they are known (NaN where not).
"""

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from pydantic import Field

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech
from gesta.audio.words.read import fit_words, read_words
from gesta.data.face_captured import MOUTH_SHAPES, ArkitTable, read_arkit_table, read_captured_face
from gesta.data.files import clip_names, find_files, shown_name, sound_of, sounds_by_name, total_size
from gesta.data.listing import LONGEST_NAME, Split
from gesta.data.plans import DatasetPlan, LoadedClip, Piece, PlannedClip
from gesta.data.splits import Shares, split_groups
from gesta.errors import InputError
from gesta.motion.face import ARKIT_NAMES
from gesta.motion.skeleton import skeleton
from gesta.procedural.mouth import joined_poses, spoken_loudness
from gesta.procedural.mouth_pose import POSE_NAMES, arkit_of
from gesta.procedural.mouth_words import WordReader
from gesta.records import JOINT_COUNT, Motion, Speech
from gesta.units import frame_times

KIND = "face"
CAPTURED_SUFFIX, WORDS_SUFFIXES = ".npz", (".json", ".textgrid")
POSES = tuple(f"pose_{name}" for name in POSE_NAMES)
TRUTH = (*MOUTH_SHAPES, *POSES)
"""The columns of truth: what is known of the mouth in each frame, NaN where it is not."""
SPOKEN_PARTS = ("jaw", "mouth", "tongue")
"""How the ARKit names begin that visemes move."""
FRAMES_PER_PIECE = 1800
CAPTURED, SPOKEN = "captured", "spoken"
"""How a clip's mouth is known, kept with each clip; also the speakers of the data set."""


class FaceSettings(Shares):
    """How faces are divided."""

    validates: tuple[str, ...] = Field((), description="recordings that validate: names, with * for anything")
    held_out: tuple[str, ...] = Field((), description="recordings that test and nothing else, named likewise")
    licence: str = Field("not stated", description="what may be done with the recordings")


def face_plan(source: Path, settings: FaceSettings) -> DatasetPlan:
    """Plan every captured face and every recording with known sounds below a folder.

    Raises:
        InputError: it is no folder, its table to ARKit is damaged, or a name that is held out is no recording's.
    """
    faces, sounds = find_files(source, (CAPTURED_SUFFIX, *WORDS_SUFFIXES)), sounds_by_name(source)
    table = read_arkit_table(source)
    splits = _splits([path.as_posix() for path in faces], settings)
    clips, left_out = [], {}
    for path, name in zip(faces, clip_names(faces), strict=True):
        try:
            sound = sound_of(path, sounds)
        except InputError as error:
            left_out[name] = str(error)
            continue
        captured = path.suffix.lower() == CAPTURED_SUFFIX
        files = (source / path, source / sound)
        clips.append(
            PlannedClip(
                id=name,
                split=splits[path.as_posix()],
                speaker=CAPTURED if captured else SPOKEN,
                source=shown_name(path),
                size=total_size(files),
                speech_name=name,
                load=_captured_loader(*files, table) if captured else _spoken_loader(*files),
            )
        )
    named = "recordings that are named validate or test; of the others: " if settings.validates else ""
    return DatasetPlan(
        kind=KIND,
        source=shown_name(Path(source.resolve().name))[:LONGEST_NAME],
        face_basis="arkit52",
        licence=settings.licence,
        speakers=(CAPTURED, SPOKEN),
        split_rule=named + settings.rule("a recording is a group"),
        settings=settings.model_dump(),
        clips=tuple(clips),
        left_out=left_out,
        truth=TRUTH,
    )


def _splits(names: list[str], settings: FaceSettings) -> dict[str, Split]:
    """The split of each recording: by name where it is named, else by shares."""
    splits: dict[str, Split] = {}
    chosen: tuple[tuple[Split, tuple[str, ...]], ...] = (
        ("test", settings.held_out),
        ("validation", settings.validates),
    )
    for split, patterns in chosen:
        for pattern in patterns:
            found = [name for name in names if fnmatchcase(name, pattern)]
            if not found and split == "validation":
                raise InputError(f"'{pattern}' is to validate, but no recording below the source has that name.")
            splits |= {name: split for name in found if name not in splits}
    others = [name for name in names if name not in splits]
    if not settings.validates:
        return splits | split_groups(others, settings)
    training: dict[str, Split] = dict.fromkeys(others, "train")
    return splits | training


def _captured_loader(path: Path, sound: Path, table: ArkitTable) -> Callable[[], LoadedClip]:
    def load() -> LoadedClip:
        face, speech = read_captured_face(path, table), open_speech(sound)
        truth = np.concatenate([face.shapes, face.poses], axis=1)
        return _clip(face.arkit, truth, face.lacking, speech, CAPTURED)

    return load


def _spoken_loader(path: Path, sound: Path) -> Callable[[], LoadedClip]:
    def load() -> LoadedClip:
        speech = open_speech(sound)
        words = fit_words(read_words(path), speech.duration_s, speech.name)
        if not any(word.phones for word in words.words):
            raise InputError(f"'{path}' holds no sounds of speech with times; give a file with a tier of phones.")
        prosody = analyse(speech)
        spoken, known = WordReader(words).poses(frame_times(0, prosody.frame_count))
        poses = joined_poses(np.zeros_like(spoken), spoken_loudness(prosody), spoken, known)
        shapes = np.full((len(poses), len(MOUTH_SHAPES)), np.nan)
        lacking = tuple(name for name in ARKIT_NAMES if not name.startswith(SPOKEN_PARTS))
        return _clip(arkit_of(poses), np.column_stack((shapes, poses)), lacking, speech, SPOKEN)

    return load


def _clip(arkit: np.ndarray, truth: np.ndarray, lacking: tuple[str, ...], speech: Speech, known_by: str) -> LoadedClip:
    frames = min(len(arkit), speech.frame_count)
    return LoadedClip(_pieces(arkit, truth, lacking), frames, speech, about={"mouth": known_by})


def _pieces(arkit: np.ndarray, truth: np.ndarray, lacking: tuple[str, ...]) -> Iterator[Piece]:
    """The frames as motion of nothing but a face."""
    for start in range(0, len(arkit), FRAMES_PER_PIECE):
        face = arkit[start : start + FRAMES_PER_PIECE].astype(np.float32)
        motion = Motion(
            np.broadcast_to(np.eye(3, dtype=np.float32), (len(face), JOINT_COUNT, 3, 3)),
            np.tile(skeleton().offsets[0], (len(face), 1)),
            face,
            parts=frozenset({"face"}),
            floor_known=False,
            provenance={"lacking": list(lacking)},
        )
        yield Piece(motion, truth[start : start + FRAMES_PER_PIECE].astype(np.float32))
