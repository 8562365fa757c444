"""What a bundle says of itself: its networks' settings, its speakers, where it comes from, the hashes of its files."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from gesta.audio.encoders.config import EncoderConfig
from gesta.echomask.config import Decoding, GeneratorConfig
from gesta.settings import Settings
from gesta.tokenizer.config import TokenizerConfig

CONFIG_FILE, CARD_FILE = "config.json", "card.md"
GENERATOR_FILE, TOKENIZERS_FILE = "generator.safetensors", "tokenizer.safetensors"
PROJECTION_FILE = "projection.safetensors"
BUNDLE_FILES = (CONFIG_FILE, GENERATOR_FILE, TOKENIZERS_FILE, CARD_FILE, PROJECTION_FILE)
FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
"""A plain name: nothing in it leads out of the folder."""
Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class FolderConfig(Settings):
    """What config.json says of every model, whatever it makes."""

    format_version: Literal[1] = Field(1, description="of this file")
    name: str = Field(min_length=1, max_length=100, description="of the model")
    licence: str = Field(min_length=1, description="what may be done with the model")
    provenance: dict[str, Any] = Field(default_factory=dict, description="what made it")
    files: dict[FileName, Sha256] = Field(default_factory=dict, description="SHA-256 of every other file, by name")


class BundleConfig(FolderConfig):
    """The content of config.json of a model that makes motion."""

    kinds: tuple[Literal["motion"], ...] = Field(("motion",), min_length=1, description="what the model can make")
    face_basis: Literal["arkit52", "flame100"] = Field("arkit52", description="what the face is made of")
    encoder: EncoderConfig = Field(EncoderConfig(), description="how the model hears")
    tokenizer: TokenizerConfig = Field(description="the tokenizers")
    generator: GeneratorConfig = Field(description="the generator")
    decoding: Decoding = Field(Decoding(), description="how tokens are chosen, if nobody says otherwise")
    mouth: Literal["own", "learned"] = Field(
        "own",
        description="own: as the model speaks it; learned: read from the sound by the mouth that gesta comes with",
    )
    speakers: tuple[str, ...] = Field(description="names of the speakers or styles, in the order of their indices")
    follows: tuple[str, ...] = Field(
        (), description="numbers of a style that may be asked for one by one, as it was seen to follow them; none: all"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if len(self.speakers) != self.generator.speakers:
            raise ValueError(
                f"{len(self.speakers)} speakers have names, but the generator has {self.generator.speakers}"
            )
        if untold := set(self.follows) - set(self.generator.traits):
            raise ValueError(f"the generator was never told {', '.join(sorted(untold))}")
        if len(set(self.speakers)) != len(self.speakers):
            raise ValueError("two speakers have the same name")
        if self.generator.sizes.latent != self.tokenizer.width:
            raise ValueError("the generator's latents are not as wide as the tokenizers' codes")
        if self.encoder.projection_file not in (None, Path(PROJECTION_FILE)):
            raise ValueError(f"a bundle's projection is called {PROJECTION_FILE}")
        return self
