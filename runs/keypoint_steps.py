"""Measures what fewer sampling steps cost SMGA: how far keypoints are from those of 50 steps from the same noise.

    python runs/keypoint_steps.py                                          trains the preset `mini` for a minute first
    python runs/keypoint_steps.py --model BUNDLE --speech SPEECH --points POINTS

Without a bundle the network learns made motion: poses that follow what is heard, with smooth chance of their own, 25
pixels wide. `error` is the mean distance of points from where they are with 50 steps of the same kind, `speed` and
`jerk` are the means of first and third differences (pixels a frame, pixels a frame cubed). With eta 1 the steps draw
new chance, so the error holds that of the draws as well; "other seed" says how far apart two takes of 50 steps are.
`join` is the jerk where a window follows known frames, as a share of that elsewhere.
Prints a table in Markdown.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d

from gesta.audio.read import open_speech
from gesta.audio.video_features.make import make_video_features
from gesta.audio.video_features.protocol import VideoFeatures
from gesta.bundles.film_folder import load_film_bundle
from gesta.keypoints.canvas import canvas_for
from gesta.keypoints.files import read_keypoints
from gesta.keypoints.layout import VISIBLE
from gesta.keypoints.vectors import VECTOR_SIDE
from gesta.mmgt.diffusion import CosineSchedule
from gesta.mmgt.keypoint_objective import KeypointClips, keypoint_losses
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.mmgt.pose_vectors import pose_vectors
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import SmgaConfig, smga_config
from gesta.randomness import generator as chance_for
from gesta.records import KEYPOINT_COUNT, Keypoints, Speech
from gesta.units import SAMPLE_RATE, VIDEO_FPS

STEPS = (50, 20, 8, 4)
FRAMES = 500
HEARD, OWN = 6, 6
"""Numbers that the made speech and the made motion's own chance have in a frame."""
SPREAD, SMOOTH_FRAMES = 25.0, 6.0
BATCH = 16
REACH = 3
"""Frames before a join whose third differences reach across it."""
Take = Callable[..., Keypoints]


class MadeMotion:
    """Poses that follow what is heard, and chance of their own."""

    def __init__(self, seed: int) -> None:
        chance = chance_for(0, "keypoint steps", "body")
        self.rest = chance.uniform(150.0, 350.0, (KEYPOINT_COUNT, 2))
        self.follows = chance.standard_normal((HEARD + OWN, KEYPOINT_COUNT, 2)) * SPREAD / np.sqrt(HEARD + OWN)
        self.chance = chance_for(seed, "keypoint steps", "motion")

    def clip(self, frames: int) -> tuple[np.ndarray, Keypoints]:
        """What is heard (F, A), and the poses."""
        noise = gaussian_filter1d(self.chance.standard_normal((frames, HEARD + OWN)), SMOOTH_FRAMES, axis=0)
        waves = noise / noise.std()
        points = self.rest + np.einsum("fw,wpx->fpx", waves, self.follows)
        return waves[:, :HEARD].astype(np.float32), _shown(points)


def _shown(points: np.ndarray) -> Keypoints:
    return Keypoints(points, np.ones(points.shape[:2]), (VECTOR_SIDE, VECTOR_SIDE))


class MadeSpeech:
    """Video features that are given."""

    name = fingerprint = "made"
    layers, size = 1, HEARD

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    def stretches(self, speech: Speech) -> Iterator[np.ndarray]:
        """All at once."""
        yield self.rows[: speech.video_frame_count, None]

    def encode(self, speech: Speech) -> np.ndarray:
        """All at once."""
        return next(self.stretches(speech))

    def blocks(self) -> Iterator[np.ndarray]:
        """No sound."""
        yield np.zeros(len(self.rows) * SAMPLE_RATE // VIDEO_FPS, np.float32)


def trained(config: SmgaConfig, seconds: float) -> Smga:
    """A network that has learned made motion for some seconds."""
    torch.manual_seed(0)
    smga, schedule, motion = Smga(config), CosineSchedule(config.diffusion), MadeMotion(1)
    optimiser = torch.optim.AdamW(smga.parameters(), lr=1e-3)
    scores = torch.ones(BATCH, config.sizes.frames, KEYPOINT_COUNT)
    end, steps = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        rows, poses = zip(*(motion.clip(config.sizes.frames) for _ in range(BATCH)), strict=True)
        vectors = np.stack([pose_vectors(clip, config) for clip in poses])
        clips = KeypointClips(torch.from_numpy(vectors), scores, torch.from_numpy(np.stack(rows)))
        losses = keypoint_losses(smga, clips, schedule)
        optimiser.zero_grad()
        losses["loss"].backward()
        optimiser.step()
        steps += 1
    sys.stdout.write(f"{steps} training steps, loss {losses['loss'].item():.4f}\n\n")
    return smga.eval()


def take_of(speaker: KeypointSpeaker, features: VideoFeatures, speech: Speech, initial: Keypoints) -> Take:
    """What makes a whole take, by options."""

    def take(**options: Any) -> Keypoints:
        parts = list(speaker.stretches(features, speech, initial, **options))
        points, scores = (np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "scores"))
        return parts[0].replaced(points=points, scores=scores)

    return take


def length(points: np.ndarray, order: int) -> np.ndarray:
    """The mean length of differences of some order, by frame."""
    return np.asarray(np.linalg.norm(np.diff(points, n=order, axis=0), axis=-1).mean(axis=1))


def row_of(name: str, made: Keypoints, best: Keypoints, joins: range, seconds: float) -> str:
    """A line of the table; points that `best` does not show do not count."""
    seen = (best.scores >= VISIBLE).all(axis=0)
    points, wanted = made.points[:, seen], best.points[:, seen]
    jerk = length(points, 3)
    at_join = np.zeros(len(jerk), dtype=bool)
    for join in joins:
        at_join[join - REACH : join] = True
    share = f"{jerk[at_join].mean() / jerk[~at_join].mean():.2f}" if at_join.any() else "-"
    error = np.linalg.norm(points - wanted, axis=-1).mean()
    return f"| {name} | {error:.2f} | {length(points, 1).mean():.2f} | {jerk.mean():.3f} | {share} | {seconds:.1f} |\n"


def measure(speaker: KeypointSpeaker, take: Take, frames: int) -> None:
    """Print the table."""
    window, overlap = speaker.frames, speaker.config.sampling.overlap
    joins = range(window, frames - REACH, window - overlap)
    sys.stdout.write("| sampling | error | speed | jerk | join | seconds |\n|---|---|---|---|---|---|\n")
    for eta in (0.0, 1.0):
        best = take(steps=STEPS[0], eta=eta)
        for steps in STEPS:
            start = time.monotonic()
            made = take(steps=steps, eta=eta)
            name = f"eta {eta:g}, {steps} steps"
            sys.stdout.write(row_of(name, made, best, joins, time.monotonic() - start))
        sys.stdout.write(row_of(f"eta {eta:g}, other seed", take(steps=STEPS[0], eta=eta, seed=1), best, joins, 0.0))


def spaced(smga: Smga, spacing: str) -> KeypointSpeaker:
    """A speaker whose steps are spaced so."""
    sampling = smga.config.sampling.model_copy(update={"spacing": spacing})
    return KeypointSpeaker(smga, smga.config.model_copy(update={"sampling": sampling}))


def main() -> None:
    """Train or load, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--speech", type=Path)
    parser.add_argument("--points", type=Path)
    parser.add_argument("--preset", default="mini")
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    if given.model:
        bundle, found = load_film_bundle(given.model), read_keypoints(given.points).frames(0, 1)
        if bundle.smga is None or bundle.config.keypoints is None:
            raise SystemExit(f"'{given.model}' makes no keypoints")
        smga, speech = bundle.smga, open_speech(given.speech)
        features: Any = make_video_features(bundle.config.keypoints.features)
        initial, frames = canvas_for(found.size).to_canvas(found), speech.video_frame_count
    else:
        smga = trained(smga_config(given.preset, audio_size=HEARD, dropout=0.0), given.seconds)
        rows, poses = MadeMotion(2).clip(FRAMES)
        features, initial, frames = MadeSpeech(rows), poses.frames(0, 1), FRAMES
        speech = Speech("made", FRAMES * SAMPLE_RATE // VIDEO_FPS, "0" * 64, features)
        true = f"speed {length(poses.points, 1).mean():.2f}, jerk {length(poses.points, 3).mean():.3f}"
        sys.stdout.write(f"true motion: {true}\n\n")
    for spacing in ("square", "even"):
        sys.stdout.write(f"Steps spaced {spacing}:\n\n")
        speaker = spaced(smga, spacing)
        measure(speaker, take_of(speaker, features, speech, initial), frames)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
