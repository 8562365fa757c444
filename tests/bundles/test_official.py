"""Files in the layout of the release become a model; what is not of the release is refused by name."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from gesta.bundles.folder import load_bundle
from gesta.bundles.official import import_echomask
from gesta.errors import InputError
from gesta.models.echomask import EchoMaskModel
from gesta.motion.npz_read import read_npz
from tests.audio.tiny_networks import save_tiny
from tests.bundles.made_release import DEAD, generator_shapes, write_release, zeros
from tests.cli.running import demo_speech, gesta_run
from tests.golden_rule import filled


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release whose generator holds nothing but zeros, which a file stores once."""
    folder = tmp_path_factory.mktemp("release")
    return write_release(folder, zeros(generator_shapes()))


def with_generator(folder: Path, tensors: dict[str, Tensor]) -> None:
    torch.save(tensors, folder / "best.bin")


@pytest.mark.slow
def test_a_whole_release_becomes_a_model_that_speaks(tmp_path: Path) -> None:
    shapes = generator_shapes()
    weights = {f"module.{name}": filled(name, shape) for name, shape in shapes.items()}
    source = write_release(tmp_path / "release", weights | {name: torch.zeros(shape) for name, shape in DEAD.items()})
    outcome = gesta_run("import-weights", "echomask", source, "-o", tmp_path / "model")
    assert outcome.status == 0, outcome.stderr
    assert "none granted by the authors" in outcome.stderr
    assert "signs" in outcome.stderr
    bundle = load_bundle(tmp_path / "model")
    assert torch.equal(bundle.model.generator.hidden, weights["module.mask_embeddings"].flatten())
    assert [bundle.config.speakers[place] for place in (0, 1, 7, 13, 18, 24)] == ["1", "2", "30", "28", "27", "25"]
    assert len(set(bundle.config.speakers)) == 25
    model = EchoMaskModel("imported", bundle)
    assert [model.checked_style(f"speaker={who}") for who in ("2", "30", "8")] == [1, 7, 7]
    assert "none granted by the authors" in (tmp_path / "model" / "card.md").read_text()
    save_tiny(tmp_path / "model" / "hubert", hidden_size=1024, num_hidden_layers=12)
    speech = demo_speech(tmp_path / "speech.wav", 3.0)
    outcome = gesta_run(
        "speak", speech, "--model", tmp_path / "model", "--style", "speaker=2", "-o", tmp_path, "--size", "128x128"
    )
    assert outcome.status == 0, outcome.stderr
    take = tmp_path / "speech"
    motion = read_npz(take / "motion.npz")
    assert motion.frame_count == 90
    assert motion.face_basis == "flame100"
    assert np.ptp(motion.face, axis=0).min() > 0
    with np.load(take / "motion.npz") as saved:
        assert saved["expressions"].shape == (90, 100)
    report = json.loads((take / "report.json").read_text())
    assert report["provenance"]["speaker"] == "2"
    assert report["provenance"]["decoding"]["method"] == "single"


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rvq_face"):
        import_echomask(tmp_path, tmp_path / "model")
    with pytest.raises(InputError, match="not a folder"):
        import_echomask(tmp_path / "nowhere", tmp_path / "model")
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stranger.weight": (3,)}, "holds stranger.weight"),
        ({"feature2face.bias": None}, "lacks feature2face.bias"),
        ({"feature2face.bias": (3,)}, "another shape"),
        ({"upper_classifier.mlp.0.bias": (3,)}, "another shape"),
    ],
    ids=["unknown", "missing", "another shape", "another shape among several"],
)
def test_another_generator_is_refused_by_name(
    released: Path, tmp_path: Path, change: dict[str, tuple[int, ...] | None], said: str
) -> None:
    shapes = {name: shape for name, shape in {**generator_shapes(), **change}.items() if shape is not None}
    with_generator(released, zeros(shapes))
    with pytest.raises(InputError, match=said):
        import_echomask(released, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_two_generators_or_none(released: Path, tmp_path: Path) -> None:
    with_generator(released, zeros({"something": (1,)}))
    with pytest.raises(InputError, match="no generator"):
        import_echomask(released, tmp_path / "model")
    with_generator(released, zeros({"mask_embeddings": (1,)}))
    torch.save(zeros({"mask_embeddings": (1,)}), released / "worst.pth")
    with pytest.raises(InputError, match="two generators"):
        import_echomask(released, tmp_path / "model")
    (released / "worst.pth").unlink()


def test_other_kinds_of_weights(tmp_path: Path) -> None:
    assert "holds neither" in gesta_run("import-weights", "mmgt", tmp_path, "-o", tmp_path / "x").stderr
    assert "did you mean echomask" in gesta_run("import-weights", "ecomask", tmp_path, "-o", tmp_path / "x").stderr
