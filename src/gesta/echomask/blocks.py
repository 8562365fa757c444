"""How a take is spoken piece by piece: which frames a window sees, which it speaks, how far ahead it hears.

A window of up to T frames has three stretches: frames spoken before, which it sees; frames that it speaks; frames after
them that are heard, but spoken by the next window. Files are spoken in large pieces, streams token by token: the same
network does both, since it was trained on beginnings and ends of any length.
"""

from dataclasses import dataclass

from gesta.echomask.config import Decoding, Sizes
from gesta.units import TOKEN_FRAMES


@dataclass(frozen=True)
class Block:
    """One piece of a take; frames are counted from the take's beginning, all but the last are tokens' first frames.

    Attributes:
        begin: the window's first frame.
        spoken: the first frame that it speaks; those before are visible.
        until: the frame after the last one that it speaks.
        stop: the frame after the window's last one.
        heard: the frame after the last one that it hears; up to `stop` that one is heard on.
    """

    begin: int
    spoken: int
    until: int
    stop: int
    heard: int


@dataclass(frozen=True)
class Pace:
    """How large the pieces of a take are.

    Attributes:
        window: T, the most frames in a window.
        past: frames that a large piece sees of those before it.
        ahead: frames that are heard after those that are spoken.
        step: frames that are spoken at once; None: as many as there is room for.
    """

    window: int
    past: int
    ahead: int
    step: int | None = None

    @classmethod
    def of_files(cls, sizes: Sizes, how: Decoding) -> "Pace":
        """Large pieces, as the settings say."""
        past = min(how.past or sizes.seed_frames, sizes.window - TOKEN_FRAMES)
        return cls(sizes.window, past, min(how.ahead, sizes.window - past - TOKEN_FRAMES))

    @classmethod
    def of_streams(cls, sizes: Sizes, how: Decoding, look_ahead: int) -> "Pace":
        """A token at a time, with a look-ahead in frames; no further ahead than half a window."""
        window = min(how.stream_window or sizes.window, sizes.window)
        return cls(window, window, min(look_ahead, window // 2), TOKEN_FRAMES)

    def next_block(self, spoken: int) -> Block:
        """What comes after `spoken` frames."""
        if self.step is None:
            begin = max(0, spoken - self.past)
            stop = begin + self.window
            return Block(begin, spoken, stop - self.ahead, stop, stop)
        until = spoken + self.step
        stop = until + -(-self.ahead // TOKEN_FRAMES) * TOKEN_FRAMES
        return Block(max(0, stop - self.window), spoken, until, stop, until + self.ahead)

    def last_block(self, spoken: int, frames: int) -> Block:
        """What comes after `spoken` frames of a take of `frames`: less may be heard, and more spoken."""
        block = self.next_block(spoken)
        tokens_end = -(-frames // TOKEN_FRAMES) * TOKEN_FRAMES
        until = block.until if self.step is not None or frames > block.stop else min(block.stop, tokens_end)
        return Block(block.begin, spoken, until, block.stop, min(block.heard, frames))
