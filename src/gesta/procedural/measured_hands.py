"""How people were seen to hold their hands: the table arm_poses.csv, which runs/arm_poses.py writes.

It says where the tables of families and rests may put hands, and how far fingers close that do nothing. Its first lines
say what it was made of. Depth is the least certain of it: it comes from how short bones look.
"""

import csv
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

TABLE_FILE = "arm_poses.csv"


@dataclass(frozen=True)
class MeasuredHand:
    """One cluster of hands, left ones and mirrored right ones.

    Attributes:
        share: of all hands that were seen.
        outward, up, forward: its middle, wrist from shoulder, metres on the built-in skeleton.
        spread: standard deviation about it, metres.
        palm_outward, palm_up, palm_forward: where the palm faces, a unit vector.
        curl: how far the four fingers are closed, 0 straight, 1 in the palm; the median.
        splay: degrees between index and little finger, the median.
        speed: of the wrist as the camera sees it, m/s, the median.
    """

    share: float
    outward: float
    up: float
    forward: float
    spread: float
    palm_outward: float
    palm_up: float
    palm_forward: float
    curl: float
    splay: float
    speed: float


@functools.cache
def measured_hands() -> Sequence[MeasuredHand]:
    """The table's rows, the most frequent first."""
    text = (resources.files("gesta.procedural") / TABLE_FILE).read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return tuple(MeasuredHand(**{name: float(value) for name, value in row.items()}) for row in rows)
