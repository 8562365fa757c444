"""The card of a data set whose clips share speech: what it is for people, above all how little speech is in it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from gesta.data.manifest import ClipRecord, DatasetInfo
from gesta.units import MOTION_FPS

CARD_FILE = "card.md"
SOURCE_PART, SOURCE_S = "source_part", "source_s"
"""In what a record says about a clip: which part of its source it was made from, and how long that is in seconds."""
HOUR_S = 3600.0


@dataclass(frozen=True)
class Hours:
    """Hours of different speech, and hours of motion made from it."""

    speech: float
    motion: float


def hours_of(records: Sequence[ClipRecord]) -> Hours | None:
    """How much there is; None where no clip says how long its source is."""
    sources: dict[tuple[str, str], float] = defaultdict(float)
    for record in records:
        if SOURCE_S in record.about:
            key = (record.source, str(record.about.get(SOURCE_PART, "")))
            sources[key] = max(sources[key], float(record.about[SOURCE_S]))
    if not sources:
        return None
    motion_s = sum(record.frames for record in records) / MOTION_FPS
    return Hours(round(sum(sources.values()) / HOUR_S, 5), round(motion_s / HOUR_S, 5))


def card_text(info: DatasetInfo, records: Sequence[ClipRecord]) -> str:
    """The card, in Markdown."""
    splits: dict[str, list[ClipRecord]] = defaultdict(list)
    for record in records:
        splits[record.split].append(record)
    rows = [_row(split, splits[split]) for split in sorted(splits)]
    altered = sum(bool(record.about.get("sound")) for record in records)
    lines = [
        f"# A data set of motion made by gesta ({info.kind})",
        "",
        f"{info.motion_hours:.2f} hours of motion in {len(records)} clips, made from "
        f"**{info.distinct_speech_hours:.2f} hours of different speech**: takes in other styles, by other seeds or on "
        "altered sound make more motion, not more speech.",
        "",
        f"- source: {info.source}",
        f"- licence: {info.licence}",
        f"- splits: {info.split_rule}",
        f"- altered sound (speed, pitch, loudness, noise, room): {altered} clips",
        f"- gesta {info.gesta_version}",
        "",
        "| split | clips | hours of speech | hours of motion | in a stroke | strokes by what was said |",
        "|---|---|---|---|---|---|",
        *rows,
        "",
        "The motion is a procedural speaker's, not a person's; a model trained on it behaves like its teacher.",
    ]
    return "\n".join(lines) + "\n"


def _row(split: str, records: Sequence[ClipRecord]) -> str:
    hours = hours_of(records) or Hours(0.0, 0.0)
    frames = sum(record.frames for record in records)
    in_stroke = sum(record.about.get("stroke_frames", 0) for record in records)
    said = sum(record.about.get("content_strokes", 0) for record in records)
    strokes = sum(record.about.get("strokes", 0) for record in records)
    share = f"{100.0 * said / strokes:.0f} % of {strokes}" if strokes else "none"
    shown = f"{hours.speech:.3f} | {hours.motion:.3f} | {100.0 * in_stroke / frames:.0f} %"
    return f"| {split} | {len(records)} | {shown} | {share} |"
