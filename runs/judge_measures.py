"""What `judge_default.py` measures of the takes of one recording."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from movement_numbers import Seen
from people_rows import MOVEMENT, PEOPLE, Row

from gesta.metrics.motion import measure, speech_envelope
from gesta.metrics.motion.alignment import Alignment
from gesta.metrics.motion.diversity import diversity
from gesta.metrics.motion.envelope import envelope_peaks
from gesta.metrics.motion.tracks import Tracks
from gesta.metrics.motion.variety import variety
from gesta.records import Motion, Speech
from gesta.units import MOTION_FPS

MINUTE_S = 60.0


def measured(motions: Sequence[Motion], speech: Speech) -> dict[str, Any]:
    """The numbers of each take, and how different the takes are."""
    envelope = speech_envelope(speech.source.blocks())
    times = envelope_peaks(envelope)
    seen = [Seen(measure(motion, envelope), motion, times) for motion in motions]
    wrists = [_wrists(take.tracks) for take in seen]
    apart = diversity(wrists)
    return {
        "takes": [_take(take, places) for take, places in zip(seen, wrists, strict=True)],
        "diversity": None if apart is None else asdict(apart),
    }


def _wrists(tracks: Tracks) -> np.ndarray:
    """(T, 2, 3) metres in the pelvis' frame."""
    return tracks.in_pelvis("wrist")


def _take(seen: Seen, wrists: np.ndarray) -> dict[str, Any]:
    report, found = seen.report, variety(wrists)
    slide, hands = report.foot_slide, report.hands
    return {
        "hands": _timing(report.hand_alignment),
        "head": _timing(report.head_alignment),
        "jerk": None if hands is None or hands.jerk_m_s3 is None else dict(hands.jerk_m_s3),
        "still_share": None if hands is None or hands.activity is None else hands.activity.still_share,
        "travel_m_per_minute": _travel(wrists),
        "slide_mm": None if slide is None else slide.mm_per_planted_frame,
        "low_and_fast_share": None if slide is None else slide.low_and_fast_share,
        "sunk_mm": None if slide is None else slide.deepest_mm,
        "limit_frames": report.limits.joint_frames,
        "variety": None if found is None else asdict(found),
        "rows": {row.label: numbers for row in (*PEOPLE, *MOVEMENT) if (numbers := numbers_of(row, seen)) is not None},
    }


def _timing(alignment: Alignment | None) -> dict[str, float] | None:
    if alignment is None:
        return None
    return {"margin": alignment.normalised_margin, "events": alignment.motion_events}


def _travel(wrists: np.ndarray) -> float:
    """Metres a minute that a wrist goes, mean of both."""
    steps = np.linalg.norm(np.diff(wrists, axis=0), axis=-1)
    return float(steps.mean() * MOTION_FPS * MINUTE_S) if len(steps) else 0.0


def numbers_of(row: Row, seen: Seen) -> list[float] | None:
    """A row's numbers; None where the take does not have them, or one of them is not a number."""
    try:
        with np.errstate(all="ignore"):
            found = [float(value) for value in row.numbers(seen)]
    except (KeyError, TypeError, IndexError, ValueError, np.linalg.LinAlgError):
        return None
    return found if np.isfinite(found).all() else None
