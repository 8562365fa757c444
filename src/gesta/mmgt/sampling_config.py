"""How films are made with a trained video network: steps, guidance, windows, segments, and what the machine may do.

None of it is part of the network: the same one may be sampled quickly or well. `official` is what the released code
does (spec, section 3.4); `gesta` is ours; `quick` is ours in a third of the time.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from gesta.errors import unknown_name
from gesta.mmgt.windows import Joining
from gesta.settings import Settings


class SamplingConfig(Settings):
    """The settings of sampling. The defaults are those of `gesta`."""

    scheduler: Literal["ddim", "dpm++", "unipc", "lcm"] = Field("dpm++", description="which steps are taken")
    steps: int = Field(20, ge=1, le=1000, description="how many steps lead from noise to a film")
    spacing: Literal["finer_at_end", "trailing"] = Field(
        "finer_at_end", description="dpm++ and unipc can take finer steps where details are made; others always trail"
    )
    guidance: float = Field(3.5, ge=0.0, le=100.0, description="how much speech and picture count; 1: no guidance")
    window: int = Field(12, ge=1, le=1024, description="frames that the network sees at once")
    overlap: int = Field(4, ge=0, le=1023, description="frames that two windows share")
    joining: Joining = Field("cross_fade", description="how windows' answers become one; published: a ring of means")
    windows_at_once: int = Field(1, ge=1, le=1024, description="windows in one call; more need more memory")
    segment: int = Field(120, ge=1, le=100_000, description="frames that are denoised to the end together")
    carried: int = Field(12, ge=0, le=99_999, description="of them, frames of the segment before")
    faded: int = Field(6, ge=0, le=99_999, description="of those, the last, which are made again and faded into")
    slice: int = Field(4, ge=1, le=1024, description="pictures that are encoded, decoded or drawn at once")
    precision: Literal["float32", "bfloat16"] = Field("float32", description="numbers that the networks compute with")
    offload: bool = Field(False, description="keep networks in main memory but for the one in use")
    compile: bool = Field(False, description="let torch.compile make the denoiser quicker; the first call takes long")

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.overlap >= self.window:
            raise ValueError("overlap must be less than window")
        if self.carried >= self.segment:
            raise ValueError("carried must be less than segment")
        if self.faded > self.carried:
            raise ValueError("faded cannot be more than carried")
        return self


SAMPLING_PRESETS: dict[str, dict[str, object]] = {
    "official": {"scheduler": "ddim", "steps": 30, "spacing": "trailing", "joining": "as_published"},
    "gesta": {},
    "quick": {"scheduler": "unipc", "steps": 8},
}
"""Presets by name: what differs from the fields' defaults. What the released code does for 80 frames, `official` does
for each segment, since it knows no longer films."""


def sampling_config(preset: str = "gesta", **changes: object) -> SamplingConfig:
    """A preset with some fields replaced; InputError for an unknown preset or field."""
    if preset not in SAMPLING_PRESETS:
        raise unknown_name("sampling preset", preset, SAMPLING_PRESETS)
    return SamplingConfig.checked({**SAMPLING_PRESETS[preset], **changes}, f"the sampling preset '{preset}'")
