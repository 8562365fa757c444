"""Which DWPose, and how it is used: as published, or corrected."""

from typing import Any, Literal

from pydantic import Field

from gesta.settings import Settings

HUB = "yzd-v/DWPose"
"""The makers' folder on the hub (Apache-2.0)."""
PINNED = {HUB: "1a7144101628d69ee7a3768d1ee3a094070dc388"}
"""The hub's commit (2023-08-22, the folder's last) that is meant where none is given."""

DWPOSE_PRESETS: dict[str, dict[str, Any]] = {
    "official": {"person": "first", "sides": "multiples_of_64", "channels": "as_published", "follow": False},
    "gesta": {},
}
"""The settings by name: as MMGT's released code has them, and corrected."""


class DWPoseConfig(Settings):
    """DWPose: a detector of persons and a network for the points of one."""

    model: str = Field(HUB, description="folder with the two ONNX files, or a name on the hub")
    revision: str | None = Field(
        None, pattern="^[0-9a-f]{40}$", description="the hub's commit, 40 hexadecimal digits; known for the usual name"
    )
    person: Literal["best", "largest", "first"] = Field(
        "best", description="who is meant among several: large and central, the largest, or (published) the surest"
    )
    sides: Literal["same_shape", "multiples_of_64"] = Field(
        "same_shape", description="how the picture is resized; multiples_of_64 (published) bends what is not square"
    )
    short_side: int = Field(512, ge=64, le=2160, description="pixels of the shorter side of the resized picture")
    channels: Literal["as_trained", "as_published"] = Field(
        "as_trained", description="the point network is given red first; as published it is given blue first"
    )
    least_score: float = Field(0.3, ge=0.0, le=1.0, description="persons the detector is less sure of are left out")
    follow: bool = Field(True, description="in films the person is followed; if not, each frame stands alone")
    look_again: int = Field(25, ge=1, description="frames after which the detector looks again for who is followed")

    @property
    def pinned_revision(self) -> str | None:
        """The hub's commit that is meant; none for a folder, or for a name that nothing is known of."""
        return self.revision or PINNED.get(self.model)


def dwpose_config(preset: str = "gesta", **changes: Any) -> DWPoseConfig:
    """The settings of a preset, "official" or "gesta", with changes.

    Raises:
        InputError: a setting is unknown or does not fit.
    """
    return DWPoseConfig.checked(DWPOSE_PRESETS[preset] | changes, f"the preset {preset}")
