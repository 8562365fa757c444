"""A model goes into a folder and comes back the same; whatever was tampered with is refused by name."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

import gesta
from gesta.audio.encoders.projection import read_projection
from gesta.bundles.config import BundleConfig
from gesta.bundles.debug import debug_bundle
from gesta.bundles.folder import load_bundle, save_bundle
from gesta.cli.console import peak_memory_mb
from gesta.errors import InputError
from gesta.hashing import file_sha256
from gesta.train.tokenizer_folder import load_tokenizers, save_tokenizers
from tests.hub import hub_module, unplug


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = debug_bundle()
    save_bundle(tmp_path / "model", made.config, made.model, "# A card\n")
    return tmp_path / "model"


def edit(folder: Path, **changes: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def replace_tensors(folder: Path, **changes: torch.Tensor | None) -> None:
    """Change the generator's file, hash included."""
    path = folder / "generator.safetensors"
    tensors = {**load_file(path), **changes}
    save_file({name: value.clone() for name, value in tensors.items() if value is not None}, path)
    files = json.loads((folder / "config.json").read_text())["files"]
    edit(folder, files={**files, path.name: file_sha256(path)})


def test_what_was_saved_comes_back(folder: Path) -> None:
    made, read = debug_bundle(), load_bundle(folder)
    assert read.config == made.config.model_copy(update={"files": read.config.files})
    assert set(read.config.files) == {"generator.safetensors", "tokenizer.safetensors", "card.md"}
    assert not read.model.training
    assert read.folder == folder
    found, expected = read.model.state_dict(), made.model.state_dict()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    for name, buffer in made.model.motion_input.named_buffers():
        assert torch.equal(buffer, read.model.motion_input.get_buffer(name))
    assert all(value.requires_grad for value in read.model.parameters())


def test_matrices_may_be_written_with_half_the_bits(tmp_path: Path, folder: Path) -> None:
    made = debug_bundle()
    with torch.no_grad():
        made.model.generator.low.weight[0, 0] = 1e6
    save_bundle(tmp_path / "half", made.config, made.model, "card", half=True)
    for name in ("generator.safetensors", "tokenizer.safetensors"):
        whole, half = ((place / name).stat().st_size for place in (folder, tmp_path / "half"))
        assert half < 0.7 * whole
    found, expected = load_bundle(tmp_path / "half").model.state_dict(), made.model.state_dict()
    assert all(found[name].dtype == value.dtype for name, value in expected.items())
    for name, value in expected.items():
        exact = value.ndim < 2 or name == "generator.low.weight"
        assert torch.equal(found[name], value) if exact else torch.allclose(found[name], value, rtol=1e-3, atol=1e-7)


def test_its_tokenizers_are_a_file_that_other_generators_can_stand_on(folder: Path) -> None:
    """The file is the one that the tokenizers' own training writes, and the folder will do for one of tokenizers."""
    made = debug_bundle()
    save_tokenizers(folder.parent, made.model.tokenizers)
    own = (folder.parent / "tokenizer.safetensors").read_bytes()
    assert (folder / "tokenizer.safetensors").read_bytes() == own
    found, expected = load_tokenizers(folder), made.model.tokenizers
    assert found.config == expected.config
    assert found.representation.face_basis == expected.representation.face_basis
    assert all(torch.equal(value, found.state_dict()[name]) for name, value in expected.state_dict().items())


def test_a_projection_goes_along(tmp_path: Path) -> None:
    made, matrix = debug_bundle(), torch.eye(8)[:, :4].contiguous()
    save_bundle(tmp_path / "model", made.config, made.model, "card", matrix)
    place = load_bundle(tmp_path / "model").config.encoder.projection_file
    assert place == tmp_path / "model" / "projection.safetensors"
    assert torch.equal(read_projection(place, 8), matrix)


@pytest.mark.parametrize("name", ["generator.safetensors", "tokenizer.safetensors", "card.md"])
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name}' is not the one"):
        load_bundle(folder)


def test_a_missing_file_is_refused(folder: Path) -> None:
    (folder / "card.md").unlink()
    with pytest.raises(InputError, match=r"lacks its file card\.md"):
        load_bundle(folder)


def test_no_bundle_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no model"):
        load_bundle(tmp_path)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b", "..", ".hidden", ""])
def test_names_that_lead_elsewhere_are_refused(folder: Path, name: str) -> None:
    edit(folder, files={name: "0" * 64})
    with pytest.raises(InputError, match="files"):
        load_bundle(folder)


def test_links_that_lead_elsewhere_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "card.md").rename(tmp_path / "elsewhere.md")
    (folder / "card.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(InputError, match="leads out of"):
        load_bundle(folder)


def test_a_projection_elsewhere_is_refused(folder: Path) -> None:
    edit(folder, encoder={"projection_file": "../other.safetensors"})
    with pytest.raises(InputError, match=r"projection\.safetensors"):
        load_bundle(folder)


def test_a_model_without_a_hash_is_refused(folder: Path) -> None:
    edit(folder, files={})
    with pytest.raises(InputError, match=r"no hash for generator\.safetensors"):
        load_bundle(folder)


def test_unknown_settings_are_refused(folder: Path) -> None:
    edit(folder, licens="free")
    with pytest.raises(InputError, match="did you mean licence"):
        load_bundle(folder)


def hostile(folder: Path, table: str, **changes: object) -> None:
    """Change a table of the configuration, "generator.sizes" for example."""
    config = json.loads((folder / "config.json").read_text())
    place = config
    for name in table.split("."):
        place = place[name]
    place.update(changes)
    edit(folder, **config)


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("generator.sizes", {"width": 2**40}),
        ("generator.sizes", {"window": 10**9}),
        ("generator.sizes", {"seed_frames": 64}),
        ("generator.sizes", {"cross_layers": 10**9}),
        ("generator.sizes", {"residual_layers": 10**9}),
        ("generator.sizes", {"classifier": 10**12}),
        ("generator.sizes", {"heads": 7}),
        ("generator.sizes", {"latent": 10**6}),
        ("generator", {"speech_low": 10**12}),
        ("generator", {"speakers": 10**12}),
        ("generator.masking", {"parts": ["tail"]}),
        ("tokenizer", {"levels": 10**9}),
        ("tokenizer", {"codes": 10**12}),
        ("encoder", {"low_layer": 10**9}),
        ("decoding", {"steps": 10**9}),
    ],
)
def test_absurd_sizes_are_refused_by_name(folder: Path, table: str, changes: dict[str, object]) -> None:
    hostile(folder, table, **changes)
    with pytest.raises(InputError, match=table):
        load_bundle(folder)


def test_large_sizes_take_no_memory_before_the_file_is_known_to_hold_them(folder: Path) -> None:
    largest = {"width": 8192, "feed_forward": 32768, "cross_layers": 32, "cross_feed_forward": 32768}
    hostile(folder, "generator.sizes", **largest, residual_layers=16, latent=4096, classifier=32768)
    hostile(folder, "tokenizer", width=4096, codes=4096, levels=16)
    before = peak_memory_mb()
    with pytest.raises(InputError, match=r"lacks .*; it belongs to another network"):
        load_bundle(folder)
    assert peak_memory_mb() - before < 200.0


def test_another_format_is_refused(folder: Path) -> None:
    edit(folder, format_version=2)
    with pytest.raises(InputError, match="format_version"):
        load_bundle(folder)


def test_every_speaker_has_a_name_of_its_own() -> None:
    config = debug_bundle().config
    for names in (("one",), ("one", "one")):
        with pytest.raises(InputError, match=r"speakers|name"):
            BundleConfig.checked({**config.model_dump(), "speakers": names}, "a test")


def test_tensors_are_refused_by_name(folder: Path) -> None:
    replace_tensors(folder, hidden=None)
    with pytest.raises(InputError, match=r"lacks hidden"):
        load_bundle(folder)
    replace_tensors(folder, hidden=torch.zeros(3))
    with pytest.raises(InputError, match=r"another shape: hidden"):
        load_bundle(folder)


def test_unknown_tensors_are_refused_by_name(folder: Path) -> None:
    replace_tensors(folder, stranger=torch.zeros(3))
    with pytest.raises(InputError, match="unknown stranger"):
        load_bundle(folder)


NETWORKS = pytest.mark.parametrize("name", ["generator.safetensors", "tokenizer.safetensors"])


@NETWORKS
def test_a_long_header_is_refused_before_it_is_read(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes((2**40).to_bytes(8, "little") + b"{}")
    edit(folder, files={path.name: file_sha256(path)})
    with pytest.raises(InputError, match="header"):
        load_bundle(folder)


@NETWORKS
def test_a_damaged_file_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-100])
    edit(folder, files={path.name: file_sha256(path)})
    with pytest.raises(InputError, match="damaged"):
        load_bundle(folder)


def test_a_model_on_the_hub_is_fetched_at_its_commit(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = hub_module()
    commit, asked = "c" * 40, []
    # As the hub's own cache: a commit's folder holds links to files beside it.
    kept = tmp_path / "models--somebody--walker"
    (kept / "snapshots" / commit).mkdir(parents=True)
    folder.rename(kept / "blobs")
    for file in (kept / "blobs").iterdir():
        (kept / "snapshots" / commit / file.name).symlink_to(file)

    def fetch(name: str, **settings: object) -> str:
        asked.append((name, settings["revision"]))
        return str(kept / "snapshots" / commit)

    monkeypatch.setattr(hub, "snapshot_download", fetch)
    take = gesta.load(f"somebody/walker@{commit}").speak(np.zeros(8000, np.float32), sample_rate=16_000)
    assert take.motion.frame_count == 15
    assert asked == [("somebody/walker", commit)]
    with pytest.raises(InputError, match="leads out of its bundle"):
        load_bundle(kept / "snapshots" / commit)
    with pytest.raises(InputError, match="OWNER/NAME@REVISION"):
        gesta.load("somebody/walker@main")


def test_without_a_network_the_hub_is_not_the_only_way(monkeypatch: pytest.MonkeyPatch) -> None:
    unplug(monkeypatch)
    with pytest.raises(InputError, match=r"'somebody/walker'.*cannot be fetched.*give their folder"):
        gesta.load("somebody/walker@" + "c" * 40)
