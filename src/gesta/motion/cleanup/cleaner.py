"""Clean-up of any motion, for files and for streams: one row of steps, each a few frames late.

Seams, then jitter, then limits, then feet, then hands: each mends what the ones before have left, and none of them
undoes those. Nothing needs the whole file: a file is a stream that comes in blocks, and both come out alike. How late a
stream is stands in `Cleaner.delay_frames`; settings leave steps out where that is too late.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from gesta.motion.cleanup import hands_out, jitter, limiting, seams
from gesta.motion.cleanup.faults import FaultCounter, Faults
from gesta.motion.cleanup.foot_lock import FootLock
from gesta.motion.cleanup.hands_out import HandsOut
from gesta.motion.cleanup.overlaps import ArmOverlaps
from gesta.motion.cleanup.settings import CleanupSettings
from gesta.motion.cleanup.windows import Windowed, joined
from gesta.motion.kinematics import FRAMES_PER_BLOCK
from gesta.records import Capsules, Motion


class Step(Protocol):
    """One step of clean-up."""

    @property
    def delay_frames(self) -> int:
        """How many frames come out later than they went in."""
        ...

    def push(self, motion: Motion) -> Motion | None:
        """Take a stretch; gives the frames that are ready, or None."""
        ...

    def finish(self) -> Motion | None:
        """The last frames, or None."""
        ...


@dataclass(frozen=True)
class CleanupReport:
    """What clean-up found and left.

    Attributes:
        before, after: what was and is wrong.
        steps: by name, whether each step was taken.
        delay_frames: how late a stream would be.
        small_steps: steps that feet were made to take, since they would have had to be held too far from their way.
    """

    before: Faults
    after: Faults
    steps: dict[str, bool]
    delay_frames: int
    small_steps: int

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values, with a row for each fault: what was before, what is after."""
        before, after = asdict(self.before), asdict(self.after)
        return {
            "faults": {name: {"before": before[name], "after": after[name]} for name in before},
            "steps": dict(self.steps),
            "delay_frames": self.delay_frames,
            "small_steps": self.small_steps,
        }


class Cleaner:
    """Cleans a motion stretch by stretch.

    Args:
        capsules: of the body; without them hands are left as they are.
        settings: which steps are taken; all if not given.
        counting: whether faults are counted for the report, which costs about as much as mending them.
    """

    def __init__(
        self, capsules: Capsules | None = None, settings: CleanupSettings | None = None, counting: bool = True
    ) -> None:
        self.settings, self.counting = settings or CleanupSettings(), counting
        self.overlaps = ArmOverlaps.known(capsules)
        self.before, self.after = FaultCounter(self.overlaps), FaultCounter(self.overlaps)
        self.steps: dict[str, Step] | None = None

    def push(self, motion: Motion) -> Motion | None:
        """Take a stretch; gives the frames that are ready, or None."""
        if self.steps is None:
            self.steps = self._steps_for(motion)
        if self.counting:
            self.before.push(motion)
        return self._counted(_through(list(self.steps.values()), motion))

    def finish(self) -> Motion | None:
        """The last frames, or None."""
        steps = list((self.steps or {}).values())
        rest: list[Motion] = []
        for number, step in enumerate(steps):
            last = step.finish()
            if last is not None and (out := _through(steps[number + 1 :], last)) is not None:
                rest.append(out)
        return self._counted(joined(rest) if rest else None)

    def cleaned(self, stretches: Iterable[Motion]) -> Iterator[Motion]:
        """A whole motion that comes in stretches, clean; as many frames come out as went in."""
        for motion in stretches:
            if (out := self.push(motion)) is not None:
                yield out
        if (out := self.finish()) is not None:
            yield out

    @property
    def delay_frames(self) -> int:
        """How many frames come out later than they went in, once a stretch has been seen."""
        return sum(step.delay_frames for step in (self.steps or {}).values())

    def report(self) -> CleanupReport:
        """What was found and what is left, of the frames so far."""
        steps = self.steps or {}
        feet = steps.get("feet")
        return CleanupReport(
            before=self.before.total(),
            after=self.after.total(),
            steps={name: name in steps for name in CleanupSettings.model_fields},
            delay_frames=self.delay_frames,
            small_steps=feet.steps if isinstance(feet, FootLock) else 0,
        )

    def _steps_for(self, motion: Motion) -> dict[str, Step]:
        """The steps that can be taken with this motion."""
        wanted = self.settings
        steps: dict[str, Step] = {}
        if wanted.seams:
            steps["seams"] = Windowed(seams.without_seams, seams.REACH)
        if wanted.jitter:
            steps["jitter"] = Windowed(jitter.without_jitter, jitter.REACH)
        if wanted.limits:
            steps["limits"] = Windowed(limiting.within_limits, limiting.REACH)
        if wanted.feet and motion.floor_known and {"lower", "translation"} <= motion.parts:
            steps["feet"] = FootLock()
        if wanted.hands and self.overlaps is not None and "upper" in motion.parts:
            steps["hands"] = Windowed(HandsOut(self.overlaps).change, hands_out.REACH)
        return steps

    def _counted(self, motion: Motion | None) -> Motion | None:
        if self.counting and motion is not None:
            self.after.push(motion)
        return motion


def clean(
    motion: Motion, capsules: Capsules | None = None, settings: CleanupSettings | None = None
) -> tuple[Motion, CleanupReport]:
    """Clean a whole motion.

    Args:
        motion: any motion; what it lacks is left alone.
        capsules: of the body; without them hands are left as they are.
        settings: which steps are taken; all if not given.

    Returns:
        The clean motion, and what was found and left.
    """
    cleaner = Cleaner(capsules, settings)
    blocks = (motion.frames(at, at + FRAMES_PER_BLOCK) for at in range(0, motion.frame_count, FRAMES_PER_BLOCK))
    arrays = {
        name: np.array(value)
        for name in ("rotations", "translation", "contacts")
        if (value := getattr(motion, name)) is not None
    }
    at = 0
    for stretch in cleaner.cleaned(blocks):
        for name, array in arrays.items():
            array[at : at + stretch.frame_count] = getattr(stretch, name)
        at += stretch.frame_count
    return motion.replaced(**arrays), cleaner.report()


def _through(steps: Sequence[Step], motion: Motion) -> Motion | None:
    """A stretch through some steps."""
    now: Motion | None = motion
    for step in steps:
        now = step.push(now) if now is not None else None
    return now
