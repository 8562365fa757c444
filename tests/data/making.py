"""Small data sets for tests: made-up motions with made-up sound, and folders laid out as the published ones."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from gesta.audio.read import speech_from_samples
from gesta.data.plans import DatasetPlan, LoadedClip, Piece, PlannedClip, whole_clip
from gesta.motion.npz_write import write_npz
from gesta.records import Motion, Speech
from gesta.units import SAMPLE_RATE, frame_centres
from tests.cli.running import write_wav
from tests.motion.moving import made_motion

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def noise(frames: int, seed: int = 0) -> np.ndarray:
    """(S,) int16 samples that last so many frames."""
    count = int(frame_centres(frames, frames + 1)[0])
    return np.random.default_rng(seed).integers(-3000, 3000, count).astype(np.int16)


def made_speech(frames: int, seed: int = 0) -> Speech:
    return speech_from_samples(noise(frames, seed), SAMPLE_RATE, f"noise{seed}")


def planned(
    name: str, motion: Motion, split: str = "train", speaker: str = "ann", load: Callable[[], LoadedClip] | None = None
) -> PlannedClip:
    """A clip of a motion, with noise as its speech."""
    seed = sum(map(ord, name))
    load = load or (lambda: whole_clip(motion, made_speech(motion.frame_count, seed)))
    return PlannedClip(name, split, speaker, f"{name}.npz", 100, name, load)  # type: ignore[arg-type]


def in_pieces(motion: Motion, sizes: Sequence[int], strokes: np.ndarray) -> LoadedClip:
    """A motion as a source that gives it piece by piece, with its strokes."""
    ends = np.cumsum(sizes)
    pieces = (Piece(motion.frames(b - n, b), strokes[b - n : b, None]) for n, b in zip(sizes, ends, strict=True))
    return LoadedClip(pieces, motion.frame_count, made_speech(motion.frame_count))


def made_plan(
    clips: Sequence[PlannedClip], face_basis: str = "arkit52", strokes: bool = False, settings: Mapping | None = None
) -> DatasetPlan:
    return DatasetPlan(
        kind="made",
        source="nowhere",
        face_basis=face_basis,
        licence="free",
        speakers=tuple(sorted({clip.speaker for clip in clips})),
        split_rule="as told",
        settings=settings or {},
        clips=tuple(clips),
        strokes=strokes,
    )


def write_beat2(root: Path, takes: Mapping[str, tuple[str, int]]) -> Path:
    """A folder laid out like BEAT2 with these takes: for each id its split and its frames."""
    for name in ("smplxflame_30", "wave16k"):
        (root / name).mkdir(parents=True)
    lines = ["id,type"]
    for number, (name, (split, frames)) in enumerate(takes.items()):
        lines.append(f"{name},{split}")
        write_npz(made_motion(frames, "flame100", seed=number), root / "smplxflame_30" / f"{name}.npz")
        write_wav(root / "wave16k" / f"{name}.wav", noise(frames, number))
    (root / "train_test_split.csv").write_text("\n".join(lines) + "\n")
    return root
