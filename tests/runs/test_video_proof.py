"""What measures the video proof measures right: regions, mouths, who is chosen, films that are not made again."""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from gesta.train.recipe import read_recipe

SIDE, FRAMES = 32, 6


@pytest.fixture(scope="module")
def proof() -> ModuleType:
    path = Path(__file__).parents[2] / "runs" / "video_proof.py"
    specification = importlib.util.spec_from_file_location("video_proof", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@dataclass
class MadePerson:
    """A person whose film and regions are known."""

    true: np.ndarray
    lips: np.ndarray
    frames: int = FRAMES

    @property
    def clip(self) -> SimpleNamespace:
        return SimpleNamespace(id="somebody")

    @property
    def points(self) -> None:
        return None

    def regions(self) -> dict[str, np.ndarray]:
        nowhere = np.zeros_like(self.lips)
        return {"hands": nowhere, "face": nowhere, "lips": self.lips}


@pytest.fixture
def person() -> MadePerson:
    """A grey picture with lips that open in two of six frames: a fifth of their pixels gets dark."""
    true = np.full((FRAMES, SIDE, SIDE, 3), 180, np.uint8)
    lips = np.zeros((FRAMES, SIDE, SIDE), bool)
    lips[:, 20:25, 10:20] = True
    true[2:4, 22, 10:20] = 40
    return MadePerson(true, lips)


def test_errors_are_those_of_the_region(proof: ModuleType, person: MadePerson) -> None:
    made = person.true.copy()
    made[person.lips] += 10
    assert proof.psnr_db(made, person.true, person.lips) == pytest.approx(10 * np.log10(255**2 / 100))
    share = person.lips.mean()
    assert proof.psnr_db(made, person.true) == pytest.approx(10 * np.log10(255**2 / (100 * share)))
    assert proof.psnr_db(made, person.true, ~person.lips) == proof.HIGHEST_DB
    assert proof.psnr_db(made, person.true, np.zeros_like(person.lips)) is None


def test_an_open_mouth_is_dark_and_one_that_follows_correlates(proof: ModuleType, person: MadePerson) -> None:
    dark = proof.darkness(person.true, person.lips)
    np.testing.assert_allclose(dark, [75, 75, 215, 215, 75, 75], atol=1e-6)
    found = proof.measured(person.true, person)
    assert found["mouth_r"] == pytest.approx(1.0) and found["mouth_error"] == 0.0
    shut = proof.measured(np.full_like(person.true, 180), person)
    assert shut["mouth_r"] == 0.0 and shut["mouth_error"] == pytest.approx(140 / 3)
    late = proof.measured(np.roll(person.true, 2, axis=0), person)
    assert late["mouth_r"] < 0.0
    assert "psnr_hands" not in shut and shut["psnr_lips"] < shut["psnr"]


def test_a_mouth_that_does_not_move_says_nothing(proof: ModuleType, person: MadePerson) -> None:
    still = MadePerson(np.full_like(person.true, 180), person.lips)
    assert "mouth_r" not in proof.measured(person.true, still)


def test_the_longest_clip_of_each_person_is_chosen(proof: ModuleType) -> None:
    lengths = {"a": (40, 90), "b": (33,), "c": (20,), "d": (50,), "e": (50,)}
    clips = [
        SimpleNamespace(id=f"{who}{frames}", speaker=who, frames=frames, speech=None)
        for who, all_frames in lengths.items()
        for frames in all_frames
    ]
    read = lambda _, frames: np.zeros((len(list(frames)), 2, 2, 3), np.uint8)  # noqa: E731
    films = SimpleNamespace(split=lambda _: clips, pictures=read, points=lambda *_: None)
    assert [person.clip.id for person in proof.chosen(films, 9, 32)] == ["a90", "b33", "d50", "e50"]
    assert [person.clip.id for person in proof.chosen(films, 2, 32)] == ["a90", "e50"]
    assert proof.chosen(films, 1, 32)[0].first == 29
    with pytest.raises(SystemExit, match="more than 100 pictures"):
        proof.chosen(films, 2, 100)


def test_films_that_are_there_are_not_made_again(proof: ModuleType, person: MadePerson, tmp_path: Path) -> None:
    def make():
        return lambda person, _: person.true

    (first,) = proof.filmed(tmp_path / "films", [person], make)
    (again,) = proof.filmed(tmp_path / "films", [person], lambda: pytest.fail("made again"))
    assert np.array_equal(first, person.true) and np.array_equal(again, person.true)


def test_strips_show_all_rows(proof: ModuleType, person: MadePerson, tmp_path: Path) -> None:
    person.picture = person.true[0]  # type: ignore[attr-defined]
    proof.draw_strips([person], {"true film": [person.true], "full": [person.true]}, tmp_path / "strips")
    from PIL import Image

    with Image.open(tmp_path / "strips" / "somebody.png") as drawn:
        assert drawn.size == (proof.SHOWN * proof.TILE_PX, 3 * proof.TILE_PX)


def test_a_table_has_means_and_deviations_of_seeds(proof: ModuleType) -> None:
    text = proof.table({"true film": [{"psnr": 100.0}], "full": [{"psnr": 20.0, "ssim": 0.5}, {"psnr": 22.0}]})
    header, rule, true, full = text.splitlines()
    assert header.count("|") == rule.count("|") == full.count("|")
    assert "| 100.00 |" in true and "| 21.00 ± 1.41 |" in full and "| 0.500 |" in full


def test_the_recipes_networks_are_small_and_its_variants_are_read() -> None:
    import torch

    from gesta.mmgt.convolutional_autoencoder import ConvolutionalAutoencoder
    from gesta.mmgt.video_network import VideoNetwork

    path = Path(__file__).parents[2] / "recipes" / "video_proof.toml"
    script = (path.parents[1] / "runs" / "video_proof.sh").read_text(encoding="utf-8")
    changes = re.findall(r"\]=\"?(video\.[\w.]+=[\w\[\]-]+)", script)
    assert len(changes) == 4
    configs = [read_recipe(path, (change,)).video for change in changes]
    assert configs[0] == read_recipe(path).video
    assert len({config.model_dump_json() for config in configs}) == 4
    with torch.device("meta"):
        networks = VideoNetwork(configs[0]), ConvolutionalAutoencoder(read_recipe(path).autoencoder.sizes)
    counts = [sum(weight.numel() for weight in network.parameters()) for network in networks]
    assert counts[0] < 8e6 and counts[1] < 1e6
