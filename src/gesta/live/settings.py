"""What a stream is opened with."""

import math
from typing import Any

from pydantic import Field

from gesta.records.speech import LEAST_LOOK_AHEAD_S
from gesta.settings import Settings
from gesta.units import MOTION_FPS, SAMPLE_RATE, TOKEN_FRAMES

USUAL_LOOK_AHEAD_S = 0.4
"""How far a stream hears ahead if nobody says otherwise."""


class StreamSettings(Settings):
    """What a stream is opened with, beside the model and its style."""

    look_ahead_s: float = Field(
        USUAL_LOOK_AHEAD_S, ge=LEAST_LOOK_AHEAD_S, description="sound heard beyond a frame that is given out, s"
    )
    seed: int = Field(0, ge=0, description="the same seed gives the same motion")
    sample_rate: int = Field(SAMPLE_RATE, ge=8_000, le=192_000, description="of the samples that come, Hz")
    listening: bool = Field(True, description="whether who has been silent for long listens: nods, keeps looking")
    block_frames: int = Field(TOKEN_FRAMES, ge=1, le=30, description="motion frames that become final together")

    @property
    def latency_s(self) -> float:
        """How old the sound of a frame is, at most, when the frame comes out, without the time that computing takes."""
        return self.look_ahead_s + self.block_frames / MOTION_FPS

    def told(self) -> dict[str, Any]:
        """Both parts of the latency, for reports; a look-ahead without end is "full"."""
        endless = math.isinf(self.look_ahead_s)
        return {
            "look_ahead_s": "full" if endless else self.look_ahead_s,
            "block_s": round(self.block_frames / MOTION_FPS, 4),
            "latency_s": "full" if endless else round(self.latency_s, 4),
        }
