"""MMGT's files in the layout of the release become a model that films; what is not of it is refused by name."""

import shutil
from pathlib import Path

import pytest
import torch

from gesta.bundles.film_folder import load_film_bundle
from gesta.bundles.mmgt_official import AUTOENCODER, STAGE_1_NAME, STAGE_1_TABLE, import_mmgt
from gesta.errors import InputError
from gesta.mmgt.smga_official import official_smga_state
from gesta.mmgt.video_official import released_name
from tests.bundles.made_mmgt_release import SMALL, keypoint_tensors, video_tensors, write_mmgt_release
from tests.hub import unplug


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mmgt_release(tmp_path_factory.mktemp("mmgt") / "pretrained_weights")


@pytest.fixture
def source(release: Path, tmp_path: Path) -> Path:
    """A release of one's own, to be spoilt."""
    return Path(shutil.copytree(release, tmp_path / "release"))


def stage_1(source: Path) -> Path:
    return source / "MMGT_pretrained" / "stage_1" / STAGE_1_NAME


def stage_2(source: Path) -> Path:
    return source / "MMGT_pretrained" / "stage_2" / "process_2" / "net-32500.pth"


def test_a_release_becomes_a_bundle_with_the_same_numbers(release: Path, tmp_path: Path) -> None:
    import_mmgt(release, tmp_path / "model", SMALL)
    bundle = load_film_bundle(tmp_path / "model")
    assert bundle.config.kinds == ("keypoints", "video")
    assert bundle.smga is not None and bundle.video is not None
    expected = official_smga_state(keypoint_tensors(), SMALL.keypoints)
    assert all(torch.equal(value, expected[name]) for name, value in bundle.smga.state_dict().items())
    released = video_tensors()
    for name, value in bundle.video.network.state_dict().items():
        assert torch.equal(value, released[released_name(name)])
    assert bundle.config.video is not None and bundle.config.video.sampling.joining == "as_published"
    assert bundle.config.keypoints is not None and bundle.config.keypoints.features.kind == "wavlm_handmade"
    assert set(bundle.config.provenance["made_from"]) == {STAGE_1_NAME, "net-32500.pth"}
    assert "none granted by MMGT's authors" in (tmp_path / "model" / "card.md").read_text()


@pytest.mark.parametrize(("lacking", "kinds"), [(stage_1, ("video",)), (stage_2, ("keypoints",))])
def test_one_stage_is_enough(source: Path, tmp_path: Path, lacking, kinds: tuple[str, ...]) -> None:
    lacking(source).unlink()
    assert import_mmgt(source, tmp_path / "model", SMALL).kinds == kinds
    load_film_bundle(tmp_path / "model")


def test_of_several_stage_2_files_the_latest_is_taken(source: Path, tmp_path: Path) -> None:
    shutil.copy(stage_2(source), stage_2(source).with_name("net-9000.pth"))
    config = import_mmgt(source, tmp_path / "model", SMALL)
    assert "net-32500.pth" in config.provenance["made_from"]


class Normalizer:
    """What MMGT's training pickles beside its tensors."""


def test_a_pickled_object_is_named_with_the_way_out(source: Path, tmp_path: Path) -> None:
    held = torch.load(stage_1(source), weights_only=True)
    torch.save(held | {"normalizer": Normalizer()}, stage_1(source))
    with pytest.raises(InputError, match="would run code") as refusal:
        import_mmgt(source, tmp_path / "model", SMALL)
    sentence = str(refusal.value)
    assert "test_mmgt_official.Normalizer" in sentence and "'normalizer'" in sentence
    assert "weights_only=False" in sentence and "audio2pose_best_model.stripped.pt" in sentence
    assert not (tmp_path / "model").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"stranger.weight": (3,)}, "holds stranger.weight"),
        ({"final_layer.bias": None}, "lacks final_layer.bias"),
        ({"final_layer.bias": (3,)}, "another shape"),
    ],
)
def test_another_keypoint_network_is_refused_by_name(source: Path, tmp_path: Path, change: dict, said: str) -> None:
    table = keypoint_tensors()
    for name, shape in change.items():
        table.pop(name, None)
        if shape is not None:
            table[name] = torch.zeros(shape)
    torch.save({STAGE_1_TABLE: table}, stage_1(source))
    with pytest.raises(InputError, match=said):
        import_mmgt(source, tmp_path / "model", SMALL)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"denoising_unet.stranger.weight": (3,)}, "denoising_unet.stranger.weight"),
        ({"audioproj.norm.bias": None}, "audioproj.norm.bias"),
        ({"pose_guider.conv_in.bias": (3,)}, "pose_guider.conv_in.bias"),
    ],
)
def test_another_video_network_is_refused_by_name(source: Path, tmp_path: Path, change: dict, said: str) -> None:
    tensors = video_tensors()
    for name, shape in change.items():
        tensors.pop(name, None)
        if shape is not None:
            tensors[name] = torch.zeros(shape)
    torch.save(tensors, stage_2(source))
    with pytest.raises(InputError, match=said):
        import_mmgt(source, tmp_path / "model", SMALL)


def test_a_file_of_something_else_is_refused(source: Path, tmp_path: Path) -> None:
    torch.save({"model_state_dict": {}}, stage_1(source))
    with pytest.raises(InputError, match="no table ema_state_dict"):
        import_mmgt(source, tmp_path / "model", SMALL)
    stage_1(source).write_bytes(b"no torch file at all")
    with pytest.raises(InputError, match=STAGE_1_NAME):
        import_mmgt(source, tmp_path / "model", SMALL)


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds neither"):
        import_mmgt(tmp_path, tmp_path / "model")
    with pytest.raises(InputError, match="not a folder"):
        import_mmgt(tmp_path / "nowhere", tmp_path / "model")


def test_without_the_hub_a_missing_public_part_is_named(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unplug(monkeypatch)
    shutil.rmtree(source / AUTOENCODER)
    with pytest.raises(InputError, match="put the folder sd-vae-ft-mse into"):
        import_mmgt(source, tmp_path / "model", SMALL)
