"""Which steps of clean-up are taken."""

from pydantic import Field

from gesta.settings import Settings


class CleanupSettings(Settings):
    """Which steps are taken; those that look ahead make a stream later."""

    seams: bool = Field(True, description="whether sudden jumps between frames are spread over the frames around them")
    jitter: bool = Field(True, description="whether trembling from frame to frame is calmed")
    limits: bool = Field(True, description="whether joints are kept within what people's joints can do")
    feet: bool = Field(True, description="whether standing feet are held and the body's drift over them is taken back")
    hands: bool = Field(True, description="whether hands are moved out of the body, and together where they rest so")


HANDS_ONLY = CleanupSettings(seams=False, jitter=False, limits=False, feet=False)
"""What the procedural speaker needs: its feet, joints and paths are right as they are made, but it does not look where
its two hands meet."""
