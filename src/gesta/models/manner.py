"""Who a trained model is to be: a speaker's name, or a style's numbers where the model was told them in training."""

import torch

from gesta.bundles.config import BundleConfig
from gesta.bundles.folder import Bundle
from gesta.echomask.who import Who
from gesta.errors import InputError, unknown_name
from gesta.models.common import USUAL_STYLE
from gesta.procedural.style import OLD_NAMES, PRESETS, Style, style_from

SPEAKER = "speaker"


def manner_from(config: BundleConfig, style: str, energy: float | None) -> int | Style:
    """What a user asked for: the index of a speaker, or a style where the model knows styles' numbers.

    Args:
        config: of the model.
        style: a speaker's name, "speaker=NAME" or "speaker=N" (N from 1); or as for the procedural speaker.
        energy: replaces the style's own.

    Raises:
        InputError: no such speaker or style, or a number that the model does not follow.
    """
    if not config.generator.traits:
        if energy is not None:
            raise InputError(f"The model '{config.name}' has no energy that could be set; leave --energy away.")
        return _speaker(config, style)
    if style.partition("=")[0].strip() == SPEAKER:
        style = config.speakers[_speaker(config, style)]
    followed = config.follows or config.generator.traits
    for word in style.split(",") if not style.lower().endswith(".toml") else ():
        name = word.partition("=")[0].strip()
        known = OLD_NAMES.get(name, name)
        if "=" in word and known in Style.model_fields and known not in followed:
            raise InputError(
                f"'{config.name}' does not follow the '{name}' of a style, only {', '.join(followed)}; leave it "
                f"away or name --model procedural, which follows all."
            )
    return style_from(style, energy)


def _speaker(config: BundleConfig, style: str) -> int:
    names = config.speakers
    name, equals, number = style.partition("=")
    if equals and name.strip() == SPEAKER:
        if number.strip() in names:
            return names.index(number.strip())
        if not number.strip().isdigit() or not 1 <= int(number) <= len(names):
            raise InputError(f"'{style}' is no speaker of '{config.name}': give speaker=1 to speaker={len(names)}.")
        return int(number) - 1
    if style in names:
        return names.index(style)
    if style == USUAL_STYLE:
        return 0
    raise unknown_name(f"style of '{config.name}'", style, [*names, f"{SPEAKER}=N"])


def who_of(bundle: Bundle, manner: int | Style) -> Who:
    """What the generator is told: of a style its numbers, and the speaker whose own numbers are nearest to them."""
    generator = bundle.model.generator
    if isinstance(manner, int):
        traits = generator.config.traits
        told = _numbers(style_from(bundle.config.speakers[manner]), traits)[None] if traits else None
        return Who(torch.tensor([manner], device=bundle.model.device), told)
    assert generator.manner is not None
    numbers = _numbers(manner, generator.config.traits)
    known = [(number, name) for number, name in enumerate(bundle.config.speakers) if name in PRESETS]
    others = torch.stack([_numbers(style_from(name), generator.config.traits) for _, name in known])
    apart = ((others - numbers) / generator.manner.scale.cpu()).square().sum(dim=1)
    nearest = known[int(apart.argmin())][0]
    device = bundle.model.device
    return Who(torch.tensor([nearest], device=device), numbers[None].to(device))


def _numbers(style: Style, names: tuple[str, ...]) -> torch.Tensor:
    """(S,) the numbers of a style."""
    return torch.tensor([float(getattr(style, name)) for name in names])
