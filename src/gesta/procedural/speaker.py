"""The procedural speaker as one thing: prosody in, motion out, for files and for streams."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from gesta.procedural.animator import Animator
from gesta.procedural.content import content_events
from gesta.procedural.planner import Planner
from gesta.procedural.style import Style
from gesta.procedural.targets import Targets, TargetTracker
from gesta.records import Motion, Plan, Prosody, Words
from gesta.units import MOTION_FPS

FRAMES_PER_BLOCK = 1800
"""A file's frames are animated in blocks of a minute, so that only the motion itself grows with length."""


@dataclass(frozen=True)
class Stretch:
    """Some consecutive frames: what was planned meanwhile, and the motion."""

    plan: Plan
    motion: Motion


class ProceduralSpeaker:
    """Plans and animates a speaker.

    Args:
        style: who is speaking.
        seed: the same seed gives the same motion.
        look_ahead_s: how far ahead of playback the sound is heard; infinite for files.
        words: of the whole recording, where they are known.
        listening: whether who has been silent for long listens to somebody: nods, and keeps looking.
    """

    def __init__(
        self,
        style: Style,
        seed: int = 0,
        look_ahead_s: float = math.inf,
        words: Words | None = None,
        listening: bool = False,
    ) -> None:
        content = () if words is None else content_events(words)
        self.planner = Planner(style, seed, look_ahead_s, content, listening)
        self.tracker = TargetTracker(words, seed)
        self.animator = Animator(style, seed)
        self.waiting: list[Plan] = []

    def push(self, prosody: Prosody) -> Iterator[Stretch]:
        """Hear a stretch of prosody; gives the motion of its frames, in blocks where it is long."""
        return self._animate(self.planner.push(prosody), prosody)

    def finish(self, prosody: Prosody) -> Iterator[Stretch]:
        """Hear the last stretch; gives the motion of its frames and closes the plan."""
        parts = [self.planner.push(prosody), self.planner.finish()]
        return self._animate(Plan.concatenate(parts), prosody)

    def targets(self, prosody: Prosody) -> Iterator[Targets]:
        """As `push`, up to what the body is asked to do: for who lets `animator` do it only where it shows."""
        for _, targets in self._asked(self.planner.push(prosody), prosody):
            yield targets

    def _animate(self, plan: Plan, prosody: Prosody) -> Iterator[Stretch]:
        for news, targets in self._asked(plan, prosody):
            yield Stretch(news, self.animator.push(targets))

    def _asked(self, plan: Plan, prosody: Prosody) -> Iterator[tuple[Plan, Targets]]:
        # A stretch may bring decisions before it brings frames; they wait for the next frames.
        self.waiting.append(plan)
        for start in range(0, prosody.frame_count, FRAMES_PER_BLOCK):
            news, stop = Plan.concatenate(self.waiting), start + FRAMES_PER_BLOCK
            later = news.without_moves()
            if stop < prosody.frame_count:
                # A whole file's moves would all be looked at again for each of its blocks.
                news, later = news.split((prosody.start_frame + stop) / MOTION_FPS)
            self.waiting = [later]
            yield news, self.tracker.push(news, prosody.frames(start, stop))
