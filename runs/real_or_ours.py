"""Can a classifier tell our motion from people's? Every real take beside ours on the same speech.

    python runs/real_or_ours.py DATA [--style STYLE] [--seeds 3] [--motion FOLDER]

DATA holds beat2/ and show/ (research data, local only). For each real take, `--style` speaks its speech: a style by
name or numbers, or `fitted`, which is fitted to that very take. `--motion` takes FOLDER/TAKE-SEED.npz instead of
speaking. Prints, as Markdown, the area under the ROC curve per take and pooled with its 95 % interval, the same for
each real take against the other real takes (what differs between people anyhow), and the features that give most away.

Fixed before anything was tuned by it (the file's history shows it), so that the number means something:

* Upper body and head alone, with the pelvis held still and upright: what SHOW's seated, legless, noisy fits can be
  compared in. Joint positions and turns of both sides go through the same low-pass of 6 Hz, forwards and backwards.
* Windows of 1 s, half overlapping. Features: level and spread of speed, acceleration, jerk and curvature of wrists,
  elbows and head; angular speed of seven kinds of joints; correlations of speeds between joints; where the power of
  wrist and head movement lies. No posture: where hands are held tells people apart, not people from programs.
* A random forest that never sees the take it is asked about, nor our counterpart of it: leave one pair out. Classes
  weigh the same. The interval: takes drawn again a thousand times, windows within them.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import signal
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from gesta.api import load
from gesta.audio.read import open_speech
from gesta.motion.kinematics import forward
from gesta.motion.reading import read_motion
from gesta.motion.rotations import angle_between
from gesta.motion.skeleton import skeleton
from gesta.randomness import generator
from gesta.records import Motion, Speech
from gesta.units import MOTION_FPS

LOW_PASS_HZ, FILTER_ORDER = 6.0, 4
WINDOW_FRAMES, HOP_FRAMES = 30, 15
POINTS = ("left_wrist", "right_wrist", "left_elbow", "right_elbow", "head")
TURNING = ("spine3", "neck", "head", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow")
BANDS_HZ = ((0.5, 1.5), (1.5, 3.0), (3.0, 6.0))
FLOOR = 1e-6
TREES, LEAF = 400, 5
DRAWS = 1000
SHOWN_FEATURES = 12


@dataclass(frozen=True)
class Windows:
    """The windows of one take: features (N, D)."""

    take: str
    features: np.ndarray


def smooth(values: np.ndarray) -> np.ndarray:
    """(T, ...) through the low-pass, forwards and backwards."""
    sections = signal.butter(FILTER_ORDER, LOW_PASS_HZ, fs=MOTION_FPS, output="sos")
    return signal.sosfiltfilt(sections, values, axis=0, padlen=min(15, len(values) - 1))


def tracks(motion: Motion) -> tuple[np.ndarray, np.ndarray]:
    """Smoothed positions (T, P, 3) of POINTS and local turns (T, R, 3, 3) of TURNING, the pelvis held still."""
    bones = skeleton()
    local = np.array(motion.rotations, np.float64)
    local[:, 0] = np.eye(3)
    # A rotation is smoothed by its numbers, and made one again.
    left, _, right = np.linalg.svd(smooth(local))
    turns = left @ right
    positions = forward(turns, np.zeros((len(turns), 3))).positions[:, bones.indices(POINTS)]
    return positions, turns[:, bones.indices(TURNING)]


def windows(motion: Motion) -> Iterator[np.ndarray]:
    """Features of one window after the other."""
    positions, turns = tracks(motion)
    for start in range(0, len(positions) - WINDOW_FRAMES + 1, HOP_FRAMES):
        stop = start + WINDOW_FRAMES
        yield np.array(list(described(positions[start:stop], turns[start:stop]).values()))


def described(positions: np.ndarray, turns: np.ndarray) -> dict[str, float]:
    """The features of a window by name."""
    found: dict[str, float] = {}
    velocity = np.diff(positions, axis=0) * MOTION_FPS
    acceleration, jerk = np.diff(velocity, axis=0) * MOTION_FPS, np.diff(velocity, n=2, axis=0) * MOTION_FPS**2
    speed = np.linalg.norm(velocity, axis=-1)
    crossed = np.linalg.norm(np.cross(velocity[1:], acceleration), axis=-1)
    curvature = crossed / np.maximum(speed[1:], 0.02) ** 3
    kinds = {
        "speed": speed,
        "acceleration": np.linalg.norm(acceleration, axis=-1),
        "jerk": np.linalg.norm(jerk, axis=-1),
        "curvature": curvature,
    }
    for kind, values in kinds.items():
        logs = np.log(values + FLOOR)
        for place, name in enumerate(POINTS):
            found[f"{name} {kind}, level"] = float(np.median(logs[:, place]))
            found[f"{name} {kind}, spread"] = float(logs[:, place].std())
            found[f"{name} {kind}, highest to middle"] = float(logs[:, place].max() - np.median(logs[:, place]))
    turning = np.degrees(angle_between(turns[:-1], turns[1:])) * MOTION_FPS
    for place, name in enumerate(TURNING):
        found[f"{name} turning, level"] = float(np.log(np.median(turning[:, place]) + 0.1))
        found[f"{name} turning, spread"] = float(np.log(turning[:, place] + 0.1).std())
    everything = np.concatenate([speed, turning], axis=1)
    together = np.corrcoef(everything.T + FLOOR * np.arange(len(everything))) if len(everything) > 1 else np.eye(1)
    names = [*(f"{name} speed" for name in POINTS), *(f"{name} turning" for name in TURNING)]
    for one, other in zip(*np.triu_indices(len(names), 1), strict=True):
        found[f"r of {names[one]} and {names[other]}"] = float(np.nan_to_num(together[one, other]))
    rates = np.fft.rfftfreq(len(velocity), 1.0 / MOTION_FPS)
    power = np.abs(np.fft.rfft(velocity * np.hanning(len(velocity))[:, None, None], axis=0)).sum(axis=-1) ** 2
    for place, name in enumerate(POINTS):
        whole = power[1:, place].sum() + FLOOR
        for low, high in BANDS_HZ:
            inside = (rates >= low) & (rates < high)
            found[f"{name} power {low:g} to {high:g} Hz"] = float(np.log(power[inside, place].sum() / whole + FLOOR))
    return found


def names_of_features() -> list[str]:
    """What the columns are."""
    still = np.zeros((WINDOW_FRAMES, len(POINTS), 3))
    return list(described(still, np.tile(np.eye(3), (WINDOW_FRAMES, len(TURNING), 1, 1))))


def real_takes(data: Path) -> dict[str, tuple[Path, Path]]:
    """Motion and speech of each real take, by name."""
    found = {path.stem: (path, path.with_suffix(".flac")) for path in sorted((data / "show").glob("*.npz"))}
    for path in sorted((data / "beat2" / "smplxflame_30").glob("*.npz")):
        found[path.stem] = (path, data / "beat2" / "wave16k" / f"{path.stem}.wav")
    return {name: pair for name, pair in found.items() if read_motion(pair[0]).frame_count >= 2 * WINDOW_FRAMES}


def forest() -> RandomForestClassifier:
    """The classifier, always the same one."""
    return RandomForestClassifier(
        TREES, min_samples_leaf=LEAF, class_weight="balanced", max_features="sqrt", random_state=0, n_jobs=1
    )


def told_apart(real: Sequence[Windows], ours: Sequence[Windows]) -> tuple[dict[str, float], float, tuple[float, float]]:
    """Area under the curve per held-out take, their mean weighted by windows, and its interval."""
    scores: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for out in real:
        kept_real = [one.features for one in real if one.take != out.take]
        kept_ours = [one.features for one in ours if one.take != out.take]
        rows = np.concatenate([*kept_real, *kept_ours])
        labels = np.repeat([0, 1], [sum(map(len, kept_real)), sum(map(len, kept_ours))])
        asked = np.concatenate([out.features, *(one.features for one in ours if one.take == out.take)])
        truth = np.repeat([0, 1], [len(out.features), len(asked) - len(out.features)])
        scores[out.take] = truth, forest().fit(rows, labels).predict_proba(asked)[:, 1]
    single = {take: float(roc_auc_score(*pair)) for take, pair in scores.items()}
    return single, pooled(list(scores.values())), interval(list(scores.values()))


def pooled(scores: Sequence[tuple[np.ndarray, np.ndarray]]) -> float:
    """The area under the curve of all held-out windows together."""
    truth, score = (np.concatenate(part) for part in zip(*scores, strict=True))
    return float(roc_auc_score(truth, score))


def interval(scores: Sequence[tuple[np.ndarray, np.ndarray]]) -> tuple[float, float]:
    """95 % of the areas when takes, and windows within them, are drawn again."""
    chance = generator(0, "real or ours", "interval")
    areas = []
    for _ in range(DRAWS):
        drawn = []
        for take in chance.integers(len(scores), size=len(scores)):
            truth, score = scores[take]
            rows = chance.integers(len(truth), size=len(truth))
            drawn.append((truth[rows], score[rows]))
        areas.append(pooled(drawn))
    low, high = np.percentile(areas, (2.5, 97.5))
    return float(low), float(high)


def among_people(real: Sequence[Windows]) -> dict[str, float]:
    """Each real take against the other real takes: halves in time take turns to be asked about."""
    areas = {}
    for one in real:
        others = [other.features for other in real if other.take != one.take]
        halves = [np.array_split(rows, 2) for rows in (one.features, *others)]
        found = []
        for asked in (0, 1):
            learned = [pair[1 - asked] for pair in halves]
            rows, labels = np.concatenate(learned), np.repeat([1, 0], [len(learned[0]), sum(map(len, learned[1:]))])
            held = [pair[asked] for pair in halves]
            truth = np.repeat([1, 0], [len(held[0]), sum(map(len, held[1:]))])
            found.append(roc_auc_score(truth, forest().fit(rows, labels).predict_proba(np.concatenate(held))[:, 1]))
        areas[one.take] = float(np.mean(found))
    return areas


def spoken(take: Path, speech: Speech, style: str, seed: int) -> Motion:
    """Ours on a take's speech."""
    return load("procedural").speak(speech, style=str(take) if style == "fitted" else style, seed=seed).motion


def main() -> None:
    """Speak, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--style", default="fitted")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--motion", type=Path)
    arguments = parser.parse_args()
    real, ours = [], []
    for name, (path, sound) in real_takes(arguments.data).items():
        motion, speech = read_motion(path), open_speech(sound)
        real.append(Windows(name, np.stack(list(windows(motion)))))
        made = [
            read_motion(arguments.motion / f"{name}-{seed}.npz")
            if arguments.motion
            else spoken(path, speech, arguments.style, seed)
            for seed in range(arguments.seeds)
        ]
        ours.append(Windows(name, np.concatenate([np.stack(list(windows(one))) for one in made])))
    single, whole, (low, high) = told_apart(real, ours)
    people = among_people(real)
    lines = ["| take | ours against it | it against other people |", "|---|---|---|"]
    lines += [f"| {take} | {single[take]:.2f} | {people[take]:.2f} |" for take in single]
    lines += [f"| all | {whole:.2f} ({low:.2f} to {high:.2f}) | {np.mean(list(people.values())):.2f} (mean) |", ""]
    rows = np.concatenate([one.features for one in (*real, *ours)])
    labels = np.repeat([0, 1], [sum(len(one.features) for one in part) for part in (real, ours)])
    weight = forest().fit(rows, labels).feature_importances_
    names = names_of_features()
    lines += ["| what gives ours away | importance | people, middle | ours, middle |", "|---|---|---|---|"]
    for place in np.argsort(-weight)[:SHOWN_FEATURES]:
        middles = [np.median(rows[labels == label, place]) for label in (0, 1)]
        lines.append(f"| {names[place]} | {weight[place]:.3f} | {middles[0]:.2f} | {middles[1]:.2f} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
