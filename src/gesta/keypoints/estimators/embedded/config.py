"""How the embedded pose estimator is used."""

from typing import Literal

from pydantic import Field

from gesta.settings import Settings


class EmbeddedConfig(Settings):
    """Which person, and how a film is followed."""

    person: Literal["best", "largest", "first"] = Field(
        "best", description="who is meant among several: large and central, the largest, or the surest"
    )
    least_presence: float = Field(0.5, ge=0.0, le=1.0, description="bodies and faces that are less sure are not there")
    look_again: int = Field(25, ge=1, description="frames after which the whole picture is searched again")
