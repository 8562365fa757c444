"""From what is heard to poses of the mouth: a calibrated table, and rules for what no recorded face shows.

The table (mouth_readout.csv) holds ridge regressions of the jaw, the rounding and parting of the lips and their closing
on what is heard now and in the frames around, fitted to recorded faces by `runs/calibrate_mouth.py`. It has two
parts: one for streams that hear nothing ahead, one for all that hears MOST_FRAMES_AHEAD frames ahead.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from gesta.procedural.mouth_pose import POSE_INDEX, POSE_NAMES
from gesta.procedural.mouth_sound import HEARD, SHAPES, Ear
from gesta.records import Prosody
from gesta.records.speech import MOST_FRAMES_AHEAD

READ = ("jaw", "round", "bare", "closed")
"""The columns of a pose that the table gives."""
MOMENTS = {"before": (-3, -2), "last": (-1,), "now": (0,), "next": (1,), "after": (2, 3)}
"""Which frames, counted from the frame wanted, each part of the table is about; it takes their mean."""
FRAMES_BEFORE = 3
CLOSING_FROM, CLOSED_FROM = 0.4, 0.8
"""Lips begin to close and are shut where the table's `closed` is this high."""
ROUND_FROM = 0.3
"""Less rounding than this is the table's doubt and not a rounded mouth."""
FILE = "mouth_readout.csv"
CONSTANT, USUAL = "constant", "usual"


@dataclass(frozen=True)
class Readout:
    """The calibrated table.

    Attributes:
        weights: by frames heard ahead (0 or MOST_FRAMES_AHEAD): (moments x H + 1, R), the last row for the constant.
        usual: (SHAPES,) mean shape of the spectrum of speech.
    """

    weights: dict[int, np.ndarray]
    usual: np.ndarray


def moments(ahead: int) -> list[str]:
    """The parts of the table that exist when so many frames are heard ahead."""
    return [name for name, offsets in MOMENTS.items() if max(offsets) <= ahead]


def surroundings(rows: np.ndarray, frames: int, ahead: int) -> np.ndarray:
    """What is heard around each of some frames: (T, moments x H + 1).

    Args:
        rows: (FRAMES_BEFORE + T + up to `ahead`, H) what is heard; where the last rows are missing, the last one stays.
        frames: T.
        ahead: how many frames ahead are heard: 0 or MOST_FRAMES_AHEAD.
    """
    places = FRAMES_BEFORE + np.arange(frames)
    parts = [
        np.mean([rows[np.minimum(places + offset, len(rows) - 1)] for offset in MOMENTS[name]], axis=0)
        for name in moments(ahead)
    ]
    return np.column_stack((*parts, np.ones(frames)))


@cache
def readout() -> Readout:
    """The table that is packaged."""
    with resources.files("gesta.procedural").joinpath(FILE).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    weights = {}
    for ahead in (0, MOST_FRAMES_AHEAD):
        table = {(row["moment"], row["heard"]): row for row in rows if row["ahead"] == str(ahead)}
        keys = [(moment, name) for moment in moments(ahead) for name in HEARD]
        weights[ahead] = np.array([[float(table[key][name]) for name in READ] for key in (*keys, (CONSTANT, CONSTANT))])
    usual = {row["heard"]: float(row["jaw"]) for row in rows if row["moment"] == USUAL}
    return Readout(weights, np.array([usual[name] for name in HEARD[-SHAPES:]]))


class SoundReader:
    """Turns consecutive stretches of prosody into poses."""

    def __init__(self) -> None:
        self.ear = Ear(readout().usual)
        self.before = np.zeros((FRAMES_BEFORE, len(HEARD)))

    def push(self, prosody: Prosody) -> tuple[np.ndarray, np.ndarray]:
        """(T, P) poses of the stretch's frames, and (T,) how much sounds, 0 to 1.2."""
        frames = prosody.frame_count
        ahead = MOST_FRAMES_AHEAD if prosody.frames_ahead == MOST_FRAMES_AHEAD else 0
        rows = np.concatenate((self.before, self.ear.listen(prosody)))
        around = surroundings(rows, frames, ahead)
        self.before = rows[frames : frames + FRAMES_BEFORE]
        now = {name: rows[FRAMES_BEFORE : FRAMES_BEFORE + frames, column] for column, name in enumerate(HEARD)}
        return poses_of(np.clip(around @ readout().weights[ahead], 0.0, 1.0), now), now["sound"]


def poses_of(read: np.ndarray, now: dict[str, np.ndarray]) -> np.ndarray:
    """Poses from what the table gives, (T, R), and what is heard: (T, P)."""
    poses = np.zeros((len(read), len(POSE_NAMES)))

    def put(name: str, value: np.ndarray) -> None:
        poses[:, POSE_INDEX[name]] = np.clip(value, 0.0, 1.0)

    for column, name in enumerate(READ):
        put(name, read[:, column])
    # A regression hedges; lips do not: they are shut, or they are not.
    put("closed", (read[:, READ.index("closed")] - CLOSING_FROM) / (CLOSED_FROM - CLOSING_FROM))
    put("round", (read[:, READ.index("round")] - ROUND_FROM) / (1.0 - ROUND_FROM))
    apart = np.minimum(now["sound"] / 0.3, 1.0)
    # Loud hiss is s or sh; faint hiss with little else is f: the lower lip is under the teeth.
    sharp = now["hiss"] * np.clip((now["sound"] - 0.3) / 0.4, 0.0, 1.0)
    put("wide", apart * (now["spread"] + 0.3 * sharp))
    put("teeth", 0.6 * apart * now["hiss"] * np.clip((0.65 - now["sound"]) / 0.3, 0.0, 1.0))
    put("push", 0.3 * sharp)
    put("bare", poses[:, POSE_INDEX["bare"]] + 0.45 * sharp + 0.15 * poses[:, POSE_INDEX["wide"]])
    return poses
