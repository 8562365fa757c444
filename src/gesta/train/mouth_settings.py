"""The settings of the stage `mouth`; here and not in its file so that recipes are read without torch."""

from pydantic import Field

from gesta.mouth.config import MouthSizes
from gesta.settings import Settings


class MouthStageSettings(Settings):
    """How the mouth is trained, besides the steps."""

    sizes: MouthSizes = MouthSizes()
    window: int = Field(96, ge=32, description="frames of a window")
    stride: int = Field(48, ge=1, description="frames between the beginnings of windows")
    captured_repeats: int = Field(6, ge=1, description="how often windows of captured faces come for one of others")
    dropout: float = Field(0.2, ge=0.0, lt=1.0, description="share of inner channels left out")
    tilt: float = Field(0.35, ge=0.0, description="spread of a window's own colouring of the spectrum, in features")
    noise: float = Field(0.2, ge=0.0, description="spread of the noise on what is heard, in features")
    weights: dict[str, float] = Field({}, description="of the losses, see gesta.mouth.objective.LossWeights")
