"""What a learned mouth is: its sizes, what it hears and what it gives."""

from pydantic import Field

from gesta.audio.encoders.spectral import FINGERPRINT, HIGH_SIZE, LOW_SIZE
from gesta.records.speech import MOST_FRAMES_AHEAD
from gesta.settings import Settings


class MouthSizes(Settings):
    """The sizes of the network."""

    width: int = Field(64, ge=1, le=1024, description="channels inside")
    before: int = Field(8, ge=0, le=60, description="frames before each frame that it hears")
    ahead: int = Field(MOST_FRAMES_AHEAD, ge=0, le=30, description="frames after each frame that it hears at most")
    memory: int = Field(3, ge=1, le=30, description="frames up to each frame whose inner channels it looks at again")


class MouthConfig(Settings):
    """A trained mouth, whole: what stands in config.json."""

    encoder: str = Field(FINGERPRINT, description="who hears: the fingerprint of a speech encoder")
    low_size: int = Field(LOW_SIZE, ge=1, description="channels of that encoder's lower level")
    high_size: int = Field(HIGH_SIZE, ge=1, description="channels of its higher level")
    sizes: MouthSizes = MouthSizes()
    poses: tuple[str, ...] = Field(min_length=1, description="what it tells of the mouth's pose, by name")
    shapes: tuple[str, ...] = Field((), description="a rig's own mouth shapes that it tells besides, by name")
    logits: tuple[str, ...] = Field((), description="the poses that it gives as log odds")
    gains: dict[str, float] = Field({}, description="factors of poses, since squared errors hedge; 1 if not said")

    @property
    def inputs(self) -> int:
        """Channels that it hears in each frame."""
        return self.low_size + self.high_size

    @property
    def outputs(self) -> int:
        """Numbers that it gives for each frame: poses, then shapes."""
        return len(self.poses) + len(self.shapes)
