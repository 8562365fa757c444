"""Clean-up on the way from a model to its take: which steps, on which body, and idling in long silences."""

from collections.abc import Iterator

from gesta.avatar.capsules import body_capsules
from gesta.motion.cleanup.cleaner import Cleaner, CleanupReport
from gesta.motion.cleanup.settings import HANDS_ONLY as HANDS_ONLY
from gesta.motion.cleanup.settings import CleanupSettings
from gesta.motion.cleanup.silence import faded, idle_share
from gesta.motion.cleanup.windows import joined
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import style_from
from gesta.records import Motion, Prosody

EVERYTHING = CleanupSettings()
CLEANED_FRAMES = 600
"""Clean-up is given no more frames at once; the motion is the same however many they are."""
IDLE_STYLE, IDLE_ENERGY, IDLE_SEED = "calm", 0.0, 0
"""Who idles in a silence: always the same one, so that a trained model's seed matters only where it draws tokens."""


class CleanUp:
    """Cleans a take's stretches as they come.

    Args:
        clean: what the user said: all steps, none, or (None) the model's usual ones.
        usual: the model's usual steps, None for none.
    """

    def __init__(self, clean: bool | None, usual: CleanupSettings | None) -> None:
        steps = usual if clean is None else EVERYTHING if clean else None
        self.cleaner = None if steps is None else Cleaner(body_capsules(), steps)

    def of(self, stretches: Iterator[Motion]) -> Iterator[Motion]:
        """The stretches, clean."""
        return stretches if self.cleaner is None else self.cleaner.cleaned(_cut(stretches))

    @property
    def report(self) -> CleanupReport | None:
        """What was found and left; None if nothing was cleaned."""
        return None if self.cleaner is None else self.cleaner.report()


def idler(look_ahead_s: float, listening: bool = False) -> ProceduralSpeaker:
    """Who idles in a trained model's silences, and perhaps listens."""
    return ProceduralSpeaker(style_from(IDLE_STYLE, IDLE_ENERGY), IDLE_SEED, look_ahead_s, listening=listening)


def _cut(stretches: Iterator[Motion]) -> Iterator[Motion]:
    """The same in pieces of CLEANED_FRAMES at the most: clean-up looks at many things of each frame at once."""
    for motion in stretches:
        for start in range(0, motion.frame_count, CLEANED_FRAMES):
            yield motion.frames(start, min(start + CLEANED_FRAMES, motion.frame_count))


def idling_in_silence(stretches: Iterator[Motion], prosody: Prosody) -> Iterator[Motion]:
    """A model's stretches, gone over into the procedural speaker's idling where the speech is silent for long.

    Args:
        stretches: of the whole recording, in order.
        prosody: of the whole recording.
    """
    share = idle_share(prosody.activity)
    if not share.any():
        yield from stretches
        return
    idle = (stretch.motion for stretch in idler(prosody.look_ahead_s).finish(prosody))
    held: Motion | None = None
    at = 0
    for motion in stretches:
        frames = motion.frame_count
        while held is None or held.frame_count < frames:
            more = next(idle)
            held = more if held is None else joined([held, more])
        yield faded(motion, held.frames(0, frames), share[at : at + frames])
        held = held.frames(frames, held.frame_count) if held.frame_count > frames else None
        at += frames
