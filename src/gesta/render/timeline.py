"""Draws a recording and what the body does about it on one time axis, as a picture."""

from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from gesta.motion.kinematics import track
from gesta.motion.writing import replacing
from gesta.records import Events, Motion, Plan, Prosody, Speech, Words
from gesta.render.written_words import draw_words
from gesta.units import MOTION_FPS, SAMPLE_RATE, frame_times

WIDTH_PX, DOTS_PER_INCH = 1600, 100
ROW_INCHES = 1.35
LONGEST_S = 60.0
"""What fits legibly on one picture."""
WAVEFORM_BINS_PER_S = 200
EVEN_SCORE = 0.5
"""The SQA score of every frame where speech asks the same of all of them."""
LEAST_SCORE_REACH = 0.01
COLOURS = {
    "preparation": "#9ecae1",
    "pre_hold": "#deebf7",
    "stroke": "#d94801",
    "hold": "#fdd0a2",
    "adjustment": "#d9d9d9",
    "retraction": "#a1d99b",
    "sound": "#4c566a",
    "left": "#3b6fb6",
    "right": "#c1553b",
    "pitch": "#5e8a3c",
    "phrase": "#ece7f2",
}


@dataclass(frozen=True)
class Subject:
    """What is drawn: a motion, and what it was made from where that is known.

    Attributes:
        name: for the picture's title.
        motion: the frames from `first_frame` on.
        speech: the whole recording.
        prosody: of the same frames.
        plan: the moves in the same stretch.
        words: of the whole recording.
        first_frame: where the stretch begins in the recording.
    """

    name: str
    motion: Motion
    speech: Speech | None = None
    prosody: Prosody | None = None
    plan: Plan | None = None
    words: Words | None = None
    first_frame: int = 0

    @property
    def times_s(self) -> np.ndarray:
        """Time of each frame: (T,) seconds."""
        return frame_times(self.first_frame, self.first_frame + self.motion.frame_count)

    def between(self, start_s: float, end_s: float) -> "Subject":
        """The stretch from one time to another, a frame more at both ends, so that drawing it costs no more."""
        count = self.motion.frame_count
        first = min(max(int(start_s * MOTION_FPS) - 1, 0), count - 1)
        frames = slice(first, min(int(np.ceil(end_s * MOTION_FPS)) + 2, count))
        arrays = ("rotations", "translation", "face", "contacts", "attention")
        kept = {name: value[frames] for name in arrays if (value := getattr(self.motion, name)) is not None}
        prosody, plan = self.prosody, self.plan
        if prosody is not None:
            accents, nuclei = (_events_between(kind, start_s, end_s) for kind in (prosody.accents, prosody.nuclei))
            prosody = replace(prosody.frames(frames.start, frames.stop), accents=accents, nuclei=nuclei)
        if plan is not None:
            hands = tuple(move for move in plan.hand_moves if move.end_s >= start_s and move.start_s <= end_s)
            body = tuple(m for m in plan.body_moves if start_s <= m.start_s + m.duration_s and m.start_s <= end_s)
            plan = replace(plan, hand_moves=hands, body_moves=body)
        return replace(self, motion=self.motion.replaced(**kept), prosody=prosody, plan=plan, first_frame=first)


def _events_between(events: Events, start_s: float, end_s: float) -> Events:
    inside = (events.times_s >= start_s) & (events.times_s <= end_s)
    return Events(events.times_s[inside], events.strengths[inside], events.decided_s[inside])


def draw_timeline(subject: Subject, path: Path, start_s: float = 0.0, end_s: float | None = None) -> float:
    """Write the picture; returns the end of the stretch drawn, at most LONGEST_S after its start.

    Args:
        subject: what is drawn.
        path: a .png file.
        start_s: first second drawn.
        end_s: last one; the end of the motion if not given.

    Raises:
        OutputError: the picture cannot be written.
    """
    last_s = min(
        end_s if end_s is not None else subject.motion.duration_s, start_s + LONGEST_S, subject.motion.duration_s
    )
    rows = [row for row in _ROWS if row.wanted(subject)]
    shown = subject.between(start_s, last_s)
    with matplotlib.rc_context({"font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(
            figsize=(WIDTH_PX / DOTS_PER_INCH, 0.9 + ROW_INCHES * len(rows)), dpi=DOTS_PER_INCH, layout="constrained"
        )
        axes = np.atleast_1d(figure.subplots(len(rows), 1, sharex=True))
        for axis, row in zip(axes, rows, strict=True):
            row.draw(axis, shown)
            if subject.prosody is not None:
                _phrases(axis, subject.prosody)
        axes[0].set_title(
            f"{subject.name}, {start_s:.1f} to {last_s:.1f} s of {subject.motion.duration_s:.1f} s", loc="left"
        )
        axes[-1].set_xlabel("seconds")
        axes[-1].set_xlim(start_s, last_s)
        with replacing(path) as beside:
            figure.savefig(beside, format="png")
    return last_s


class Row:
    """One strip of the picture."""

    needs: tuple[str, ...] = ()

    def wanted(self, subject: Subject) -> bool:
        """Whether the subject has what this row draws."""
        return all(getattr(subject, name) is not None for name in self.needs)

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw into one pair of axes."""
        raise NotImplementedError


class WaveformRow(Row):
    """The sound's extremes in short bins."""

    needs = ("speech",)

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw the waveform."""
        assert subject.speech is not None
        low, high = waveform_extremes(subject.speech, WAVEFORM_BINS_PER_S)
        times = (np.arange(len(low)) + 0.5) / WAVEFORM_BINS_PER_S
        here = (times >= subject.times_s[0]) & (times <= subject.times_s[-1] + 1.0 / MOTION_FPS)
        axis.fill_between(times[here], low[here], high[here], color=COLOURS["sound"], linewidth=0)
        axis.set_ylabel("waveform")


class WordsRow(Row):
    """What is said, those words marked that a stroke was made for."""

    needs = ("words",)

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw the words."""
        assert subject.words is not None
        strokes = () if subject.plan is None else subject.plan.strokes
        caused_s = [move.accent_s for move in strokes if move.cause == "content" and move.accent_s is not None]
        spoken = subject.words.between(subject.times_s[0], subject.times_s[-1])
        draw_words(axis, spoken, caused_s, COLOURS["sound"], COLOURS["stroke"])


class LoudnessRow(Row):
    """Loudness in the speaker's own range, with the accents on it."""

    needs = ("prosody",)

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw loudness, activity and accents."""
        heard = subject.prosody
        assert heard is not None
        times = subject.times_s
        axis.fill_between(times, 0, heard.activity * 1.1, color="#f3f3f3", linewidth=0, step="mid", label="speech")
        axis.plot(times, heard.loudness, color=COLOURS["sound"], linewidth=1.2, label="loudness")
        axis.vlines(
            heard.accents.times_s, 0, heard.accents.strengths, color=COLOURS["stroke"], linewidth=2, label="accent"
        )
        axis.plot(heard.nuclei.times_s, np.full(len(heard.nuclei), 1.12), "|", color="#888888", label="syllable")
        axis.set_ylim(0, 1.25)
        axis.set_ylabel("loudness")
        axis.legend(loc="upper right", ncols=4, frameon=False, bbox_to_anchor=(1.0, 1.22), borderaxespad=0.0)


class PitchRow(Row):
    """Fundamental frequency, where there is one."""

    needs = ("prosody",)

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw F0."""
        assert subject.prosody is not None
        f0 = np.where(subject.prosody.f0_hz > 0, subject.prosody.f0_hz, np.nan)
        axis.plot(subject.times_s, f0, ".", markersize=3, color=COLOURS["pitch"])
        axis.set_ylabel("F0, Hz")


class PlanRow(Row):
    """The phases of both hands, and the head's nods."""

    needs = ("plan",)

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw the planned movements as bars, strokes with their family's name."""
        assert subject.plan is not None
        height = {"left": 0, "right": 1}
        for move in subject.plan.hand_moves:
            axis.barh(
                height[move.hand], move.duration_s, left=move.start_s, height=0.7, color=COLOURS[move.phase], alpha=0.9
            )
            if move.phase == "stroke":
                axis.text(move.end_s, height[move.hand] + 0.38, move.family, fontsize=7, ha="right", clip_on=True)
        nods = [move.start_s + move.duration_s for move in subject.plan.body_moves if move.reason.startswith("nod")]
        axis.plot(nods, np.full(len(nods), 2.0), "v", color=COLOURS["sound"], markersize=5)
        axis.set_yticks((0, 1, 2), ("left", "right", "nod"))
        axis.set_ylim(-0.5, 2.5)
        for phase in ("preparation", "pre_hold", "stroke", "hold", "adjustment", "retraction"):
            axis.barh(0, 0, color=COLOURS[phase], label=phase.replace("_", " "))
        axis.legend(loc="upper right", ncols=6, frameon=False, bbox_to_anchor=(1.0, 1.22), borderaxespad=0.0)
        axis.set_ylabel("plan")


class SpeedRow(Row):
    """How fast both wrists move."""

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw wrist speeds."""
        wrists = ("left_wrist", "right_wrist")
        positions = track(subject.motion.rotations, subject.motion.translation, wrists).positions
        for number, hand in enumerate(("left", "right")):
            speed = (
                np.linalg.norm(np.diff(positions[:, number], axis=0, prepend=positions[:1, number]), axis=-1)
                * MOTION_FPS
            )
            axis.plot(subject.times_s, speed, color=COLOURS[hand], linewidth=1.2, label=hand)
        axis.set_ylim(bottom=0)
        axis.set_ylabel("wrists, m/s")
        axis.legend(loc="upper right", ncols=2, frameon=False, bbox_to_anchor=(1.0, 1.22), borderaxespad=0.0)


class AttentionRow(Row):
    """What the speech asks of each frame, as stored with the motion."""

    def wanted(self, subject: Subject) -> bool:
        """Only motions that store it."""
        return subject.motion.attention is not None

    def draw(self, axis: Axes, subject: Subject) -> None:
        """Draw the attention."""
        assert subject.motion.attention is not None
        attention = subject.motion.attention
        axis.fill_between(subject.times_s, 0, attention, color="#b08bbb", step="mid", linewidth=0)
        if is_score(subject.motion):
            # Scores differ by a few per cent: the middle, which any frame has if none is special, is what they are
            # seen against.
            axis.axhline(EVEN_SCORE, color="#777777", linewidth=0.8)
            reach = max(float(np.abs(attention - EVEN_SCORE).max()), LEAST_SCORE_REACH)
            axis.set_ylim(EVEN_SCORE - 1.1 * reach, EVEN_SCORE + 1.1 * reach)
            axis.set_ylabel("SQA score")
        else:
            axis.set_ylim(0, 1.05)
            axis.set_ylabel("stroke weight" if subject.plan is not None else "attention")


def is_score(motion: Motion) -> bool:
    """Whether a motion's attention is a trained model's score and not a plan's weight."""
    return "decoding" in motion.provenance


_ROWS: tuple[Row, ...] = (WaveformRow(), WordsRow(), LoudnessRow(), PitchRow(), PlanRow(), SpeedRow(), AttentionRow())


def _phrases(axis: Axes, prosody: Prosody) -> None:
    for start, end in zip(prosody.phrase_starts.times_s, prosody.phrase_ends.times_s, strict=False):
        axis.axvspan(start, end, color=COLOURS["phrase"], zorder=-5, linewidth=0)


def waveform_extremes(speech: Speech, bins_per_s: int) -> tuple[np.ndarray, np.ndarray]:
    """Smallest and largest sample of each short bin, read block by block: two (bins,) arrays."""
    size = SAMPLE_RATE // bins_per_s
    low, high, rest = [], [], np.zeros(0, dtype=np.float32)
    for block in speech.source.blocks():
        samples = np.concatenate((rest, block))
        whole = len(samples) // size * size
        bins = samples[:whole].reshape(-1, size)
        low.append(bins.min(axis=1, initial=0.0))
        high.append(bins.max(axis=1, initial=0.0))
        rest = samples[whole:]
    return np.concatenate(low), np.concatenate(high)
