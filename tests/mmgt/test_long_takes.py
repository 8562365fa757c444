"""A minute of speech: windows that are chained by a small trained network keep to where their take began."""

import numpy as np
import pytest
import torch

from gesta.keypoints.layout import GROUPS
from gesta.keypoints.vectors import from_vectors
from gesta.mmgt.diffusion import CosineSchedule
from gesta.mmgt.keypoint_objective import KeypointClips, keypoint_losses
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import smga_config
from gesta.records import KEYPOINT_COUNT, Keypoints
from tests.mmgt.smooth_poses import Rows, speech_of
from tests.mmgt.test_keypoint_objective import FRAMES as FEW

SWING, HOMES = 0.05, 0.2
"""How far points swing with the speech, and how far apart people stand: numbers of a pose, 0.1 is 50 pixels."""
MINUTE = 60 * 25


def poses_of(home: torch.Tensor, waves: torch.Tensor) -> torch.Tensor:
    """(B, F, V): all points at a person's home (B, 2), moved by waves (B, F, 2)."""
    poses = torch.ones(*waves.shape[:2], KEYPOINT_COUNT, 3)
    poses[..., :2] = (home[:, None] + SWING * waves)[:, :, None]
    return poses.flatten(2)


def heard(phase: torch.Tensor, rate: torch.Tensor, frames: int) -> torch.Tensor:
    """(B, F, 2) what is heard: where on a circle the speech is; of homes it says nothing."""
    angles = phase + rate * torch.arange(frames)
    return torch.stack([angles.sin(), angles.cos()], dim=-1)


def trained(steps: int) -> Smga:
    """A network that has seen many people, each of whom swings round a place of their own."""
    torch.manual_seed(0)
    sizes = {"frames": 16, "width": 32, "feed_forward": 32, "layers": 1, "heads": 1, "audio_layers": 0}
    config = smga_config("mini", audio_size=2, sizes=sizes, dropout=0.0, sampling={"steps": 8, "overlap": 4})
    smga, schedule = Smga(config), CosineSchedule(config.diffusion)
    optimiser = torch.optim.AdamW(smga.parameters(), lr=4e-3)
    calming = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    batch, frames = 16, config.sizes.frames
    scores = torch.ones(batch, frames, KEYPOINT_COUNT)
    for _ in range(steps):
        home = HOMES * torch.randn(batch, 2)
        audio = heard(6.28 * torch.rand(batch, 1), 0.1 + 0.2 * torch.rand(batch, 1), frames)
        elsewhere = heard(6.28 * torch.rand(batch, 1), torch.full((batch, 1), 1.5), FEW)
        clips = KeypointClips(poses_of(home, audio), scores, audio, poses_of(home, elsewhere))
        optimiser.zero_grad()
        keypoint_losses(smga, clips, schedule)["loss"].backward()
        optimiser.step()
        calming.step()
    return smga.eval()


def spoken(smga: Smga, home: torch.Tensor) -> np.ndarray:
    """(F, N, 2) a minute of a person at `home` (2,), on the canvas."""
    rows = heard(torch.zeros(1, 1), torch.full((1, 1), 0.2), MINUTE)
    first = from_vectors(poses_of(home[None], rows[:, :1])[0].numpy(), smga.config.score_scale)
    speaker, features = KeypointSpeaker(smga), Rows(rows[0].numpy())
    # More of the speech than was learned would swing further.
    made: list[Keypoints] = list(speaker.stretches(features, speech_of(MINUTE), first, guidance=1.0))  # type: ignore[arg-type]
    return np.concatenate([part.points for part in made])


@pytest.mark.slow
def test_after_a_minute_everybody_is_still_at_home() -> None:
    """In each tenth of the take the mean of the body's points is within two swings of their home, and they still swing.

    Counted from windows' own first poses they end hundreds of pixels away.
    """
    smga = trained(600)
    for place in ((0.0, 0.0), (0.25, -0.2)):
        points = spoken(smga, torch.tensor(place))[:, GROUPS["body"]]
        home = (np.array(place) + 1.0) * 500.0 - 200.0
        means = points.reshape(10, -1, points.shape[1], 2).mean(axis=1)
        apart = np.linalg.norm(means - home, axis=-1)
        assert apart.max() < 2.0 * SWING * 500.0
        assert 0.5 * SWING * 500.0 < points.std(axis=0).mean() < SWING * 500.0
