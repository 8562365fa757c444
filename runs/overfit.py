"""Measures what networks know by heart after an over-fit: how near they come to the motion they were trained on.

    python runs/overfit.py DATASET RUN_FOLDER [PICTURES]

DATASET and RUN_FOLDER (with tokenizer/model and motion/model in it) are what runs/overfit.sh has made. Prints, as
Markdown: what the tokenizers make of each part, by how many levels; how many base tokens of the training windows the
generator finds; and whole takes, spoken from the sound alone or from it and the first four frames, beside the real
ones. Into PICTURES it draws strips: original, reconstruction and spoken takes, one above the other.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gesta.audio.encoders.make import make_encoder
from gesta.bundles.folder import Bundle, load_bundle
from gesta.data.clips import Dataset
from gesta.data.manifest import ClipRecord
from gesta.data.speech_features import FeatureStore
from gesta.data.windows import LENGTH, Windows
from gesta.echomask.config import Decoding
from gesta.echomask.model import stacked
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.speaker import EchoMaskSpeaker, Given
from gesta.echomask.who import Who
from gesta.motion.kinematics import forward
from gesta.motion.representation import HAND_JOINTS, LOWER_JOINTS, UPPER_JOINTS
from gesta.motion.rotations import axis_angle_from_matrix
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.render.preview import frames
from gesta.take import join_motion
from gesta.tokenizer.reconstruction import reconstruction_errors
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.train.tokenizer_folder import load_tokenizers
from gesta.units import TOKEN_FRAMES

WINDOW_STRIDE = 20
SEED_FRAMES = 4
BATCH = 32
PICTURES, PICTURE_SIZE = 8, (240, 320)
WRISTS, HEAD, JAW = ("left_wrist", "right_wrist"), ("head",), ("jaw",)
JOINTS = {"upper body": UPPER_JOINTS, "hands": HAND_JOINTS, "legs and pelvis": LOWER_JOINTS, "jaw": JAW}
NEEDS = {"upper body": "upper", "hands": "hands", "legs and pelvis": "lower", "jaw": "face"}
Say = Callable[[str], object]


def row(say: Say, *cells: object) -> None:
    """A line of a table."""
    say("| " + " | ".join(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in cells) + " |")


def batches(windows: Windows) -> Iterator[dict[str, Tensor]]:
    """All windows."""
    for start in range(0, len(windows), BATCH):
        found = windows.batch(np.arange(start, min(start + BATCH, len(windows))))
        yield {name: torch.from_numpy(values) for name, values in found.items()}


def say_reconstruction(say: Say, tokenizers: Tokenizers, windows: Windows) -> None:
    """The table of the tokenizers' errors on the training windows."""
    levels = sorted({1, 2, tokenizers.config.levels})
    sums: dict[int, dict[str, float]] = {count: {} for count in levels}
    for batch in batches(windows):
        motion, valid = ({part: batch[f"{kind}.{part}"] for part in ALL_PARTS} for kind in ("motion", "valid"))
        for count in levels:
            for name, value in reconstruction_errors(tokenizers, motion, valid, count).items():
                sums[count][name] = sums[count].get(name, 0.0) + float(value) * len(batch["real"]) / len(windows)
    row(say, "error", *(f"{count} of {levels[-1]} levels" for count in levels))
    row(say, *["---"] * (1 + len(levels)))
    for name in sums[levels[0]]:
        row(say, name, *(sums[count][name] for count in levels))


@torch.inference_mode()
def token_shares(bundle: Bundle, windows: Windows, seen_frames: int) -> np.ndarray:
    """Share of the training windows' base tokens that are found, from the sound and the first frames: (parts,)."""
    model = bundle.model
    right, counted = torch.zeros(len(ALL_PARTS)), torch.zeros(len(ALL_PARTS))
    for batch in batches(windows):
        motion, valid = ({part: batch[f"{kind}.{part}"] for part in ALL_PARTS} for kind in ("motion", "valid"))
        clean = {part: values.masked_fill(~valid[part][:, None], 0.0) for part, values in motion.items()}
        true = stacked(model.tokenizers.tokenize(clean, valid))[:, :, 0]
        early = torch.arange(windows.length) < seen_frames
        visible = model.motion_input.visible(batch["real"] & early, valid)
        queries = model.generator.hear(batch["speech_low"], batch["speech_high"])
        has = torch.stack([valid[part].any(1) for part in ALL_PARTS])
        base, _ = model.generator.base(model.seen(clean, valid), visible, queries, Who(batch["speaker"]), has)
        hidden = ~early.unflatten(0, (-1, TOKEN_FRAMES)).all(1)
        weight = (has[:, :, None] & batch["real"].unflatten(1, (-1, TOKEN_FRAMES)).all(2) & hidden).float()
        right += ((model.generator.classifier(base).argmax(-1) == true) * weight).sum((1, 2))
        counted += weight.sum((1, 2))
    return (right / counted.clamp(min=1.0)).numpy()


def spoken(bundle: Bundle, dataset: Dataset, clip: ClipRecord, how: Decoding, seed_frames: int) -> Motion:
    """A clip's sound, spoken; it may begin with the clip's own first frames."""
    given = None
    if seed_frames:
        rows = dataset.rows(clip)
        parts = {part: np.array(rows[:, dataset.slice(part)]) for part in ALL_PARTS}
        given = Given(parts, dataset.valid(clip), np.arange(clip.frames) < seed_frames)
    speaker = EchoMaskSpeaker(bundle.model, clip.speaker_index, how, given=given)

    def stretches() -> Iterator[Motion]:
        for features in make_encoder(bundle.config.encoder).stretches(dataset.speech(clip)):
            yield from speaker.push(features)
        yield from speaker.finish()

    return join_motion(stretches(), clip.frames)


def differences(made: Motion, real: Motion) -> dict[str, float]:
    """How far a motion is from the real one, of the parts that are real."""
    found = {}
    for name, joints in JOINTS.items():
        if NEEDS[name] in real.parts:
            at = skeleton().indices(joints)
            turned = np.swapaxes(real.rotations[:, at], -1, -2) @ made.rotations[:, at]
            found[f"{name}, degrees"] = np.degrees(np.linalg.norm(axis_angle_from_matrix(turned), axis=-1)).mean()
    for name, joints in (("wrists", WRISTS), ("head", HEAD)):
        places = [in_body(motion)[:, skeleton().indices(joints)] for motion in (made, real)]
        found[f"{name} from the pelvis, mm"] = 1000.0 * np.linalg.norm(places[0] - places[1], axis=-1).mean()
    found["pelvis, mm"] = 1000.0 * np.linalg.norm(made.translation - real.translation, axis=-1).mean()
    found["pelvis' height, mm"] = 1000.0 * np.abs(made.translation[:, 1] - real.translation[:, 1]).mean()
    found["expressions, share of deviation"] = np.abs(made.face - real.face).mean() / real.face.std(axis=0).mean()
    return {name: float(value) for name, value in found.items()}


def in_body(motion: Motion) -> np.ndarray:
    """Positions (T, 55, 3) of all joints for a pelvis at the origin."""
    return forward(motion.rotations, np.zeros_like(motion.translation)).positions


def draw(path: Path, motions: list[Motion], camera: str) -> None:
    """Some frames of each motion side by side, the motions one above the other."""
    count = min(motion.frame_count for motion in motions)
    wanted = np.linspace(0.04 * count, 0.96 * count - 1, PICTURES).astype(int)
    rows = [np.concatenate(list(frames(motion, wanted, PICTURE_SIZE, camera)), axis=1) for motion in motions]
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.concatenate(rows)).save(path)


def takes_of(bundle: Bundle | None, tokenizers: Tokenizers, dataset: Dataset, clip: ClipRecord) -> dict[str, Motion]:
    """The real take, its reconstruction and, where there is a generator, what it speaks."""
    real = dataset.motion(clip)
    codes = tokenizers.encode_motion(real)
    takes = {"real": real, "reconstruction": tokenizers.decode_motion(codes, real.frame_count, real.translation[0])}
    if bundle is not None:
        for method in ("single", "iterative"):
            for seed in (0, SEED_FRAMES):
                name = f"{method}, {seed} frames given"
                takes[name] = spoken(bundle, dataset, clip, Decoding(method=method), seed)
    return takes


def say_takes(say: Say, clips: list[ClipRecord], takes: list[dict[str, Motion]]) -> None:
    """The table of whole takes against the real ones, means weighted by frames."""
    names = [name for name in takes[0] if name != "real"]
    sums: dict[str, dict[str, float]] = {name: {} for name in names}
    whole = sum(clip.frames for clip in clips)
    for clip, made in zip(clips, takes, strict=True):
        for name in names:
            for what, value in differences(made[name], made["real"]).items():
                sums[name][what] = sums[name].get(what, 0.0) + value * clip.frames / whole
    row(say, "whole takes", *names)
    row(say, *["---"] * (1 + len(names)))
    for what in sums[names[0]]:
        row(say, what, *(sums[name][what] for name in names))


def main(say: Say) -> None:
    """Measure and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("dataset", "run"):
        parser.add_argument(name, type=Path)
    parser.add_argument("pictures", type=Path, nargs="?")
    chosen = parser.parse_args()
    dataset = Dataset.open(chosen.dataset)
    tokenizers = load_tokenizers(chosen.run / "tokenizer" / "model").eval()
    windows = Windows(dataset, "train", length=LENGTH, stride=WINDOW_STRIDE)
    say(f"{len(windows)} training windows of {LENGTH} frames\n")
    say_reconstruction(say, tokenizers, windows)
    bundle = load_bundle(chosen.run / "motion" / "model") if (chosen.run / "motion" / "model").is_dir() else None
    if bundle is not None:
        say_tokens(say, bundle, dataset)
    say("")
    clips = windows.clips
    takes = [takes_of(bundle, tokenizers, dataset, clip) for clip in clips]
    say_takes(say, clips, takes)
    for clip, made in zip(clips, takes, strict=True) if chosen.pictures is not None else ():
        known = made["real"].floor_known
        shown = [motion.replaced(floor_known=known) for name, motion in made.items() if f"{SEED_FRAMES} fr" not in name]
        for camera in ("full", "face"):
            draw(chosen.pictures / f"{clip.id}_{camera}.png", shown, camera)


def say_tokens(say: Say, bundle: Bundle, dataset: Dataset) -> None:
    """The table of tokens found."""
    features = FeatureStore(dataset, make_encoder(bundle.config.encoder))
    features.fill()
    windows = Windows(dataset, "train", length=LENGTH, stride=WINDOW_STRIDE, features=features)
    say("")
    row(say, "base tokens found, of the windows' hidden ones", *ALL_PARTS)
    row(say, *["---"] * (1 + len(ALL_PARTS)))
    for seen in (SEED_FRAMES, 0):
        row(say, f"from the sound and {seen} frames", *(float(x) for x in token_shares(bundle, windows, seen)))


if __name__ == "__main__":
    main(lambda line: sys.stdout.write(line + "\n"))
