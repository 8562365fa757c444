"""Public networks, defined here: names and shapes of tensors, arithmetic on planted weights, and their files."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gesta.audio.read import speech_from_samples
from gesta.errors import InputError
from gesta.metrics.video.cepstra import HOP, cepstra, triangles
from gesta.metrics.video.lpips import SCALE, SHIFT, ChannelWeights, Lpips, load_lpips
from gesta.metrics.video.networks.classifiers import ReadLayers, alexnet, vgg16
from gesta.metrics.video.networks.i3d import I3D, padded
from gesta.metrics.video.networks.inception import Block, Inception, step
from gesta.metrics.video.networks.syncnet import SyncNet
from gesta.metrics.video.networks.weights import ALEXNET, INCEPTION, WeightFile, loaded
from gesta.metrics.video.set_distances import SetDistance, film_input
from gesta.metrics.video.sync import LONGEST_LAG, SyncScore, mouth_squares
from gesta.metrics.video.tools import Tools
from gesta.records import Keypoints
from tests.keypoints.made_points import person


def built(make: type[nn.Module]) -> dict[str, tuple[int, ...]]:
    """Names and shapes of a network's tensors, without making them."""
    with torch.device("meta"):
        return {name: tuple(value.shape) for name, value in make().state_dict().items()}


def weights(shapes: dict[str, tuple[int, ...]]) -> int:
    """How many weights there are: running means and counters are none."""
    learned = (name for name in shapes if "running" not in name and "tracked" not in name)
    return sum(int(np.prod(shapes[name])) for name in learned)


# Published numbers of weights: torchvision's documentation says 138,357,544, 61,100,840 and 27,161,264 with their
# classifiers (and InceptionV3's side branch); I3D's 12,287,264 are those before its 410,000 of logits.
COUNTS = {
    vgg16: 138_357_544 - (25_088 * 4096 + 4096) - (4096 * 4096 + 4096) - (4096 * 1000 + 1000),
    alexnet: 61_100_840 - (9216 * 4096 + 4096) - (4096 * 4096 + 4096) - (4096 * 1000 + 1000),
    Inception: 27_161_264 - 3_326_696 - (2048 * 1000 + 1000),
    I3D: 12_287_264 + 1024 * 400 + 400,
}


@pytest.mark.parametrize("make", COUNTS, ids=lambda make: make.__name__)
def test_networks_have_as_many_weights_as_was_published(make: type[nn.Module]) -> None:
    assert weights(built(make)) == COUNTS[make]


# Some tensors of each network, by the names and shapes that their makers' programs give them: torchvision's vgg16,
# alexnet and inception_v3, piergiaj/pytorch-i3d's InceptionI3d, joonson/syncnet_python's S.
NAMED = {
    vgg16: {"features.0.weight": (64, 3, 3, 3), "features.14.weight": (256, 256, 3, 3), "features.28.bias": (512,)},
    alexnet: {"features.0.weight": (64, 3, 11, 11), "features.3.weight": (192, 64, 5, 5), "features.10.bias": (256,)},
    Inception: {
        "Conv2d_1a_3x3.conv.weight": (32, 3, 3, 3),
        "Mixed_5b.branch_pool.conv.weight": (32, 192, 1, 1),
        "Mixed_6a.branch3x3dbl_3.conv.weight": (96, 96, 3, 3),
        "Mixed_6c.branch7x7dbl_2.conv.weight": (160, 160, 7, 1),
        "Mixed_7a.branch7x7x3_4.bn.running_var": (192,),
        "Mixed_7c.branch3x3dbl_3b.conv.weight": (384, 384, 3, 1),
    },
    I3D: {
        "Conv3d_1a_7x7.conv3d.weight": (64, 3, 7, 7, 7),
        "Mixed_3b.b1b.conv3d.weight": (128, 96, 3, 3, 3),
        "Mixed_4e.b2b.bn.running_mean": (64,),
        "Mixed_5c.b3b.bn.weight": (128,),
        "logits.conv3d.weight": (400, 1024, 1, 1, 1),
        "logits.conv3d.bias": (400,),
    },
    SyncNet: {
        "netcnnaud.4.weight": (192, 64, 3, 3),
        "netcnnaud.18.weight": (512, 256, 5, 4),
        "netfcaud.3.weight": (1024, 512),
        "netfclip.1.running_mean": (512,),
        "netcnnlip.0.weight": (96, 3, 5, 7, 7),
        "netcnnlip.18.weight": (512, 256, 1, 6, 6),
        "netcnnlip.19.weight": (512,),
    },
}


@pytest.mark.parametrize("make", NAMED, ids=lambda make: make.__name__)
def test_tensors_have_their_makers_names_and_shapes(make: type[nn.Module]) -> None:
    shapes = built(make)
    assert {name: shapes.get(name) for name in NAMED[make]} == NAMED[make]


def test_lpips_weights_have_their_makers_names() -> None:
    found = {name: tuple(value.shape) for name, value in ChannelWeights(vgg16().widths).state_dict().items()}
    widths = (64, 128, 256, 512, 512)
    assert found == {f"lin{number}.model.1.weight": (1, width, 1, 1) for number, width in enumerate(widths)}


def test_the_layers_that_are_read_are_those_of_lpips() -> None:
    assert vgg16().read == (3, 8, 15, 22, 29)
    assert alexnet().read == (1, 4, 7, 9, 11)
    sides = [values.shape[-1] for values in alexnet()(torch.zeros(1, 3, 64, 64))]
    assert sides == [15, 7, 3, 3, 3]


def planted(share: float) -> Lpips:
    """LPIPS on a trunk that gives its picture as it is, in two channels that matter by different shares."""
    trunk = ReadLayers([nn.Identity()], (0,), (3,))
    network = Lpips(trunk)
    with torch.no_grad():
        network.weights.get_submodule("lin0.model.1").weight.copy_(torch.tensor([share, 0.0, 1.0]).reshape(1, 3, 1, 1))
    return network.eval()


def test_lpips_by_hand() -> None:
    shift, scale = (torch.tensor(values).reshape(1, 3, 1, 1) for values in (SHIFT, SCALE))
    # After shift and scale: all red, against half red and half blue.
    red, both = (torch.tensor(values).reshape(1, 3, 1, 1) for values in ([2.0, 0.0, 0.0], [1.0, 0.0, 1.0]))
    pictures = [(values * scale + shift).expand(1, 3, 5, 7) for values in (red, both)]
    wanted = 0.5 * (1.0 - np.sqrt(0.5)) ** 2 + 0.5
    with torch.inference_mode():
        assert planted(0.5)(*pictures).item() == pytest.approx(wanted, abs=1e-5)
        assert planted(0.5)(pictures[0], pictures[0]).item() == pytest.approx(0.0, abs=1e-9)
    same = np.full((2, 8, 8, 3), 77, np.uint8)
    np.testing.assert_allclose(planted(0.5).pictures(same, same), [0.0, 0.0], atol=1e-9)


def test_inception_means_do_not_count_what_is_padded() -> None:
    block = Block(1, [[step("only", 1)]], "mean", 1).eval()
    with torch.no_grad():
        for convolution in (block.only, block.branch_pool):
            convolution.conv.weight.fill_(1.0)
        found = block(torch.ones(1, 1, 4, 4))[0, 1]
    # Of ones the mean is one everywhere, also in corners.
    torch.testing.assert_close(found, torch.ones(4, 4), atol=1e-3, rtol=0.0)


def test_i3d_pads_as_tensorflow_does() -> None:
    values = torch.ones(1, 1, 16, 7, 8)
    assert padded(values, (7, 3, 3), (2, 2, 2)).shape[2:] == (21, 9, 9)
    row = padded(torch.ones(1, 1, 1, 1, 8), (1, 1, 3), (1, 1, 2))[0, 0, 0, 0]
    assert row.tolist() == [1.0] * 8 + [0.0]


@pytest.mark.slow
def test_networks_give_what_measures_take() -> None:
    with torch.inference_mode():
        assert Inception().eval()(torch.rand(1, 3, 40, 50)).shape == (1, 2048)
        assert I3D().eval()(film_input(np.zeros((16, 30, 40, 3), np.uint8))).shape == (1, 400)
        network = SyncNet().eval()
        assert network.lips(torch.rand(1, 3, 5, 224, 224)).shape == (1, 1024)
        assert network.sound(torch.rand(2, 1, 13, 20)).shape == (2, 1024)


def test_a_film_is_fed_from_minus_one_to_one() -> None:
    pictures = np.stack([np.zeros((8, 8, 3), np.uint8), np.full((8, 8, 3), 255, np.uint8)])
    found = film_input(pictures)
    assert found.shape == (1, 3, 2, 224, 224)
    torch.testing.assert_close(found[0, :, 0], torch.full((3, 224, 224), -1.0))
    torch.testing.assert_close(found[0, :, 1], torch.full((3, 224, 224), 1.0))


def test_a_set_distance_takes_what_it_should_and_refuses_too_little() -> None:
    taken: list[list[int]] = []

    def latents(pictures: np.ndarray) -> np.ndarray:
        taken.append(pictures[:, 0, 0, 0].tolist())
        return pictures[:, 0, 0, :1].astype(np.float64)[:1]

    numbered = np.arange(23, dtype=np.uint8)[:, None, None, None].repeat(3, axis=3)
    distance = SetDistance(latents, 1, 5)
    for start in (0, 16):
        distance.take(numbered[start : start + 16], numbered[start : start + 16])
    distance.end_clip()
    # Each place once for the generated side and once for the real one.
    assert sorted(taken) == [[at] for at in (0, 5, 10, 15, 20) for _ in range(2)]
    assert distance.found() == pytest.approx(0.0, abs=1e-9)
    windows = SetDistance(latents, 4, 4)
    windows.take(numbered[:7], numbered[:7])
    windows.end_clip()
    with pytest.raises(InputError, match="give 1 latents, but a Fréchet distance needs 2"):
        windows.found()


def test_the_distance_of_shifted_sets_is_the_shift_squared() -> None:
    chance = np.random.default_rng(0)
    distance = SetDistance(lambda pictures: pictures.mean(axis=(1, 2)), 1, 1)
    real = chance.normal(0.0, 1.0, (400, 2, 2, 3))
    distance.take(real + [3.0, 0.0, 0.0], real)
    assert distance.found() == pytest.approx(9.0, abs=1e-6)


def test_cepstra_are_those_of_the_formula() -> None:
    # A constant is silent after the emphasis but for its beginning; a row for each hundredth of a second, and one more.
    times = np.arange(16_000) / 16_000
    sound = (0.4 * np.sin(2 * np.pi * 440.0 * times)).astype(np.float32)
    whole = cepstra([sound])
    assert whole.shape == (99, 13)
    pieces = cepstra([sound[:100], sound[100:7000], sound[7000:]])
    np.testing.assert_allclose(pieces, whole, rtol=1e-5, atol=1e-4)
    scaled = sound.astype(np.float64) * 32768.0
    emphasised = scaled - 0.97 * np.concatenate([[0.0], scaled[:-1]])
    window = emphasised[10 * HOP : 10 * HOP + 400]
    power = np.abs(np.fft.rfft(window, 512)) ** 2 / 512
    assert whole[10, 0] == pytest.approx(np.log(power.sum()), rel=1e-5)
    logarithms = np.log(triangles() @ power)
    for number in (1, 5, 12):
        cosines = np.cos(np.pi * number * (2 * np.arange(26) + 1) / 52)
        lifted = np.sqrt(2.0 / 26.0) * (logarithms @ cosines) * (1.0 + 11.0 * np.sin(np.pi * number / 22.0))
        assert whole[10, number] == pytest.approx(lifted, rel=1e-3, abs=1e-3)
    assert cepstra([]).shape == (0, 13)


def test_long_sound_has_the_same_cepstra_as_in_pieces() -> None:
    sound = np.random.default_rng(0).normal(0.0, 0.1, 190_000).astype(np.float32)
    whole = cepstra([sound])
    assert len(whole) == 1 + -(-(190_000 - 400) // 160)
    np.testing.assert_allclose(cepstra(np.array_split(sound, 19)), whole, rtol=1e-4, atol=1e-3)


class Recognised:
    """A stand-in for SyncNet: pictures and sound each tell their own moment in a code that matches where they agree."""

    def __init__(self, late: int) -> None:
        self.late = late
        self.parameters = lambda: iter([torch.zeros(1)])
        self.codes = np.random.default_rng(5).normal(0.0, 1.0, (400, 1024)).astype(np.float32)

    def lips(self, pictures: Tensor) -> Tensor:
        moments = pictures[:, 0, 0, 0, 0].long()
        return torch.from_numpy(self.codes[moments.numpy()])

    def sound(self, cepstra: Tensor) -> Tensor:
        moments = cepstra[:, 0, 1, 0].round().long() - self.late
        return torch.from_numpy(self.codes[moments.numpy()])


@pytest.mark.parametrize("late", [0, 4, -7])
def test_sync_finds_how_late_the_sound_is(late: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("cv2")
    rows = np.zeros((4 * 100 + 20, 13), np.float32)
    rows[:, 1] = np.arange(len(rows)) // 4
    monkeypatch.setattr("gesta.metrics.video.sync.cepstra", lambda _blocks: rows)
    film = Keypoints(person(100).points / 4.0, person(100).scores, (128, 128))
    speech = speech_from_samples(np.ones(64_000, np.float32) * 0.1, 16_000)
    score = SyncScore(Recognised(late), speech, film)  # type: ignore[arg-type]
    pictures = np.broadcast_to(np.arange(100, dtype=np.uint8)[:, None, None, None], (100, 128, 128, 3))
    for start in range(0, 100, 16):
        score.take(pictures[start : start + 16])
    found = score.found()
    assert found is not None
    confidence, distance, offset = found
    assert offset == late
    assert confidence > 10.0 and distance < confidence
    assert abs(offset) <= LONGEST_LAG


def test_mouths_are_looked_for_below_the_middle_of_a_raised_box() -> None:
    squares = mouth_squares(person(30))
    assert squares is not None and squares.shape == (30, 3)
    face = person().points[0, 24:92]
    low, high = face.min(axis=0), face.max(axis=0)
    top = low[1] - 0.25 * (high[1] - low[1])
    half = max(high[0] - low[0], high[1] - top) / 2.0
    np.testing.assert_allclose(
        squares[0], [(low[0] + high[0]) / 2, (top + high[1]) / 2 + 0.4 * half, 2.8 * half], rtol=1e-5
    )


SMALL = WeightFile("a small network", ("small.pth",), ("unused.",))


class Small(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(3, 2)
        self.bn = nn.BatchNorm1d(2)


def test_weights_are_read_by_their_published_names(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"does not hold small\.pth, the weights of a small network"):
        loaded(Small(), SMALL, tmp_path)
    tensors = {name: torch.full_like(value, 0.5) for name, value in Small().state_dict().items()}
    del tensors["bn.num_batches_tracked"]
    for write, name in ((torch.save, "small.pth"), (save_file, "small.safetensors")):
        path = tmp_path / name
        write({**tensors, "unused.weight": torch.zeros(1)}, path)
        found = loaded(Small(), SMALL, tmp_path)
        assert torch.equal(found.layer.weight, torch.full((2, 3), 0.5)) and not found.training
        path.unlink()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"layer.weight": torch.zeros(2, 3)}, "lacks"),
        ({"layer.weight": torch.zeros(3, 3)}, "lacks|another shape"),
        ([torch.zeros(1)], "no table of tensors"),
        ({"layer.weight": Path("x")}, "code|no torch file"),
    ],
)
def test_other_weights_are_refused(tmp_path: Path, content: object, said: str) -> None:
    torch.save(content, tmp_path / "small.pth")
    with pytest.raises(InputError, match=said):
        loaded(Small(), SMALL, tmp_path)


def test_lpips_is_loaded_from_two_files(tmp_path: Path) -> None:
    trunk = alexnet()
    save_file(
        {**trunk.state_dict(), "classifier.1.weight": torch.zeros(1)},
        (tmp_path / ALEXNET.names[0]).with_suffix(".safetensors"),
    )
    with pytest.raises(InputError, match=r"alex\.pth"):
        load_lpips("alex", tmp_path)
    torch.save(ChannelWeights(trunk.widths).state_dict(), tmp_path / "alex.pth")
    tools = Tools.made(["lpips"], tmp_path)
    assert list(tools.lpips) == ["alex"]
    assert tools.absent["fid"] == "it was not asked for"
    pictures = np.random.default_rng(0).integers(0, 256, (2, 2, 64, 64, 3)).astype(np.uint8)
    assert np.isfinite(tools.lpips["alex"].pictures(*pictures)).all()


def test_what_is_asked_for_by_name_must_be_there(tmp_path: Path) -> None:
    for name in ("lpips", "fid", "fvd", "sync"):
        with pytest.raises(InputError, match="--weights"):
            Tools.made([name], None)
        with pytest.raises(InputError, match=r"does not hold"):
            Tools.made([name], tmp_path)
    with pytest.raises(InputError, match=r"Unknown measure 'fod': did you mean"):
        Tools.made(["fod"], None)
    with pytest.raises(InputError, match="is no folder"):
        Tools.made(None, tmp_path / "nowhere")
    assert INCEPTION.names[0] in Tools.made(None, tmp_path).absent["fid"]
