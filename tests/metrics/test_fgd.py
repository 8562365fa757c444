"""The FGD extractor computes what its official weights expect; Fréchet distances come out as worked out by hand."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import linalg

from gesta.errors import InputError
from gesta.metrics.fgd_encoder import SkeletonConvolutionEncoder, joint_channels, load_fgd_encoder
from gesta.metrics.fgd_structure import Tree, pooling_matrix
from gesta.metrics.frechet import Gaussian, fgd, frechet_distance
from gesta.motion.face_joints import face_joint_rotations
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from tests.golden_rule import filled, golden_arrays, golden_input, golden_keys, needs_golden, off_by
from tests.motion.moving import made_motion

STRUCTURE = "struct:"


def official_state() -> dict[str, torch.Tensor]:
    """The extractor's tensors under their official names, filled by the golden rule."""
    network = SkeletonConvolutionEncoder()
    structural = {name for name, _ in network.named_buffers()}
    return {
        name: value if name in structural else filled(name, value.shape) for name, value in network.state_dict().items()
    }


def golden_encoder() -> SkeletonConvolutionEncoder:
    network = SkeletonConvolutionEncoder()
    network.load_state_dict(official_state())
    return network.eval()


@needs_golden
def test_masks_and_pooling_follow_from_the_skeleton() -> None:
    expected = {
        name.removeprefix(STRUCTURE): array
        for name, array in golden_arrays("fgd_encoder.npz").items()
        if name.startswith(STRUCTURE)
    }
    found = {name: value.numpy() for name, value in SkeletonConvolutionEncoder().named_buffers()}
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(found[name], array, err_msg=name)


@needs_golden
def test_names_and_shapes_are_the_official_ones() -> None:
    found = {name: list(value.shape) for name, value in SkeletonConvolutionEncoder().state_dict().items()}
    assert found == golden_keys("tokenizer_keys.json")["fgd_encoder"]


@needs_golden
def test_every_stored_array_is_met() -> None:
    expected = golden_arrays("fgd_encoder.npz")
    network, given = golden_encoder(), golden_input("fgd", (2, 64, 330))
    with torch.inference_mode():
        for number, found in enumerate(network.stages(given)):
            assert off_by(found, expected[f"after_layer_{number}"]) < 1e-4
        assert off_by(network(given), expected["latent"]) < 1e-4


def test_a_small_tree_by_hand() -> None:
    # A trunk of three joints above the root, then two arms of two: joints 0 | 1 2 3 | 4 5 | 6 7.
    tree = Tree.of_joints([-1, 0, 1, 2, 3, 4, 3, 6])
    assert tree.chains() == [[0], [1, 2, 3], [4, 5], [6, 7]]
    merged, groups = tree.merged()
    assert groups == [[0], [1], [2, 3], [4, 5], [6, 7]]
    assert merged.edges == ((0, 0), (0, 1), (1, 3), (3, 5), (3, 7))
    assert np.flatnonzero(tree.near()[3]).tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert np.flatnonzero(tree.near()[0]).tolist() == [0, 1, 2]
    assert pooling_matrix([[0, 1]], 2, 2) @ [1.0, 2.0, 3.0, 4.0] == pytest.approx([2.0, 3.0])


@pytest.mark.parametrize(("frames", "count"), [(31, 0), (32, 2), (63, 2), (64, 4), (130, 8)])
def test_one_latent_for_sixteen_frames_of_what_is_whole(frames: int, count: int) -> None:
    assert golden_encoder().latents(made_motion(frames)).shape == (count, 240)


def test_latents_of_a_motion_are_those_of_its_rotations() -> None:
    network, motion = golden_encoder(), made_motion(70, face_basis="flame100")
    rotations = motion.rotations[:64, :, :2].reshape(1, 64, 330)
    with torch.inference_mode():
        expected = network(torch.from_numpy(rotations.copy()))[0].numpy()
    np.testing.assert_allclose(network.latents(motion), expected, atol=1e-6)


def test_jaw_and_eyes_are_turned_as_in_files() -> None:
    motion = made_motion(40)
    channels = joint_channels(motion, 8, 40).reshape(32, 55, 2, 3)
    jaw = skeleton().index("jaw")
    np.testing.assert_allclose(channels[:, jaw], face_joint_rotations(motion.face[8:])[:, 0, :2], atol=1e-6)


def test_a_motion_without_hands_is_refused() -> None:
    with pytest.raises(InputError, match="lacks hands"):
        golden_encoder().latents(made_motion(64).replaced(parts=frozenset({"upper", "lower"})))


def saved(folder: Path, state: object) -> Path:
    path = folder / "AESKConv_240_100.bin"
    torch.save(state, path)
    return path


def test_an_official_file_is_read(tmp_path: Path) -> None:
    state = {f"module.{name}": value for name, value in official_state().items()}
    unused = {"module.decoder.main.0.weight": torch.zeros(3), "module.fc_mu.bias": torch.zeros(240)}
    path = saved(tmp_path, {"epoch": 100, "model_state": state | unused})
    motion = made_motion(64)
    np.testing.assert_array_equal(load_fgd_encoder(path).latents(motion), golden_encoder().latents(motion))


def test_wrong_files_are_refused_by_name(tmp_path: Path) -> None:
    state = official_state()
    name = "encoder.layers.1.0.shortcut.weight"
    lacking = {key: value for key, value in state.items() if key != name}
    with pytest.raises(InputError, match=f"lacks {name}"):
        load_fgd_encoder(saved(tmp_path, {"model_state": lacking}))
    with pytest.raises(InputError, match="holds unknown bones"):
        load_fgd_encoder(saved(tmp_path, {"model_state": state | {"bones": torch.zeros(1)}}))
    with pytest.raises(InputError, match=f"another shape: {name}"):
        load_fgd_encoder(saved(tmp_path, {"model_state": state | {name: torch.zeros(2)}}))
    mask = "encoder.layers.0.0.shortcut.mask"
    with pytest.raises(InputError, match="another skeleton"):
        load_fgd_encoder(saved(tmp_path, {"model_state": state | {mask: torch.ones_like(state[mask])}}))
    with pytest.raises(InputError, match="no table of tensors"):
        load_fgd_encoder(saved(tmp_path, [1, 2]))


def test_files_that_are_no_torch_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_fgd_encoder(tmp_path / "absent.bin")
    for content in (b"", b"nothing of the kind", b"PK\x03\x04 cut off"):
        path = tmp_path / "broken.bin"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"torch file|damaged"):
            load_fgd_encoder(path)


class Dangerous:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("raise SystemExit('code was run')",))


def test_a_file_that_would_run_code_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than tensors"):
        load_fgd_encoder(saved(tmp_path, {"model_state": Dangerous()}))


def gaussian(mean: list[float], covariance: np.ndarray) -> Gaussian:
    return Gaussian(100, np.array(mean), np.asarray(covariance, np.float64))


def test_distance_by_hand() -> None:
    turned = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert frechet_distance(gaussian([1, 2], turned), gaussian([1, 2], turned)) == pytest.approx(0.0, abs=1e-12)
    assert frechet_distance(gaussian([1, 2], turned), gaussian([4, 6], turned)) == pytest.approx(25.0)
    # Diagonal covariances: the sum of (s1 - s2)^2 over the standard deviations.
    found = frechet_distance(gaussian([0, 0], np.diag([4.0, 9.0])), gaussian([1, 0], np.diag([1.0, 25.0])))
    assert found == pytest.approx(1.0 + 1.0 + 4.0)
    # A flat Gaussian against a point leaves its variance.
    assert frechet_distance(gaussian([0, 0], np.diag([4.0, 0.0])), gaussian([0, 0], 0 * turned)) == pytest.approx(4.0)


def test_distance_is_that_of_the_usual_matrix_root() -> None:
    random = np.random.default_rng(3)
    first, second = (random.normal(size=(500, 12)) @ random.normal(size=(12, 12)) + random.normal() for _ in "12")
    sides = [Gaussian.fit([points]) for points in (first, second)]
    root = linalg.sqrtm(sides[0].covariance @ sides[1].covariance).real
    shift = first.mean(axis=0) - second.mean(axis=0)
    expected = shift @ shift + np.trace(np.cov(first, rowvar=False) + np.cov(second, rowvar=False) - 2 * root)
    assert frechet_distance(*sides) == pytest.approx(expected)
    assert frechet_distance(*sides) == pytest.approx(frechet_distance(*reversed(sides)))


def test_points_may_come_in_pieces() -> None:
    points = np.random.default_rng(0).normal(size=(200, 5)) * [1, 2, 3, 4, 5] + 1000.0
    whole, pieces = Gaussian.fit([points]), Gaussian.fit([points[:0], points[:1], points[1:90], points[90:]])
    assert pieces.count == 200
    np.testing.assert_allclose(pieces.mean, whole.mean)
    np.testing.assert_allclose(pieces.covariance, np.cov(points, rowvar=False), rtol=1e-9)


def test_too_few_latents_are_refused() -> None:
    with pytest.raises(InputError, match="give 12 latents, but a Fréchet distance needs 13"):
        Gaussian.fit([np.eye(12, 10)])
    with pytest.raises(InputError, match="real motions give 0 latents"):
        fgd([], [], golden_encoder())
    with pytest.raises(InputError, match="not finite"):
        Gaussian.fit([np.full((4, 2), np.nan)])


class Means:
    """Stands for an encoder: the mean pelvis height of each second."""

    def latents(self, motion: Motion) -> np.ndarray:
        return motion.translation[: motion.frame_count // 30 * 30, 1].reshape(-1, 30).mean(axis=1, keepdims=True)


def test_fgd_of_motions_pools_their_latents() -> None:
    real = [made_motion(90, seed=seed) for seed in range(4)]
    higher = [motion.replaced(translation=motion.translation + np.float32([0, 0.5, 0])) for motion in real]
    assert fgd(real, real, Means()) == pytest.approx(0.0, abs=1e-12)
    assert fgd(iter(real), iter(higher), Means()) == pytest.approx(0.25, rel=1e-4)
