"""The report of `judge_default.py`: limits, numbers side by side, people's statistics, as Markdown and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from judge_limits import Judged, compared, judged, shown
from judge_pooled import NUMBERS, Pooled, distances, inside
from people_ranges import ROWS, ranges

from gesta.metrics.bootstrap import Interval

NUMBERS_SHOWN = (
    ("wrist jerk m/s^3, 50 %, mean of takes", ("jerk", "p50"), 1),
    ("wrist jerk, 95 %", ("jerk", "p95"), 1),
    ("foot slide, mm a planted frame", ("slide_mm",), 2),
    ("soles low and fast, share", ("low_and_fast_share",), 4),
    ("deepest sole, mm", ("sunk_mm",), 1),
    ("joint-frames beyond limits a take", ("limit_frames",), 1),
    ("still share", ("still_share",), 2),
    ("hand travel, m a minute", ("travel_m_per_minute",), 1),
    ("variety within a take: two movements apart, m", ("variety", "apart_m"), 3),
    ("variety: the most alike, m", ("variety", "nearest_m"), 3),
)


def report(
    labels: tuple[str, str], ours: Pooled, teacher: Pooled, codes: Mapping[str, Any] | None, classifier: Sequence[str]
) -> tuple[str, dict[str, Any]]:
    """The whole report as Markdown and as JSON.

    Args:
        labels: what the two sides are called.
        ours, teacher: their takes.
        codes: what `judge_codes.used` found; None where nothing has codes.
        classifier: a table of `real_or_ours.py` for each side; none if it was not asked.
    """
    found = compared(ours, teacher)
    lines = judged(ours, teacher, found)
    parts = [
        _heading(labels, ours),
        _limits(lines),
        _side_by_side(labels, ours, teacher, found),
        _statistics(labels, ours, teacher),
        *([] if codes is None else [_codes(labels, codes)]),
        *(f"Real or {label}?\n\n{table}" for label, table in zip(labels, classifier, strict=False)),
    ]
    numbers = {
        "limits": [asdict(line) for line in lines],
        "all_met": all(line.holds for line in lines),
        "compared": {name: asdict(one) for name, one in found.items()},
        "sides": {label: _numbers(side) for label, side in zip(labels, (ours, teacher), strict=True)},
        "codes": codes,
    }
    return "\n\n".join(parts) + "\n", _plain(numbers)


def _heading(labels: tuple[str, str], ours: Pooled) -> str:
    recordings, seeds = ours.shape
    minutes = ours.seconds[:, 0].sum() / 60.0
    return f"{labels[0]} beside {labels[1]}: {recordings} recordings, {minutes:.1f} minutes, {seeds} seeds."


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _limits(lines: Sequence[Judged]) -> str:
    rows = [[line.measure, line.asked, line.found, "met" if line.holds else "**missed**"] for line in lines]
    return table(("limit", "asked", "found", ""), rows)


def _side_by_side(labels: tuple[str, str], ours: Pooled, teacher: Pooled, found: Mapping[str, Interval]) -> str:
    sides = (ours, teacher)
    rows = [
        [f"margin of {part}, {how}", *(f"{of(side, part):.3f}" for side in sides)]
        for part in ("hands", "head")
        for how, of in (("by events", _by_events), ("mean of takes", _mean_of_takes))
    ]
    rows += [[name, *(f"{side.mean(*path):.{places}f}" for side in sides)] for name, path, places in NUMBERS_SHOWN]
    for name, key in (("wrists of two seeds apart, m", "distance_m"), ("the same about their mean places", "moving_m")):
        rows.append([name, *(f"{side.diversity.get(key, np.nan):.3f}" for side in sides)])
    middles = [side.middles() for side in sides]
    rows.append([f"of {len(NUMBERS)} statistics in people's range", *(str(inside(values)) for values in middles)])
    rows.append(["mean distance from people's middle", *(f"{distances(values).mean():.3f}" for values in middles)])
    rows.append(["time to speak, of real time", *(_pace(side) for side in sides)])
    said = f"Distance from people's middle, {labels[0]} less {labels[1]}: {shown(found['distance'])}."
    return table(("", *labels), rows) + f"\n\n{said}"


def _by_events(side: Pooled, part: str) -> float:
    margins, events = side.table(part, "margin"), side.table(part, "events")
    there = np.isfinite(margins)
    return float(np.average(margins[there], weights=events[there]))


def _mean_of_takes(side: Pooled, part: str) -> float:
    return float(np.nanmean(side.table(part, "margin")))


def _pace(side: Pooled) -> str:
    known = [one["real_time_factor"] for one in side.recordings if one["real_time_factor"] is not None]
    return f"{np.median(known):.3f}" if known else "-"


def _statistics(labels: tuple[str, str], ours: Pooled, teacher: Pooled) -> str:
    """Each row beside people's range; what is outside is bold."""
    middles = [dict(zip(NUMBERS, side.middles(), strict=True)) for side in (ours, teacher)]
    rows = []
    for label, known in ranges().items():
        places = ROWS[label].decimals
        people = [f"{one.low:.{places}f}..{one.middle:.{places}f}..{one.high:.{places}f}" for one in known]
        cells = [label, " / ".join(people)]
        for values in middles:
            said = [(one, values[label, at]) for at, one in enumerate(known)]
            cells.append(" / ".join(_marked(f"{x:.{places}f}", one.holds(x)) for one, x in said))
        rows.append(cells)
    return table(("median of takes", "people: least..middle..most", *labels), rows)


def _marked(text: str, fine: bool) -> str:
    return text if fine else f"**{text}**"


def _codes(labels: tuple[str, str], codes: Mapping[str, Any]) -> str:
    """Perplexity of each level of each part, ours / the teacher's."""
    ours, teacher = (codes["perplexity"][label] for label in labels)
    levels = len(next(iter(ours.values())))
    rows = [
        [part, *(f"{mine:.0f} / {other:.0f}" for mine, other in zip(values, teacher[part], strict=True))]
        for part, values in ours.items()
    ]
    head = (f"perplexity of {codes['size']} codes, {labels[0]} / {labels[1]}", *(f"level {n}" for n in range(levels)))
    return table(head, rows)


def _numbers(side: Pooled) -> dict[str, Any]:
    found = {name: side.mean(*path) for name, path, _ in NUMBERS_SHOWN}
    found |= {f"margin of {part}, by events": _by_events(side, part) for part in ("hands", "head")}
    found |= {f"margin of {part}, mean of takes": _mean_of_takes(side, part) for part in ("hands", "head")}
    middles = side.middles()
    return {
        **found,
        "diversity": side.diversity,
        "inside": inside(middles),
        "distance": float(distances(middles).mean()),
        "statistics": {f"{row} [{at}]": float(value) for (row, at), value in zip(NUMBERS, middles, strict=True)},
    }


def _plain(value: Any) -> Any:
    """The same with None where a number could not be found."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
