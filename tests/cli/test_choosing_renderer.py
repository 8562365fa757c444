"""Which way a film is drawn: as the user says, else what the model and the machine are good for."""

from dataclasses import dataclass

import pytest

from gesta.bundles.shipped import SMGA_SMALL
from gesta.cli.choosing_renderer import AUTO, chosen_for
from gesta.errors import InputError
from gesta.film.renderers import DIFFUSION, PUPPET, SMGA


@dataclass
class Named:
    """As much of a model as matters here."""

    name: str
    renderers: tuple[str, ...]
    full_size: bool = True


MODELS = {
    "default": Named("default", (PUPPET,)),
    "draws": Named("draws", (DIFFUSION,)),
    "draws small": Named("draws small", (DIFFUSION,), full_size=False),
    "both": Named("both", (PUPPET, DIFFUSION)),
    "points": Named("points", (PUPPET,)),
    "whole": Named("whole", (DIFFUSION, PUPPET)),
    SMGA_SMALL: Named(SMGA_SMALL, (PUPPET,)),
}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str = "default", device: str = "auto") -> Named:
        assert device in ("auto", "cpu")
        return MODELS[name]

    monkeypatch.setattr("gesta.api.load", load)


def gpu(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: there)


@pytest.mark.parametrize("there", [True, False])
def test_without_a_model_it_is_a_puppet(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    gpu(monkeypatch, there)
    chosen = chosen_for([], AUTO, "auto")
    assert (chosen.renderer, chosen.model.name, chosen.why) == (PUPPET, "default", "")


def test_a_network_draws_where_a_gpu_is(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu(monkeypatch, True)
    assert chosen_for(["draws"], AUTO, "auto").renderer == DIFFUSION
    on_cpu = chosen_for(["draws"], AUTO, "cpu")
    assert (on_cpu.renderer, on_cpu.model.name) == (PUPPET, "default")
    assert "no CUDA GPU is used" in on_cpu.why and "'draws'" in on_cpu.why
    small = chosen_for(["draws small"], AUTO, "auto")
    assert small.renderer == PUPPET and "it is a small one" in small.why


def test_who_asks_for_a_network_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu(monkeypatch, False)
    assert chosen_for(["draws small"], DIFFUSION, "auto").model.name == "draws small"
    assert chosen_for(["both"], DIFFUSION, "auto").renderer == DIFFUSION
    assert chosen_for(["both"], AUTO, "auto").renderer == PUPPET


def test_points_that_are_to_move_a_puppet_come_from_who_makes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu(monkeypatch, False)
    monkeypatch.setattr("gesta.cli.choosing_renderer.ships", lambda _: True)
    assert chosen_for([], AUTO, "auto", SMGA).model.name == SMGA_SMALL
    assert chosen_for(["points"], AUTO, "auto", SMGA).model.name == "points"
    chosen = chosen_for(["whole"], AUTO, "auto", SMGA)
    assert (chosen.renderer, chosen.model.name) == (PUPPET, "whole") and "keypoints of 'whole' move" in chosen.why
    assert chosen_for(["whole"], AUTO, "auto").model.name == "default"
    assert chosen_for(["whole"], PUPPET, "auto", SMGA).model.name == "whole"
    gpu(monkeypatch, True)
    assert chosen_for(["whole"], AUTO, "auto", SMGA).renderer == DIFFUSION
    monkeypatch.setattr("gesta.cli.choosing_renderer.ships", lambda _: False)
    with pytest.raises(InputError, match="No model that makes keypoints comes with"):
        chosen_for([], AUTO, "auto", SMGA)


def test_what_cannot_be_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    gpu(monkeypatch, False)
    with pytest.raises(InputError, match="name one with --model"):
        chosen_for([], DIFFUSION, "auto")
    with pytest.raises(InputError, match="'draws' is for the renderer diffusion"):
        chosen_for(["draws"], PUPPET, "auto")
    with pytest.raises(InputError, match="'default' is for the renderer puppet"):
        chosen_for(["default"], DIFFUSION, "auto")
