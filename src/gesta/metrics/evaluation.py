"""What an evaluation has found: numbers of each clip, of all clips together, and why some could not be had.

Every clip counts the same, however long it is. A number of all clips is their mean, with the interval of what other
clips of the kind would have given (`bootstrap`); numbers that only a whole set has, such as a Fréchet distance, stand
beside. What cannot be measured is absent, with the reason; it is never 0.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np

from gesta.metrics.bootstrap import interval_of_mean
from gesta.version import __version__

FORMAT_VERSION = 1
Better = Literal["higher", "lower", "as real"]
Side = Literal["generated", "real"]
NOT_ASKED = "it was not asked for"
"""Why a measure is absent that could have been had."""
SIDES: tuple[Side, ...] = ("generated", "real")


@dataclass(frozen=True)
class Measure:
    """What a number is.

    Attributes:
        key: its name in files.
        label: its name for people.
        unit: "" where it has none.
        better: which way is better; "as real" where it should be what the real clips have.
        decimals: how many are shown.
        verified: False where a network with other people's weights makes it and was never run with them here.
    """

    key: str
    label: str
    unit: str = ""
    better: Better = "higher"
    decimals: int = 3
    verified: bool = True


@dataclass(frozen=True)
class Value:
    """A number of the generated clip or set, and of the real one where that has such a number of its own."""

    generated: float | None
    real: float | None = None


@dataclass(frozen=True)
class Summary:
    """A number of all clips.

    Attributes:
        mean: over the clips that have it.
        low, high: ends of its 95 % interval; None for a single clip.
        clips: how many have it.
    """

    mean: float
    low: float | None
    high: float | None
    clips: int

    @classmethod
    def of(cls, values: list[float]) -> "Summary | None":
        """The summary of the clips' numbers; None where there is none."""
        if not values:
            return None
        found = np.array(values)
        if len(found) == 1:
            return cls(float(found[0]), None, None, 1)
        spread = interval_of_mean(found)
        return cls(spread.value, spread.low, spread.high, len(found))


@dataclass(frozen=True)
class Evaluation:
    """Everything an evaluation has found.

    Attributes:
        title: what was evaluated, for people.
        kind: "keypoints", "video" or "motion".
        measures: what the numbers are, in the order in which they are shown.
        clips: by name, by key: the numbers of each clip.
        whole: by key: the numbers that only all clips together have.
        not_measured: by the measures' name: why they are absent.
        settings: what was compared, and how.
    """

    title: str
    kind: str
    measures: tuple[Measure, ...]
    clips: Mapping[str, Mapping[str, Value]]
    whole: Mapping[str, Value] = field(default_factory=dict)
    not_measured: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def summaries(self) -> Mapping[tuple[str, Side], Summary]:
        """The numbers of all clips, by key and side, where there are any."""
        found = {}
        for key in (measure.key for measure in self.measures):
            for side in SIDES:
                numbers = [getattr(values[key], side) for values in self.clips.values() if key in values]
                summary = Summary.of([number for number in numbers if number is not None])
                if summary is not None:
                    found[key, side] = summary
        return found

    def to_dict(self) -> dict[str, Any]:
        """The evaluation as plain tables, ready for JSON."""
        return {
            "format_version": FORMAT_VERSION,
            "gesta": __version__,
            "kind": self.kind,
            "settings": dict(self.settings),
            "measures": {measure.key: self._row(measure) for measure in self.measures},
            "not_measured": dict(self.not_measured),
            "clips": {
                name: {key: _sides(asdict(value)) for key, value in values.items()}
                for name, values in self.clips.items()
            },
        }

    def _row(self, measure: Measure) -> dict[str, Any]:
        row: dict[str, Any] = {"label": measure.label, "unit": measure.unit, "better": measure.better}
        if not measure.verified:
            row["unverified"] = True
        if measure.key in self.whole:
            return row | _sides(asdict(self.whole[measure.key]))
        found = {side: self.summaries.get((measure.key, side)) for side in SIDES}
        return row | _sides({side: None if one is None else asdict(one) for side, one in found.items()})


def _sides(values: dict[str, Any]) -> dict[str, Any]:
    """Without the real side, where there is none."""
    return values if values["real"] is not None else {"generated": values["generated"]}
