"""What a page holds besides the body: its title, the sound as bytes and as a curve, strokes, cameras and light."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gesta.records import Motion, Speech
from gesta.render import backdrop, shading
from gesta.render.palette import STOOL
from gesta.render.seat import Seat
from gesta.render.sound_track import encoded_sound
from gesta.render.timeline import EVEN_SCORE, LEAST_SCORE_REACH, is_score, waveform_extremes
from gesta.render.views import VIEWS
from gesta.units import MOTION_FPS

FIRST_VIEW = "half"
FIGURE_HEIGHT_M = 1.63
"""Height of the built-in body."""
PEAKS_PER_SECOND = 50
SOUND_TYPE = "audio/mp4"
SOUND_BITS_PER_SECOND: Mapping[int, int] = {1: 64_000, 2: 96_000}
"""By number of channels: enough for speech, so that a page stays small."""
STROKE_LEVEL = 0.1
"""Frames whose weight is above this belong to a stroke."""
SCORE_LEVEL = 0.75
"""The same for SQA scores, of which about half are above the middle."""
LEAST_STROKE_FRAMES = 3
BYTE = 255


@dataclass(frozen=True)
class Sound:
    """The page's sound.

    Attributes:
        encoded: AAC in MP4.
        peaks: (N,) uint8, loudest sample of each 1 / PEAKS_PER_SECOND s against the loudest of all.
        duration_s: seconds.
    """

    encoded: bytes
    peaks: np.ndarray
    duration_s: float


@dataclass(frozen=True)
class Asked:
    """How much the speech asks of each frame.

    Attributes:
        weights: (T,) uint8, 0 to 255, as tall as they are drawn.
        strokes: begin and end of each stretch that is asked much of, seconds.
    """

    weights: np.ndarray
    strokes: list[tuple[float, float]]


@dataclass(frozen=True)
class Contents:
    """What a page says and plays besides the body itself.

    Attributes:
        title: shown above.
        facts: pairs of words, shown under "About".
        frame_count: T of the motion; None where only the GLB knows.
        sound: None for a silent page.
        asked: None where nobody knows.
        own_body: whether the body is the built-in one, for which the cameras are made; others are looked at in
            proportion.
        seat: what somebody sits on.
        lowered_m: how much lower than at rest who sits has the pelvis.
    """

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    frame_count: int | None = None
    sound: Sound | None = None
    asked: Asked | None = None
    own_body: bool = True
    seat: Seat | None = None
    lowered_m: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """What the page's program reads, without the bytes of the sound; arrays are left as they are."""
        nothing = np.zeros(0, np.uint8)
        return {
            "title": self.title,
            "facts": self.facts,
            "framesPerSecond": MOTION_FPS,
            "frames": self.frame_count,
            "duration": None if self.frame_count is None else self.frame_count / MOTION_FPS,
            "soundType": SOUND_TYPE,
            "peaks": nothing if self.sound is None else self.sound.peaks,
            "peaksPerSecond": PEAKS_PER_SECOND,
            "attention": nothing if self.asked is None else self.asked.weights,
            "strokes": [] if self.asked is None else self.asked.strokes,
            "views": _views(self.lowered_m),
            "firstView": FIRST_VIEW,
            "studio": _studio() | {"ownBody": self.own_body},
            "seat": None if self.seat is None else _seat(self.seat),
        }


def sound_of(speech: Speech) -> Sound:
    """A recording's sound as a page holds it."""
    low, high = waveform_extremes(speech, PEAKS_PER_SECOND)
    reach = np.maximum(np.abs(low), np.abs(high))
    loudest = max(float(reach.max(initial=0.0)), 1e-6)
    peaks = np.rint(BYTE * reach / loudest).astype(np.uint8)
    return Sound(encoded_sound(speech, SOUND_BITS_PER_SECOND), peaks, speech.duration_s)


def asked_of(motion: Motion) -> Asked | None:
    """What the speech asks of each frame of a motion, if the motion says so."""
    if motion.attention is None or not np.ptp(motion.attention):
        return None
    weights, level = np.clip(motion.attention, 0.0, 1.0), STROKE_LEVEL
    if is_score(motion):
        reach = max(float(np.abs(weights - EVEN_SCORE).max()), LEAST_SCORE_REACH)
        weights, level = np.clip(0.5 + 0.5 * (weights - EVEN_SCORE) / reach, 0.0, 1.0), SCORE_LEVEL
    edges = np.flatnonzero(np.diff(np.concatenate(([0], weights > level, [0])))).reshape(-1, 2)
    long = edges[np.diff(edges, axis=1)[:, 0] >= LEAST_STROKE_FRAMES]
    strokes = [(start / MOTION_FPS, stop / MOTION_FPS) for start, stop in long.tolist()]
    return Asked(np.rint(BYTE * weights).astype(np.uint8), strokes)


def _seat(seat: Seat) -> dict[str, Any]:
    """A stool as the page's program builds it."""
    return {"place": seat.place.tolist(), "profile": seat.profile.tolist(), "colour": STOOL[:3].tolist()}


def _views(lowered_m: float) -> list[dict[str, Any]]:
    """The cameras of the previews, lowered for who sits."""
    return [
        {
            "name": name,
            "follows": view.follows,
            "target": np.subtract(view.target, (0.0, view.sits_down * lowered_m, 0.0)).tolist(),
            "turn": view.turn_deg,
            "rise": view.rise_deg,
            "distance": view.distance_m,
            "span": view.span_m,
            "heightFollows": view.height_follows,
            "smoothing": view.smoothing_s,
            "slack": view.slack_m,
            "shows": () if view.widest else view.shows,
            "margin": view.margin_m,
        }
        for name, view in VIEWS.items()
    ]


def _studio() -> dict[str, Any]:
    """The light and floor of the previews."""
    return {
        "height": FIGURE_HEIGHT_M,
        "sky": shading.SKY_COLOUR,
        "ground": shading.GROUND_COLOUR,
        "key": shading.KEY_COLOUR,
        "keyDirection": shading.KEY_DIRECTION,
        "fill": (shading.FILL_STRENGTH,) * 3,
        "fillDirection": shading.FILL_DIRECTION,
        "shoulder": shading.SHOULDER,
        "grid": backdrop.GRID_M,
        "line": backdrop.LINE_M,
        "floorFade": (backdrop.FLOOR_FADE_START_M, backdrop.FLOOR_FADE_END_M),
    }
