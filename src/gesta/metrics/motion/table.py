"""Measures of several takes side by side, as text."""

from collections.abc import Callable, Mapping
from typing import Any

from gesta.metrics.motion.report import MotionReport
from gesta.metrics.motion.summary import Percentiles

MISSING = "-"


def _numbers(values: Percentiles | None, decimals: int) -> str:
    """Percentiles as "a / b / c"."""
    return MISSING if values is None else " / ".join(f"{value:.{decimals}f}" for value in values.values())


def _one(value: float | None, decimals: int) -> str:
    """A number, or a dash."""
    return MISSING if value is None else f"{value:.{decimals}f}"


def _alignment(report: Any) -> str:
    """Events and margin as "motion, speech: matched - shifted, normalised"."""
    if report is None:
        return MISSING
    events = f"{report.motion_events} / {report.speech_events}"
    return f"{events}: {report.matched:.3f} / {report.shifted:.3f} / {report.normalised_margin:.3f}"


def _spread(value: Any) -> str:
    """Pitch, yaw and roll."""
    return f"{value.pitch:.1f} / {value.yaw:.1f} / {value.roll:.1f}"


def _slide(report: MotionReport) -> str:
    """Foot slide, where it can be known."""
    return MISSING if report.foot_slide is None else _one(report.foot_slide.mm_per_planted_frame, 2)


HAND_ROWS: Mapping[str, Callable[[Any], str]] = {
    "wrist speed m/s 25/50/75/95/99 %": lambda hands: _numbers(hands.speed_m_s, 2),
    "still share": lambda hands: _one(hands.activity and hands.activity.still_share, 2),
    "speed peaks a minute, left / right": lambda hands: " / ".join(
        _one(value, 0) for value in hands.peaks_per_minute.values()
    ),
    "bouts s, 50 / 90 %": lambda hands: _numbers(hands.activity and hands.activity.bouts_s, 1),
    "pauses s, 50 / 90 %": lambda hands: _numbers(hands.activity and hands.activity.pauses_s, 1),
    "left-right r": lambda hands: _one(hands.coordination and hands.coordination.speed_r, 2),
    "left height 5/50/95 %": lambda hands: _numbers(hands.height["left"], 2),
    "right height": lambda hands: _numbers(hands.height["right"], 2),
    "left elbow deg 5/50/95 %": lambda hands: _numbers(hands.elbow_deg["left"], 0),
    "right elbow": lambda hands: _numbers(hands.elbow_deg["right"], 0),
    "wrist jerk m/s^3 50 / 95 %": lambda hands: _numbers(hands.jerk_m_s3, 0),
}
TRUNK_ROWS: Mapping[str, Callable[[Any], str]] = {
    "head sd X/Y/Z deg": lambda trunk: _spread(trunk.head_sd_deg),
    "head deg/s 50 / 95 %": lambda trunk: _numbers(trunk.head_speed_deg_s, 0),
    "spine sd X/Y/Z deg": lambda trunk: _spread(trunk.spine_sd_deg),
}
OTHER_ROWS: Mapping[str, Callable[[MotionReport], str]] = {
    "hands: motion / speech events: matched / shifted / normalised margin": lambda report: _alignment(
        report.hand_alignment
    ),
    "head: the same": lambda report: _alignment(report.head_alignment),
    "foot slide mm per planted frame": _slide,
    "frames with a joint beyond its limit": lambda report: _one(report.limits.frame_share, 3),
}


def markdown_table(reports: Mapping[str, MotionReport]) -> str:
    """A table with a column for each take and a row for each measure, in Markdown."""
    lines = ["| take | " + " | ".join(reports) + " |", "|---" * (len(reports) + 1) + "|"]
    takes = list(reports.values())
    for label, row in OTHER_ROWS.items():
        lines.append(f"| {label} | " + " | ".join(row(take) for take in takes) + " |")
    for rows, group in ((HAND_ROWS, "hands"), (TRUNK_ROWS, "trunk")):
        for label, show in rows.items():
            groups = [getattr(take, group) for take in takes]
            lines.append(f"| {label} | " + " | ".join(MISSING if g is None else show(g) for g in groups) + " |")
    return "\n".join(lines) + "\n"
