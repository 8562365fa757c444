"""The colours a body can have: looks.toml, read into types. All colours are sRGB, "#rrggbb"."""

from functools import cache
from importlib import resources
from typing import Annotated

import numpy as np
from pydantic import Field

from gesta.avatar.colours import linear_from_srgb
from gesta.errors import InputError
from gesta.settings import Settings, read_table

PALETTE_FILE = "looks.toml"

Colour = Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")]
Swatches = dict[str, Colour]
"""Colours by the names that the body's pieces call them."""


class Look(Settings):
    """How the body is dressed, by the names that its file and looks.toml give."""

    outfit: str = Field(description="clothes and shoes")
    colours: str = Field("", description="colours of the outfit; the first it comes in if left out")
    hair: str = Field(description="how the hair is cut")
    brows: str = Field(description="form of the brows")
    skin: str = Field(description="tone of the skin")
    eyes: str = Field(description="colour of the eyes")
    hair_colour: str = Field(description="colour of hair, brows and lashes")


class Palette(Settings):
    """Colours by name, and the looks put together of them."""

    common: Swatches = Field({}, description="swatches that are the same in every look")
    gloss: dict[str, Annotated[float, Field(ge=0.0, le=1.0)]] = Field(
        {}, description="gloss of swatches, and of kinds of pieces for the swatches that are not named"
    )
    skins: dict[str, Swatches] = Field(description="tones of skin")
    eyes: dict[str, Swatches] = Field(description="colours of eyes")
    hair_colours: dict[str, Swatches] = Field(description="colours of hair, brows and lashes")
    outfits: dict[str, dict[str, Swatches]] = Field(description="of each outfit, the colours it comes in")
    looks: dict[str, Look] = Field(min_length=1, description="whole looks by name; the first is the default")

    def swatches(self, look: Look) -> dict[str, str]:
        """Every swatch that has a colour in a look; what is said nearer to the cloth goes before."""
        tables = (
            self.common, self.skins[look.skin], self.eyes[look.eyes], self.hair_colours[look.hair_colour],
            self.outfits[look.outfit][look.colours],
        )  # fmt: skip
        return {name: colour for table in tables for name, colour in table.items()}

    def linear(self, look: Look, names: tuple[str, ...]) -> np.ndarray:
        """Linear red, green and blue of swatches in a look: (K, 3) float32.

        Raises:
            InputError: a swatch has no colour.
        """
        known = self.swatches(look)
        if missing := [name for name in names if name not in known]:
            raise InputError(f"The look has no colour for '{missing[0]}'; name it in {PALETTE_FILE}.")
        return linear_from_srgb([list(bytes.fromhex(known[name][1:])) for name in names])

    def gloss_of(self, names: tuple[str, ...], kind: str) -> np.ndarray:
        """Gloss of the swatches of a piece of some kind: (K,) 0 to 1."""
        return np.array([self.gloss.get(name, self.gloss.get(kind, 0.0)) for name in names])


@cache
def palette() -> Palette:
    """The built-in colours and looks.

    Raises:
        InputError: looks.toml is missing from the package, or wrong.
    """
    with resources.as_file(resources.files("gesta.avatar").joinpath(PALETTE_FILE)) as path:
        return Palette.checked(read_table(path, "palette"), str(path))
