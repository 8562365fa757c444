"""An evaluation as one page for a browser: a table with the clips' numbers drawn beside, then a table of the clips.

The page stands alone: no script, nothing loaded; a content security policy forbids both. Every name is escaped.
"""

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from gesta.metrics.evaluation import SIDES, Evaluation, Measure, Summary, Value
from gesta.version import __version__
from gesta.writing import replacing

ABSENT = "–"
STRIP = (180, 18)
"""Width and height of the drawing beside a number, in CSS pixels."""
DOT = 3.0
AXES = {"share": (0.0, 1.0), "r": (-1.0, 1.0)}
"""By unit: where the axis of the drawing begins and ends."""
MOST_CLIPS = 200
"""Clips that are listed one by one; the JSON has them all."""
UNVERIFIED = "the network was never run here with the weights it was made for"
BETTER = {"higher": "higher is better", "lower": "lower is better", "as real": "as the real films"}


def write_page(path: str | Path, evaluation: Evaluation) -> None:
    """Write an evaluation as a page; an older one stays whole until the new one is.

    Raises:
        OutputError: the file cannot be written.
    """
    with replacing(path) as beside:
        beside.write_text(page_text(evaluation), encoding="utf-8", errors="backslashreplace", newline="\n")


def page_text(evaluation: Evaluation) -> str:
    """The page as text; the same evaluation gives the same text."""
    style = files("gesta.metrics").joinpath("assets", "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    shown = [measure for measure in evaluation.measures if _has(evaluation, measure)]
    title = html.escape(evaluation.title)
    return "\n".join(
        (
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            f"<title>{title}</title><style>{style}</style></head><body>",
            f"<h1>{title}</h1>",
            _settings(evaluation),
            _table(evaluation, shown),
            _absent(evaluation),
            _clips(evaluation, shown),
            f"<footer>gesta {html.escape(__version__)}; what each number is: docs/metrics.md</footer>",
            "</body></html>\n",
        )
    )


def _has(evaluation: Evaluation, measure: Measure) -> bool:
    return measure.key in evaluation.whole or (measure.key, "generated") in evaluation.summaries


def _settings(evaluation: Evaluation) -> str:
    chosen = {name: value for name, value in evaluation.settings.items() if value is not None}
    rows = {"clips": len(evaluation.clips), **chosen}
    items = (
        f"<dt>{html.escape(key)}</dt><dd>{html.escape(value if isinstance(value, str) else json.dumps(value))}</dd>"
        for key, value in rows.items()
    )
    return f"<dl>{''.join(items)}</dl>"


def _table(evaluation: Evaluation, measures: Iterable[Measure]) -> str:
    rows = []
    for measure in measures:
        cells = [f"<th scope=row>{html.escape(measure.label)}{_flag(measure)}</th>"]
        if measure.key in evaluation.whole:
            value = evaluation.whole[measure.key]
            cells += [_cell(_number(value.generated, measure)), _cell(_number(value.real, measure)), "<td></td>"]
        else:
            cells += [_cell(_summed(evaluation.summaries.get((measure.key, side)), measure)) for side in SIDES]
            cells.append(f"<td>{_strip(evaluation, measure)}</td>")
        cells += [_cell(measure.unit, "unit"), _cell(BETTER[measure.better], "unit")]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = "<th>measure</th><th>generated</th><th>real</th><th>clips</th><th>unit</th><th></th>"
    note = (
        "<p>Means over clips, with 95 % intervals of what other clips would have given. Dots: <b class=g>generated</b> "
        "and <b class=r>real</b> clips.</p>"
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{note}"


def _flag(measure: Measure) -> str:
    return "" if measure.verified else f' <span class=flag title="{UNVERIFIED}">unverified</span>'


def _cell(text: str, kind: str = "") -> str:
    return f'<td class="{kind}">{html.escape(text)}</td>' if kind else f"<td>{html.escape(text)}</td>"


def _number(value: float | None, measure: Measure) -> str:
    return ABSENT if value is None else f"{value:.{measure.decimals}f}"


def _summed(summary: Summary | None, measure: Measure) -> str:
    if summary is None:
        return ABSENT
    text = _number(summary.mean, measure)
    if summary.low is None or summary.high is None:
        return text
    return f"{text} ({_number(summary.low, measure)} to {_number(summary.high, measure)})"


def _strip(evaluation: Evaluation, measure: Measure) -> str:
    """The clips' numbers as dots on an axis, real ones below."""
    values = [clip[measure.key] for clip in evaluation.clips.values() if measure.key in clip]
    found = [[n for value in values if (n := getattr(value, side)) is not None] for side in SIDES]
    numbers = [number for side in found for number in side]
    if not numbers:
        return ""
    low, high = _axis(measure, numbers)
    width, height = STRIP
    dots = "".join(
        f'<circle class="{side[0]}" cx="{DOT + (number - low) / (high - low) * (width - 2 * DOT):.1f}" '
        f'cy="{height * share:.1f}" r="{DOT}"/>'
        for side, those, share in zip(SIDES, found, (0.28, 0.72), strict=True)
        for number in those
    )
    ends = f"<title>{_number(low, measure)} to {_number(high, measure)}</title>"
    line = f'<line x1="0" x2="{width}" y1="{height / 2}" y2="{height / 2}"/>'
    return f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">{ends}{line}{dots}</svg>'


def _axis(measure: Measure, numbers: Sequence[float]) -> tuple[float, float]:
    """Where an axis begins and ends: shares and correlations have fixed ones, others hold 0 and all numbers."""
    if measure.unit in AXES:
        return AXES[measure.unit]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    return (low, high) if high > low else (0.0, 1.0)


def _absent(evaluation: Evaluation) -> str:
    if not evaluation.not_measured:
        return ""
    items = (
        f"<li><b>{html.escape(name)}</b>: {html.escape(reason)}</li>"
        for name, reason in evaluation.not_measured.items()
    )
    return f"<h2>Not measured</h2><ul>{''.join(items)}</ul>"


def _clips(evaluation: Evaluation, measures: Iterable[Measure]) -> str:
    """Each clip's numbers: generated, and real behind a stroke."""
    columns = [measure for measure in measures if measure.key not in evaluation.whole]
    head = "".join(f"<th><span>{html.escape(measure.label)}</span></th>" for measure in columns)
    rows = []
    for name, values in list(evaluation.clips.items())[:MOST_CLIPS]:
        cells = "".join(_cell(_both(values.get(measure.key), measure)) for measure in columns)
        rows.append(f"<tr><th scope=row>{html.escape(name)}</th>{cells}</tr>")
    more = len(evaluation.clips) - len(rows)
    rest = f"<p>{more} more clips stand in the JSON file.</p>" if more else ""
    table = f"<table><thead><tr><th>clip</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"<h2>Clips</h2><p>Generated / real.</p><div class=wide>{table}</div>{rest}"


def _both(value: Value | None, measure: Measure) -> str:
    if value is None:
        return ABSENT
    text = _number(value.generated, measure)
    return text if value.real is None else f"{text} / {_number(value.real, measure)}"
