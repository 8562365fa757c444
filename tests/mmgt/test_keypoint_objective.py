"""What SMGA is trained with: losses by hand, points nobody sees, rows in step, and that a small network learns."""

import numpy as np
import pytest
import torch

from gesta.keypoints.layout import GROUPS, LIPS
from gesta.keypoints.vectors import VECTOR_SIZE, columns
from gesta.mmgt.diffusion import CosineSchedule
from gesta.mmgt.displacement import diffused
from gesta.mmgt.keypoint_objective import KeypointClips, keypoint_losses, pose_losses
from gesta.mmgt.pose_vectors import (
    beginning_with,
    clip_rows,
    filled_in,
    initial_vector,
    pose_vectors,
    rows_needed,
)
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import SmgaConfig, smga_config
from gesta.records import KEYPOINT_COUNT, Keypoints

OFFICIAL, GESTA = smga_config("official"), smga_config("gesta")
FACE = columns(GROUPS["face"])
FRAMES = 6


def seen_by(count: int) -> torch.Tensor:
    scores = torch.zeros(2, FRAMES, KEYPOINT_COUNT)
    scores[..., :count] = 1.0
    return scores


def test_as_published_all_count_alike_and_the_face_three_times() -> None:
    found = torch.randn(2, FRAMES, VECTOR_SIZE, generator=torch.Generator().manual_seed(1))
    right = torch.randn(2, FRAMES, VECTOR_SIZE, generator=torch.Generator().manual_seed(2))
    error, total = found - right, 0.0
    for order in range(3):
        change = error.diff(n=order, dim=1) if order else error
        total += change.square().mean().item() + 3.0 * change[..., FACE].square().mean().item()
    losses = pose_losses(found, right, seen_by(0), OFFICIAL)
    assert losses["loss"].item() == pytest.approx(total, rel=1e-5)
    assert losses["face_velocity"].item() == pytest.approx(error.diff(dim=1)[..., FACE].square().mean().item())


def test_a_shift_costs_position_alone() -> None:
    losses = pose_losses(
        torch.full((2, FRAMES, VECTOR_SIZE), 0.1), torch.zeros(2, FRAMES, VECTOR_SIZE), seen_by(134), GESTA
    )
    assert losses["position"].item() == pytest.approx(0.01)
    assert losses["velocity"].item() == losses["acceleration"].item() == 0.0
    assert losses["loss"].item() == pytest.approx(0.01 + 3 * 0.01)


def test_the_mouth_counts_by_its_shape_where_that_is_wanted() -> None:
    wanted = smga_config("gesta", losses={"lips": 10.0, "face": 0.0})
    right = torch.zeros(2, FRAMES, VECTOR_SIZE)
    found = right.clone().reshape(2, FRAMES, KEYPOINT_COUNT, 3)
    found[:, :, LIPS, :2] = 0.1
    moved = pose_losses(found.flatten(2), right, seen_by(134), wanted)
    assert moved["lips_position"].item() == pytest.approx(0.0, abs=1e-9)
    found[:, :, LIPS.start : LIPS.start + 10, 1] += 0.2
    parted = pose_losses(found.flatten(2), right, seen_by(134), wanted)
    # Half of the points are 0.1 above the middle and half are 0.1 below it, in one of two coordinates.
    assert parted["lips_position"].item() == pytest.approx(0.005)
    assert parted["loss"].item() == pytest.approx(parted["position"].item() + 10.0 * 0.005)
    assert "lips_position" not in pose_losses(found.flatten(2), right, seen_by(134), GESTA)


def test_places_that_nobody_sees_cost_nothing_and_their_scores_do() -> None:
    right = torch.zeros(2, FRAMES, VECTOR_SIZE)
    found = right.clone().reshape(2, FRAMES, KEYPOINT_COUNT, 3)
    found[:, :, 100:, :2] = 5.0
    assert pose_losses(found.flatten(2), right, seen_by(100), GESTA)["loss"].item() == 0.0
    found[:, :, 100:, 2] = 5.0
    assert pose_losses(found.flatten(2), right, seen_by(100), GESTA)["loss"].item() > 0.0
    assert pose_losses(found.flatten(2), right, seen_by(0), OFFICIAL)["loss"].item() > 0.0


def keypoints(points: np.ndarray, scores: np.ndarray) -> Keypoints:
    return Keypoints(points, scores, (512, 512))


def test_unseen_points_stay_where_they_were_seen_last_or_will_be_next() -> None:
    frames = 7
    points = np.repeat(np.arange(frames)[:, None, None] * 10.0 + 300.0, KEYPOINT_COUNT, axis=1) * np.ones(2)
    scores = np.ones((frames, KEYPOINT_COUNT))
    scores[[0, 3, 4, 5], 7] = 0.1
    scores[:, 8] = 0.0
    made = keypoints(points, scores)
    values = pose_vectors(made, GESTA).reshape(frames, KEYPOINT_COUNT, 3)
    back = (values[:, 7, 0] + 1.0) / 2.0 * 1000.0 - 200.0
    assert back == pytest.approx([310, 310, 320, 320, 320, 360, 360], abs=1e-3)
    assert not values[:, 8, :2].any()
    assert values[:, 8, 2] == pytest.approx(-1.0)
    as_found = pose_vectors(made, OFFICIAL).reshape(frames, KEYPOINT_COUNT, 3)
    assert as_found[:, 7, 0] == pytest.approx(2.0 * (points[:, 7, 0] + 200.0) / 1000.0 - 1.0)


def test_the_pose_it_begins_with() -> None:
    one = keypoints(np.full((1, KEYPOINT_COUNT, 2), 300.0) + 50.0, np.ones((1, KEYPOINT_COUNT)))
    kept, zeroed = initial_vector(one, GESTA), initial_vector(one, OFFICIAL)
    assert kept.shape == (VECTOR_SIZE,)
    assert kept.reshape(-1, 3)[:, 0] == pytest.approx(0.1)
    hidden = kept.reshape(-1, 3).copy()
    hidden[5] = (0.3, 0.3, -0.9)
    begun = beginning_with(hidden.ravel(), GESTA).reshape(-1, 3)
    # In the middle of the body's other points, wherever it was guessed to be.
    assert begun[5] == pytest.approx((0.1, 0.1, -0.9))
    assert np.array_equal(np.delete(begun, 5, axis=0), np.delete(hidden, 5, axis=0))
    assert np.flatnonzero(zeroed.reshape(-1, 3)[:, 0] == 0.0).tolist() == [9, 10, 12, 13]


def test_unseen_points_are_put_in_the_middle_of_their_group_or_of_all() -> None:
    poses = torch.zeros(2, KEYPOINT_COUNT, 3)
    poses[:, GROUPS["body"], :2] = torch.tensor((1.0, 2.0))
    poses[:, 113:, :2] = torch.arange(21.0)[:, None]
    seen = torch.zeros(2, KEYPOINT_COUNT, dtype=torch.bool)
    seen[0, GROUPS["body"]] = True
    seen[0, 113], seen[0, 117] = True, True
    filled = filled_in(poses.flatten(1), seen).reshape(2, KEYPOINT_COUNT, 3)
    assert torch.equal(filled[0, 113:, 0], torch.tensor([0.0, 2.0, 2.0, 2.0, 4.0] + [2.0] * 16))
    assert torch.allclose(filled[0, GROUPS["face"], :2], torch.tensor(((18.0 + 4.0) / 20.0, (36.0 + 4.0) / 20.0)))
    assert torch.equal(filled[0, GROUPS["body"]], poses[0, GROUPS["body"]])
    # Where nothing is seen, nothing is known.
    assert not filled[1].any()


def test_speech_and_poses_are_in_step_but_as_published() -> None:
    assert clip_rows(10, GESTA) == (slice(10, 90), slice(10, 90))
    assert clip_rows(10, OFFICIAL) == (slice(10, 90), slice(11, 91))
    assert (rows_needed(GESTA), rows_needed(OFFICIAL)) == (80, 81)


class Witness(torch.nn.Module):
    """Notes what it is shown, and answers with zeros."""

    def __init__(self, config: SmgaConfig = GESTA) -> None:
        super().__init__()
        self.config = config
        self.shown: tuple[torch.Tensor, ...] = ()

    def forward(self, *given: torch.Tensor) -> torch.Tensor:
        self.shown = given
        return torch.zeros_like(given[0])


def test_training_shows_known_frames_clean_and_withholds_some_speech() -> None:
    clips, frames = 100, GESTA.sizes.frames
    poses = torch.randn(clips, frames, VECTOR_SIZE)
    scores = torch.ones(clips, frames, KEYPOINT_COUNT)
    scores[..., 50] = 0.0
    config = smga_config("gesta", diffusion={"stray": 0.0})
    witness = Witness(config)
    torch.manual_seed(0)
    batch = KeypointClips(poses, scores, torch.zeros(clips, frames, 4))
    keypoint_losses(witness, batch, CosineSchedule(config.diffusion))  # type: ignore[arg-type]
    noisy, initial, _, timesteps, deaf, known = witness.shown
    lengths = known.sum(dim=1)
    assert torch.equal(known, torch.arange(frames) < lengths[:, None])
    assert (lengths == 0).float().mean() == pytest.approx(0.1, abs=0.08)
    assert lengths.max() <= frames // 2 < lengths.max() + 8
    columns_50 = columns(slice(50, 51))
    shown = poses.clone()
    shown[..., columns_50.start : columns_50.stop - 1] = 0.0
    assert torch.equal(initial, filled_in(poses[:, 0], scores[:, 0] > 0.0))
    expected = diffused(shown, initial, GESTA)
    expected[..., columns_50.start : columns_50.stop - 1] = 0.0
    assert torch.equal(noisy[known], expected[known])
    assert not torch.isclose(noisy, expected)[~known].all(dim=-1).any()
    assert deaf.float().mean() == pytest.approx(0.25, abs=0.12)
    assert (int(timesteps.min()), int(timesteps.max())) == pytest.approx((0, 999), abs=50)


def test_known_frames_stray_together_and_their_scores_stay() -> None:
    """What is shown of a strayed beginning has moved by the same in all its frames."""
    clips, frames = 20, GESTA.sizes.frames
    poses, scores = torch.randn(clips, frames, VECTOR_SIZE), torch.ones(clips, frames, KEYPOINT_COUNT)
    witness = Witness()
    torch.manual_seed(0)
    batch = KeypointClips(poses, scores, torch.zeros(clips, frames, 4))
    keypoint_losses(witness, batch, CosineSchedule(GESTA.diffusion))  # type: ignore[arg-type]
    noisy, initial, *_, known = witness.shown
    moved = (noisy - diffused(poses, initial, GESTA)).reshape(clips, frames, KEYPOINT_COUNT, 3)
    clip = int(known.sum(dim=1).argmax())
    beginning = moved[clip, known[clip]]
    assert torch.allclose(beginning, beginning[:1].expand_as(beginning), atol=1e-4)
    assert beginning[0, :, :2].std() == pytest.approx(GESTA.diffusion.stray, rel=0.5)
    assert beginning[..., 2].abs().max() < 1e-6


def test_takes_begin_with_one_of_the_anchors_or_with_the_clip_itself() -> None:
    clips, frames = 200, GESTA.sizes.frames
    poses, scores = torch.randn(clips, frames, VECTOR_SIZE), torch.ones(clips, frames, KEYPOINT_COUNT)
    anchors = torch.randn(clips, 3, VECTOR_SIZE)
    witness = Witness()
    torch.manual_seed(0)
    batch = KeypointClips(poses, scores, torch.zeros(clips, frames, 4), anchors)
    keypoint_losses(witness, batch, CosineSchedule(GESTA.diffusion))  # type: ignore[arg-type]
    initial = witness.shown[1]
    choices = torch.cat([poses[:, :1], anchors], dim=1)
    chosen = (initial[:, None] == choices).all(dim=-1)
    assert torch.equal(chosen.sum(dim=1), torch.ones(clips, dtype=torch.long))
    assert chosen.float().mean(dim=0).tolist() == pytest.approx([0.25] * 4, abs=0.1)


@pytest.mark.slow
def test_a_small_network_learns_to_move_with_what_it_hears() -> None:
    """Points that follow the speech: after some seconds of training half of the error is gone, and speech matters."""
    torch.manual_seed(0)
    sizes = {"frames": 16, "width": 32, "feed_forward": 32, "layers": 1, "heads": 1, "audio_layers": 0}
    config = smga_config("mini", audio_size=2, sizes=sizes, dropout=0.0)
    smga, schedule, frames = Smga(config), CosineSchedule(config.diffusion), config.sizes.frames
    optimiser = torch.optim.AdamW(smga.parameters(), lr=4e-3)
    scores = torch.ones(8, frames, KEYPOINT_COUNT)

    def clips() -> KeypointClips:
        phase, rate = 6.28 * torch.rand(8, 1), 0.1 + 0.3 * torch.rand(8, 1)
        waves = phase + rate * torch.arange(frames)
        audio = torch.stack([waves.sin(), waves.cos()], dim=-1)
        poses = torch.zeros(8, frames, KEYPOINT_COUNT, 3)
        poses[..., :2] = 0.05 * audio[:, :, None]
        # A face goes further than its nose, hands than their wrists.
        for group, further in (("face", 1.4), ("left_hand", 2.0), ("right_hand", 2.0)):
            poses[:, :, GROUPS[group], :2] *= further
        poses[..., 2] = 1.0
        return KeypointClips(poses.flatten(2), scores, audio)

    history = []
    for _ in range(100):
        loss = keypoint_losses(smga, clips(), schedule)["loss"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        history.append(loss.item())
    assert np.mean(history[-10:]) < 0.5 * np.mean(history[:5])
    smga.eval()
    test, time = clips(), torch.full((8,), 999)
    with torch.inference_mode():
        hearing, deaf = (
            smga(torch.randn_like(test.poses), test.poses[:, 0], test.audio, time, torch.full((8,), withheld))
            for withheld in (False, True)
        )
    right = diffused(test.poses, test.poses[:, 0], config)
    assert (hearing - right).square().mean() < 0.7 * (deaf - right).square().mean()
