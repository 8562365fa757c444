"""Train the encoder behind the Fréchet gesture distance of films: windows of points through many cameras and back.

    python runs/bake_gesture_encoder.py DATASET [OUT] [--windows 8000] [--steps 3000]

DATASET is what `gesta prepare synthetic` made, here that of runs/default_corpus.sh: motion of the procedural speaker in
all its styles. Each window is seen by a camera of its own, by a body of its own proportions, now and then in a mirror,
faster or slower, larger or smaller, and trembling as found points do. An autoencoder (`GestureEncoder` and a decoder
that is thrown away) learns to give it back, with its speeds; clips of the validation split are never trained on. OUT
is src/gesta/assets/gesture_encoder.safetensors. Prints what is given back, in widths of the shoulders.
"""

import argparse
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

import gesta
from gesta.data.clips import Dataset
from gesta.keypoints.bridge.body_fit import landed
from gesta.keypoints.bridge.figure_points import figure_points
from gesta.keypoints.bridge.proportions import NAMES, sizes
from gesta.metrics.keypoints.encoder import FILE, FRAMES_LEFT, LATENT, WIDTHS, GestureEncoder
from gesta.metrics.keypoints.windows import BODY, CHANNELS, POINTS, WINDOW_FRAMES, channels
from gesta.randomness import generator
from gesta.units import MOTION_FPS, VIDEO_FPS

OUT = Path(gesta.__file__).parent / "assets" / FILE
TAKEN_FRAMES = 64
"""Motion frames around a window: enough for one that is played 1.6 times as fast."""
TEMPO = (0.7, 1.6)
YAW, PITCH = 0.6, 0.15
"""Radians to each side that cameras stand."""
DISTANCE_M = (1.2, 4.0)
WINDOWS_AT_ONCE = 40
BATCH = 256
TOLD_EVERY = 500
TREMBLE = 0.004
"""Widths of the shoulders by which found points tremble; half a pixel where shoulders are 125 wide."""


def main() -> None:
    """Draw windows, train, and write the encoder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=OUT)
    parser.add_argument("--windows", type=int, default=8_000)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    chance = generator(given.seed, "runs", "gesture encoder")
    dataset = Dataset.open(given.dataset)
    trained, unseen = (
        drawn(dataset, split, count, chance)
        for split, count in (("train", given.windows), ("validation", given.windows // 8))
    )
    sys.stdout.write(f"{len(trained)} windows\n")
    sys.stdout.flush()
    encoder = learned(trained, unseen, given.steps, given.seed)
    save_file({name: value.contiguous() for name, value in encoder.state_dict().items()}, given.out)
    sys.stdout.write(f"{given.out}: {sum(value.numel() for value in encoder.parameters())} weights\n")


def drawn(dataset: Dataset, split: str, count: int, chance: np.random.Generator) -> np.ndarray:
    """(count, W, C) windows from anywhere in a split."""
    clips = [clip for clip in dataset.split(split) if clip.frames > TAKEN_FRAMES]
    found: list[np.ndarray] = []
    while len(found) < count:
        turns = []
        for number in chance.integers(len(clips), size=WINDOWS_AT_ONCE):
            clip = clips[number]
            parts, _ = dataset.window(clip, int(chance.integers(clip.frames - TAKEN_FRAMES)), TAKEN_FRAMES)
            turns.append(dataset.representation.decode(parts).rotations)
        found += seen(np.stack(turns), chance)
    return np.stack(found[:count])


def seen(rotations: np.ndarray, chance: np.random.Generator) -> list[np.ndarray]:
    """(W, C) of each of (M, T, 55, 3, 3) rotations, seen by a camera of its own."""
    many, frames = rotations.shape[:2]
    own = sizes(torch.from_numpy(chance.normal(0.0, 0.06, (many, len(NAMES))).astype(np.float32)))
    turns = torch.tensor(rotations)
    turns[:, :, 0] = torch.from_numpy(np.stack([_about(chance) for _ in range(many)]))[:, None] @ turns[:, :, 0]
    away = torch.from_numpy(-chance.uniform(*DISTANCE_M, many).astype(np.float32))
    pelvis = torch.stack([torch.zeros(many), torch.full((many,), -0.4), away], dim=1)
    flat = turns.flatten(0, 1), pelvis.repeat_interleave(frames, dim=0), own.repeat_interleave(frames, dim=0)
    places = figure_points()(*flat)[:, list(POINTS)]
    points = landed(places, 1.0, torch.zeros(2)).numpy().reshape(many, frames, len(POINTS), 2)
    return [_filmed(one, chance) for one in points]


def _filmed(points: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """(W, C) of (T, P, 2) points."""
    if chance.random() < 0.5:
        points = _mirrored(points)
    points = _played(points, chance.uniform(*TEMPO))
    shoulders = [1 + BODY.index(point) for point in (BODY[1], BODY[4])]
    width = float(np.median(np.linalg.norm(points[:, shoulders[0]] - points[:, shoulders[1]], axis=-1)))
    points = points + chance.normal(0.0, TREMBLE * width * chance.random(), points.shape)
    return channels(points, np.ones(len(POINTS), bool), width)


def _about(chance: np.random.Generator) -> np.ndarray:
    """How a camera sees a body turned: (3, 3)."""
    yaw, pitch = chance.uniform(-YAW, YAW), chance.uniform(-PITCH, PITCH)
    across = np.array([[np.cos(yaw), 0.0, np.sin(yaw)], [0.0, 1.0, 0.0], [-np.sin(yaw), 0.0, np.cos(yaw)]])
    down = np.array([[1.0, 0.0, 0.0], [0.0, np.cos(pitch), -np.sin(pitch)], [0.0, np.sin(pitch), np.cos(pitch)]])
    return np.asarray((down @ across).astype(np.float32))


def _mirrored(points: np.ndarray) -> np.ndarray:
    """(T, P, 2) with left and right exchanged: neck and nose stay, arms and hands change places."""
    arms, hands = (len(BODY) - 1) // 2, (len(POINTS) - 1 - len(BODY)) // 2
    order = [0, 1, *range(2 + arms, 2 + 2 * arms), *range(2, 2 + arms)]
    first = 2 + 2 * arms
    order += [*range(first + hands, first + 2 * hands), *range(first, first + hands)]
    return np.asarray(points[:, order] * [-1.0, 1.0])


def _played(points: np.ndarray, tempo: float) -> np.ndarray:
    """(W, P, 2) of (T, P, 2) at 30 frames a second, played at a tempo and filmed at 25."""
    times = np.arange(WINDOW_FRAMES) * tempo * MOTION_FPS / VIDEO_FPS
    before = times.astype(int)
    share = (times - before)[:, None, None]
    return np.asarray(points[before] * (1.0 - share) + points[before + 1] * share)


class Decoder(nn.Module):
    """(N, D) latents back to (N, W, C) windows, in the encoder's own scale."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(LATENT, WIDTHS[-1] * FRAMES_LEFT)
        outward = (*reversed(WIDTHS), CHANNELS)
        self.layers = nn.ModuleList(
            nn.ConvTranspose1d(before, after, 4, stride=2, padding=1) for before, after in pairwise(outward)
        )

    def forward(self, latents: Tensor) -> Tensor:
        """(N, D) to (N, W, C)."""
        values = self.first(latents).reshape(len(latents), WIDTHS[-1], FRAMES_LEFT)
        for layer in self.layers:
            values = layer(nn.functional.gelu(values))
        return values.transpose(1, 2)


def learned(trained: np.ndarray, unseen: np.ndarray, steps: int, seed: int) -> GestureEncoder:
    """An encoder that has learnt windows (N, W, C)."""
    torch.manual_seed(seed)
    encoder, decoder = GestureEncoder(), Decoder()
    rows = torch.from_numpy(trained)
    encoder.mean.copy_(rows.mean(dim=(0, 1)))
    encoder.spread.copy_(rows.std(dim=(0, 1)))
    weights = [*encoder.parameters(), *decoder.parameters()]
    optimiser = torch.optim.AdamW(weights, lr=2e-3, weight_decay=1e-4)
    calming = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    order = torch.Generator().manual_seed(seed)
    for step in range(1, steps + 1):
        batch = rows[torch.randint(len(rows), (BATCH,), generator=order)]
        loss = loss_of(encoder, decoder, batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        calming.step()
        if step % TOLD_EVERY == 0:
            sys.stdout.write(f"step {step}: {float(loss.detach()):.4f}\n")
            sys.stdout.flush()
    encoder.eval()
    with torch.inference_mode():
        latents = torch.cat([encoder(block) for block in rows.split(1024)])
        for name, windows in (("trained", rows), ("unseen", torch.from_numpy(unseen))):
            sys.stdout.write(f"{name}: {given_back(encoder, decoder, windows)}\n")
    encoder.latent_mean.copy_(latents.mean(dim=0))
    encoder.latent_spread.copy_(latents.std(dim=0))
    return encoder


def loss_of(encoder: GestureEncoder, decoder: Decoder, batch: Tensor) -> Tensor:
    """Squared errors of places and of speeds, in the encoder's scale."""
    wanted = (batch - encoder.mean) / encoder.spread
    made = decoder(encoder(batch))
    speeds = (made.diff(dim=1) - wanted.diff(dim=1)).square().mean()
    return (made - wanted).square().mean() + 4.0 * speeds


def given_back(encoder: GestureEncoder, decoder: Decoder, windows: Tensor) -> str:
    """How well windows come back: root mean squares in widths of the shoulders, and what is explained."""
    made = torch.cat([decoder(encoder(block)) for block in windows.split(1024)]) * encoder.spread + encoder.mean
    error = (made - windows).square().mean(dim=(0, 1))
    arms, explained = error[: 2 * len(BODY)].mean().sqrt(), 1.0 - error.sum() / windows.var(dim=(0, 1)).sum()
    return f"arms {arms:.4f}, hands {error[2 * len(BODY) :].mean().sqrt():.4f}, variance explained {explained:.3f}"


if __name__ == "__main__":
    main()
