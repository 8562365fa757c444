"""The tables of real takes come out: margins within 0.02 with equal event counts, statistics within 3 % or a digit."""

import csv
import io
from functools import cache
from pathlib import Path

import pytest

from gesta.audio.read import open_speech
from gesta.metrics.motion import MotionReport, measure
from gesta.motion.reading import read_motion

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real takes (../shared/data) are not here"),
]

ALIGNMENT = """take,motion,speech,matched,shifted,normalised
2_scott_0_1_1,172,149,0.595,0.512,0.170
116217-00_03_30-00_03_39,28,18,0.501,0.453,0.089
214542-00_01_17-00_01_27,37,28,0.729,0.576,0.362
216111-00_09_32-00_09_42,32,30,0.674,0.621,0.140
68991-00_00_23-00_00_33,22,25,0.671,0.521,0.313
98201-00_04_32-00_04_42,32,14,0.419,0.311,0.156
"""
# Rows: measure, digits after the point, then the takes in the same order.
STATISTICS = """
wrist speed;2;0.25 0.43 0.69 1.29 1.83;0.03 0.06 0.14 0.43 0.81;0.04 0.07 0.14 0.46 0.66;0.03 0.06 0.13 0.30 0.48;0.07 0.16 0.31 0.64 0.77;0.06 0.11 0.19 0.32 0.88
still share;2;0.05;0.66;0.56;0.69;0.42;0.55
peaks;0;71 72;7 13;12 24;0 6;12 30;6 6
bouts;1;2.7 9.6;0.9 1.9;0.2 0.6;0.1 0.4;0.8 1.5;0.2 1.0
pauses;1;0.2 0.4;2.4 3.2;0.2 0.8;0.3 1.0;0.6 1.3;0.5 1.1
r;2;0.71;0.40;-0.11;0.74;0.76;0.89
left height;2;-0.22 0.04 0.62;-0.20 -0.17 -0.10;0.31 0.35 0.63;0.32 0.35 0.36;0.26 0.33 0.40;0.26 0.49 0.65
right height;2;-0.15 0.39 0.87;0.43 0.46 0.63;0.35 0.42 0.66;0.40 0.42 0.57;0.69 0.79 1.02;0.34 0.42 0.70
left elbow;0;20 46 102;28 33 45;25 105 108;103 105 109;41 102 109;47 103 111
right elbow;0;20 79 114;90 97 99;66 107 120;107 111 116;36 105 122;47 101 111
head sd;1;4.7 7.1 4.6;6.0 9.2 3.5;5.4 3.0 1.7;5.4 2.3 1.2;9.5 3.8 2.1;13.8 4.5 13.7
head speed;0;25 56;10 53;14 37;12 33;11 49;15 32
spine sd;1;4.4 1.9 4.1;2.2 0.6 0.5;5.2 3.0 1.0;2.1 1.2 0.9;3.7 2.0 0.8;7.1 1.1 0.8
jerk;0;29 100;6 45;10 64;7 46;7 44;9 56
"""  # noqa: E501
TAKES = [row["take"] for row in csv.DictReader(io.StringIO(ALIGNMENT))]


@cache
def report(take: str) -> MotionReport:
    beat2 = take.startswith("2_scott")
    motion = DATA / ("beat2/smplxflame_30" if beat2 else "show") / f"{take}.npz"
    speech = DATA / (f"beat2/wave16k/{take}.wav" if beat2 else f"show/{take}.flac")
    return measure(read_motion(motion), open_speech(speech))


def found(take: str, name: str) -> list[float]:
    """The numbers of one row of the table."""
    hands, trunk = report(take).hands, report(take).trunk
    assert hands is not None
    assert trunk is not None
    assert hands.activity is not None
    assert hands.coordination is not None
    rows = {
        "wrist speed": hands.speed_m_s,
        "still share": {"": hands.activity.still_share},
        "peaks": hands.peaks_per_minute,
        "bouts": hands.activity.bouts_s,
        "pauses": hands.activity.pauses_s,
        "r": {"": hands.coordination.speed_r},
        "left height": hands.height["left"],
        "right height": hands.height["right"],
        "left elbow": hands.elbow_deg["left"],
        "right elbow": hands.elbow_deg["right"],
        "head sd": vars(trunk.head_sd_deg),
        "head speed": trunk.head_speed_deg_s,
        "spine sd": vars(trunk.spine_sd_deg),
        "jerk": hands.jerk_m_s3,
    }
    return [float(value) for value in dict(rows[name] or {}).values()]


@pytest.mark.parametrize("row", list(csv.DictReader(io.StringIO(ALIGNMENT))), ids=lambda row: row["take"])
def test_the_alignment_table(row: dict[str, str]) -> None:
    alignment = report(row["take"]).hand_alignment
    assert alignment is not None
    assert (alignment.motion_events, alignment.speech_events) == (int(row["motion"]), int(row["speech"]))
    assert alignment.matched == pytest.approx(float(row["matched"]), abs=0.002)
    assert alignment.shifted == pytest.approx(float(row["shifted"]), abs=0.002)
    assert alignment.normalised_margin == pytest.approx(float(row["normalised"]), abs=0.02)


@pytest.mark.parametrize("line", STATISTICS.strip().splitlines(), ids=lambda line: line.split(";")[0])
def test_the_statistics_table(line: str) -> None:
    name, digits, *cells = line.split(";")
    for take, cell in zip(TAKES, cells, strict=True):
        wanted = [float(value) for value in cell.split()]
        values = found(take, name)
        assert len(values) == len(wanted)
        for value, want in zip(values, wanted, strict=True):
            assert value == pytest.approx(want, rel=0.03, abs=1.001 * 10 ** -int(digits)), take


def test_real_people_are_almost_always_within_their_joint_limits() -> None:
    assert report("2_scott_0_1_1").limits.frame_share < 0.12
    assert all(report(take).limits.joint_frames == 0 for take in TAKES[1:])


def test_what_show_cannot_know_is_absent() -> None:
    show, beat2 = report(TAKES[1]), report(TAKES[0])
    assert show.foot_slide is None
    assert show.finger_flexion_deg is None
    assert beat2.foot_slide is not None
    assert beat2.finger_flexion_deg is not None
    assert beat2.head_alignment is not None
    assert beat2.head_alignment.normalised_margin == pytest.approx(0.15, abs=0.05)


def test_numbers_of_movement_that_are_known_for_scott() -> None:
    scott = report(TAKES[0])
    assert scott.hands is not None
    strokes = scott.hands.submovements
    assert strokes is not None
    assert strokes.per_minute == pytest.approx(108, rel=0.05)
    assert strokes.peak_speed_exponent == pytest.approx(0.62, abs=0.03)
    assert strokes.duration_exponent == pytest.approx(0.43, abs=0.03)
    assert strokes.statistics["peak_speed_m_s"]["p50"] == pytest.approx(0.65, rel=0.05)
    wanted = {"collar": 24, "shoulder": 38, "elbow": 81, "wrist": 68, "spine": 29, "head": 17}
    for group, speed in wanted.items():
        assert dict(scott.angular_speeds_deg_s or {})[group] == pytest.approx(speed, rel=0.03)
