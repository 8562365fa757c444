"""The learned mouth on a whole recording's motion that another model has made."""

from collections.abc import Iterator

from gesta.live.mouth import LearnedMouth
from gesta.records import Motion, Prosody


def with_mouth(stretches: Iterator[Motion], prosody: Prosody, seed: int) -> Iterator[Motion]:
    """The same stretches with the learned mouth in place of theirs; faces in another basis than ARKit stay.

    Args:
        stretches: consecutive motion from a recording's first frame on.
        prosody: of the whole recording.
        seed: whose mouth it is.
    """
    mouth = LearnedMouth(seed)
    mouth.hear(prosody)
    for motion in stretches:
        yield mouth.into(motion)
