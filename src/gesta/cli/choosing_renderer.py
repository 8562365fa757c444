"""Which way `gesta film` draws: what the user asks for, what the model can do, and what this machine has."""

from dataclasses import dataclass
from typing import Any

from gesta.bundles.shipped import SMGA_SMALL, ships
from gesta.errors import InputError
from gesta.film.renderers import DIFFUSION, PUPPET, SMGA

AUTO = "auto"
RENDERERS = (AUTO, PUPPET, DIFFUSION)


@dataclass(frozen=True)
class Chosen:
    """What draws the film.

    Attributes:
        renderer: PUPPET or DIFFUSION.
        model: of bodies for a puppet, of films for diffusion.
        why: a sentence, where the user might wonder; else nothing.
    """

    renderer: str
    model: Any
    why: str = ""


def chosen_for(models: list[str], renderer: str, device: str, motion: str | None = None) -> Chosen:
    """The way of drawing and the model for it.

    Args:
        models: as the user named them; none: the default.
        renderer: of RENDERERS.
        device: "auto", "cpu" or "cuda".
        motion: what is to move the person, as the user named it; none: what the model makes.

    Raises:
        InputError: they do not go together.
    """
    # Imported here so that `gesta --help` answers at once.
    from gesta.api import load

    if renderer == DIFFUSION and not models:
        raise InputError("No model that draws by diffusion comes with this version of gesta: name one with --model.")
    if motion == SMGA and not models:
        if not ships(SMGA_SMALL):
            raise InputError("No model that makes keypoints comes with this version of gesta: name one with --model.")
        models = [SMGA_SMALL]
    model: Any = load(*models, device=device) if models else load()
    if renderer != AUTO:
        if renderer not in model.renderers:
            raise InputError(
                f"The model '{model.name}' is for the renderer {model.renderers[0]}; leave --renderer {renderer} or "
                "--model away."
            )
        return Chosen(renderer, model)
    if model.renderers[0] == PUPPET:
        return Chosen(PUPPET, model)
    lacking = _lacking(model, device)
    if not lacking:
        return Chosen(DIFFUSION, model)
    if motion == SMGA and PUPPET in model.renderers:
        return Chosen(PUPPET, model, f"Drawn as a puppet that keypoints of '{model.name}' move, since {lacking}.")
    why = (
        f"Drawn as a puppet and not by '{model.name}', since {lacking}; --renderer diffusion draws by it all the same."
    )
    return Chosen(PUPPET, load(), why)


def _lacking(model: Any, device: str) -> str:
    """What keeps a model of films from being worth its time here; nothing where it is."""
    from gesta.devices import torch_device

    if torch_device(device).type != "cuda":
        return "no CUDA GPU is used"
    return "" if model.full_size else "it is a small one"
