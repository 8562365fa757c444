"""Measure trained SMGAs beside their teacher: lips, hands, timing, seams. Called by runs/keypoints_proof.sh.

    python runs/keypoints_proof.py DATASET WORK VARIANT-SEED ...

DATASET is what `gesta prepare keypoints` made; WORK/VARIANT-SEED/keypoints/model are trained on it. Each speaks clips
that nobody was trained on, from their first pose, with guidance 1 and 2. What is measured of a model lies in
WORK/measures and is not measured again. WORK/keypoints_proof.md and .json get the table; with several seeds a number
stands beside the deviation between them. Columns:

lip error      mean error of how far the lips are open, % of the face's width
lip r          correlation of that with the teacher's, frame by frame; the mean over clips
lip r, other   the same against another clip's teacher: what chance gives
hand speed     mean speed of the wrists, as a share of the teacher's on the same clips
margin         normalised alignment margin of the wrists' brakes with the speech (gesta.metrics.motion.alignment)
seam           third differences where a window goes on from the one before, as a share of those elsewhere
parameters     of the network, millions

The teacher is the projected motion itself; "first pose held" does not move.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gesta.audio.video_features.make import make_video_features
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.bundles.film_folder import load_film_bundle
from gesta.data.film_set import FilmSet
from gesta.data.films import FilmRecord
from gesta.keypoints.layout import GROUPS, LIPS, VISIBLE, body_index
from gesta.keypoints.resampling import resampled
from gesta.metrics.motion.alignment import align
from gesta.metrics.motion.envelope import envelope_peaks, speech_envelope
from gesta.metrics.motion.speed import point_speed
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.records import Keypoints, Speech
from gesta.reports import write_json
from gesta.units import MOTION_FPS, VIDEO_FPS

LEAST_S = 10.0
GUIDANCES = (1.0, 2.0)
STEPS = 20
SEEN = 0.9
"""Lips and wrists are seen in such a share of a clip's frames, else it is not measured."""
FACE, LIP, UPPER, LOWER = GROUPS["face"].start, LIPS.start, (13, 14, 15), (19, 18, 17)
"""Of the lips: the inner edge above and below, from the right to the left."""
JAW = (FACE, FACE + 16)
WRISTS = [body_index(f"{side}_wrist") for side in ("left", "right")]
SHOULDERS = [body_index(f"{side}_shoulder") for side in ("left", "right")]
REACH = 3
"""Frames before a join whose third differences reach across it."""
NAMES = {
    "lip_error": "lip error, %", "lip_r": "lip r", "lip_r_other": "lip r, other", "hand_speed": "hand speed",
    "margin": "margin", "seam": "seam", "parameters": "parameters",
}  # fmt: skip


def chosen(films: FilmSet, count: int) -> list[FilmRecord]:
    """So many clips that are measured: evenly from those of the split test that show lips and wrists."""
    fitting = []
    for clip in films.split("test"):
        if clip.frames >= LEAST_S * VIDEO_FPS:
            seen = films.points(clip, 0, clip.frames).scores >= VISIBLE
            if seen[:, LIPS].mean() >= SEEN and seen[:, WRISTS].mean() >= SEEN and seen[0, [*WRISTS, *SHOULDERS]].all():
                fitting.append(clip)
    if not fitting:
        raise SystemExit("no clip of the split test shows lips and wrists; prepare a larger share")
    return [fitting[at] for at in np.unique(np.linspace(0, len(fitting) - 1, count).astype(int))]


def opening(points: np.ndarray, face: float) -> np.ndarray:
    """(F,) how far the lips are open, % of the face's width."""
    upper, lower = (points[:, [LIP + point for point in row]] for row in (UPPER, LOWER))
    found: np.ndarray = 100.0 * np.linalg.norm(lower - upper, axis=-1).mean(axis=1) / face
    return found


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's; 0 where one does not change."""
    count = min(len(one), len(other))
    one, other = one[:count] - one[:count].mean(), other[:count] - other[:count].mean()
    whole = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / whole if whole > 0.0 else 0.0


def wrist_speeds(keypoints: Keypoints, shoulders: float) -> list[np.ndarray]:
    """Smoothed speeds of both wrists, widths of the shoulders a second, 30 times a second."""
    quick = resampled(keypoints, MOTION_FPS)
    return [point_speed(quick.points[:, wrist] / shoulders) for wrist in WRISTS]


def seam(points: np.ndarray, window: int, overlap: int) -> float:
    """Third differences where a window follows known frames, as a share of those elsewhere; 1 where nothing joins."""
    jerk = np.linalg.norm(np.diff(points, n=3, axis=0), axis=-1).mean(axis=1)
    at_join = np.zeros(len(jerk), dtype=bool)
    for join in range(window, len(points) - REACH, window - overlap):
        at_join[join - REACH : join] = True
    elsewhere = jerk[~at_join].mean()
    return float(jerk[at_join].mean() / elsewhere) if at_join.any() and elsewhere > 0.0 else 1.0


class Teacher:
    """The clips that are measured, with what their teacher does."""

    def __init__(self, films: FilmSet, clips: int) -> None:
        self.films, self.clips = films, chosen(films, clips)
        self.true = [films.points(clip, 0, clip.frames) for clip in self.clips]
        self.faces = [float(np.linalg.norm(np.subtract(*true.points[0, JAW, :]))) for true in self.true]
        self.shoulders = [float(np.linalg.norm(np.subtract(*true.points[0, SHOULDERS]))) for true in self.true]
        blocks = (films.speech(clip).source.blocks() for clip in self.clips)
        self.peaks = [envelope_peaks(speech_envelope(sound)) for sound in blocks]
        both = zip(self.true, self.faces, strict=True)
        self.openings = [opening(true.points, face) for true, face in both]
        speeds = (wrist_speeds(*pair) for pair in zip(self.true, self.shoulders, strict=True))
        self.speed = [float(np.mean(pair)) for pair in speeds]

    def measured(self, takes: Sequence[Keypoints], window: int, overlap: int) -> dict[str, float]:
        """What is measured of takes on the clips' speech, in the mean over clips."""
        rows = [self._clip(number, take, window, overlap) for number, take in enumerate(takes)]
        names = {name for row in rows for name in row}
        return {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}

    def _clip(self, number: int, take: Keypoints, window: int, overlap: int) -> dict[str, float]:
        made = opening(take.points, self.faces[number])
        true, other = self.openings[number], self.openings[(number + 1) % len(self.openings)]
        speeds = wrist_speeds(take, self.shoulders[number])
        found = {
            "lip_error": float(np.abs(made - true).mean()),
            "lip_r": correlation(made, true),
            "lip_r_other": correlation(made, other),
            "hand_speed": float(np.mean(speeds)) / self.speed[number],
            "seam": seam(take.points, window, overlap),
        }
        timing = align(speeds, self.peaks[number], take.frame_count / VIDEO_FPS)
        return found if timing is None else {**found, "margin": timing.normalised_margin}


def loaded_speaker(folder: Path) -> tuple[KeypointSpeaker, VideoFeatures]:
    """A trained SMGA, and what it hears."""
    bundle = load_film_bundle(folder)
    if bundle.smga is None or bundle.config.keypoints is None:
        raise SystemExit(f"'{folder}' makes no keypoints")
    return KeypointSpeaker(bundle.smga), make_video_features(bundle.config.keypoints.features)


def spoken(
    speaker: KeypointSpeaker, features: VideoFeatures, speech: Speech, first: Keypoints, **options: Any
) -> Keypoints:
    """A whole take that begins with points of one frame; options as `KeypointSpeaker.stretches` takes them."""
    rows = [(part.points, part.scores) for part in speaker.stretches(features, speech, first, **options)]
    points, scores = (np.concatenate(one) for one in zip(*rows, strict=True))
    return Keypoints(points, scores, first.size, VIDEO_FPS)


def measured_model(teacher: Teacher, folder: Path, guidance: float) -> dict[str, float]:
    """What is measured of a model."""
    speaker, features = loaded_speaker(folder)
    takes = [
        spoken(speaker, features, teacher.films.speech(clip), true.frames(0, 1), steps=STEPS, guidance=guidance, seed=0)
        for clip, true in zip(teacher.clips, teacher.true, strict=True)
    ]
    found = teacher.measured(takes, speaker.frames, speaker.config.sampling.overlap)
    return {**found, "parameters": sum(weight.numel() for weight in speaker.smga.parameters()) / 1e6}


def cell(rows: Sequence[Mapping[str, float]], name: str) -> str:
    """The mean over seeds, and the deviation between them."""
    values = [row[name] for row in rows if name in row]
    if not values:
        return "-"
    return f"{np.mean(values):.2f}" + (f" ± {np.std(values, ddof=1):.2f}" if len(values) > 1 else "")


def table(results: Mapping[str, Any]) -> str:
    """All of it in Markdown."""
    lines = [f"| | {' | '.join(NAMES.values())} |", "|---" * (1 + len(NAMES)) + "|"]
    for name, rows in results.items():
        lines.append(f"| {name} | {' | '.join(cell(rows, key) for key in NAMES)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure what is not measured yet; write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("models", nargs="+", metavar="VARIANT-SEED")
    parser.add_argument("--clips", type=int, default=12, help="how many are measured, about 20 s each (12)")
    given = parser.parse_args()
    torch.set_grad_enabled(False)
    teacher = Teacher(FilmSet.open(given.dataset), given.clips)
    held = [true.replaced(points=np.repeat(true.points[:1], len(true.points), axis=0)) for true in teacher.true]
    results: dict[str, list[dict[str, float]]] = {
        "teacher": [teacher.measured(teacher.true, 80, 16)],
        "first pose held": [teacher.measured(held, 80, 16)],
    }
    for guidance, model in product(GUIDANCES, given.models):
        kept = given.work / "measures" / f"{model}-guidance-{guidance:g}.json"
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_json(kept, measured_model(teacher, given.work / model / "keypoints" / "model", guidance))
            sys.stderr.write(f"measured {kept.stem}\n")
        row = json.loads(kept.read_text(encoding="utf-8"))
        results.setdefault(f"{model.rpartition('-')[0]}, guidance {guidance:g}", []).append(row)
    text = table(results)
    (given.work / "keypoints_proof.md").write_text(text, encoding="utf-8")
    seconds = sum(clip.frames for clip in teacher.clips) / VIDEO_FPS
    about = {"clips": [clip.id for clip in teacher.clips], "seconds": seconds, "steps": STEPS}
    write_json(given.work / "keypoints_proof.json", {**about, "results": results})
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
