"""What one training step of SMGA minimises: errors of the clean poses that it predicts from noisy ones.

Squared errors of positions, of their first and of their second differences, and the same three again for the face
alone, with a weight. Source: MMGT's released stage 1, where every number counts alike and the face three times; what
differs is a setting (gesta.mmgt.smga_config).

Lips part by a hundredth of what hands go, and by far less than a face turns. So there is a weight for the shape of the
mouth by itself, which MMGT has not.

B clips, F frames, V numbers of a pose, A numbers heard.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gesta.keypoints.layout import GROUPS, LIPS, VISIBLE
from gesta.keypoints.vectors import VALUES_PER_POINT, columns
from gesta.mmgt.diffusion import CosineSchedule
from gesta.mmgt.displacement import diffused, told
from gesta.mmgt.inpainting import minimum_jerk
from gesta.mmgt.pose_vectors import SCORE, filled_in
from gesta.mmgt.smga import Smga
from gesta.mmgt.smga_config import SmgaConfig
from gesta.records import KEYPOINT_COUNT

KINDS = ("position", "velocity", "acceleration")
OWN_STRAY = {"body": 0.3, "feet": 0.3, "face": 0.1, "left_hand": 0.2, "right_hand": 0.2}
"""How far a point strays by itself, as a share of how far its group does: less where points hang together, since what
lips do is not to drown in it."""


@dataclass(frozen=True)
class KeypointClips:
    """A batch of training clips.

    Attributes:
        poses: (B, F, V) as `gesta.mmgt.pose_vectors.pose_vectors` gives them.
        scores: (B, F, N) the points' scores, 0 to 1.
        audio: (B, F, A) the rows that `clip_rows` says.
        anchors: (B, R, V) poses of the same recordings, each of which may stand for the one their take began with, as
            `gesta.mmgt.pose_vectors.beginning_with` makes them; none: every clip begins a take.
    """

    poses: Tensor
    scores: Tensor
    audio: Tensor
    anchors: Tensor | None = None


def keypoint_losses(smga: Smga, clips: KeypointClips, schedule: CosineSchedule) -> dict[str, Tensor]:
    """All losses of one step by name; what is minimised is "loss". Draws from torch's own generator.

    Args:
        smga: what is trained.
        clips: the batch.
        schedule: the noise levels.
    """
    poses, count = clips.poses, len(clips.poses)
    initial = _initial_poses(clips, smga.config)
    timesteps = torch.randint(schedule.config.steps, (count,), device=poses.device)
    deaf = torch.rand(count, device=poses.device) < schedule.config.deaf_share
    target = diffused(poses, initial, smga.config)
    known = _known_frames(clips, smga.config)
    if known is not None and smga.config.anchor == "take":
        target = target + schedule.config.stray * _straying(known)
    noisy = schedule.noised(target, timesteps, torch.randn_like(poses))
    if known is not None:
        noisy = torch.where(known[..., None], target * _ever_seen(clips.scores, known), noisy)
    found = smga(noisy, initial, clips.audio, timesteps, deaf, known)
    return pose_losses(found, target, clips.scores, smga.config)


def _initial_poses(clips: KeypointClips, config: SmgaConfig) -> Tensor:
    """The poses (B, V) that takes begin with: some clips' own first ones, and for the others one of their anchors."""
    first = _first_poses(clips, config)
    if clips.anchors is None:
        return first
    count, choices = clips.anchors.shape[:2]
    chosen = torch.randint(choices, (count,), device=first.device)
    begins = torch.rand(count, 1, device=first.device) < config.diffusion.first_share
    return torch.where(begins, first, clips.anchors[torch.arange(count, device=first.device), chosen])


def _first_poses(clips: KeypointClips, config: SmgaConfig) -> Tensor:
    """The clips' first poses (B, V), as `gesta.mmgt.pose_vectors.beginning_with` makes them."""
    first = clips.poses[:, 0]
    if config.losses.hidden_points == "counted":
        return first
    return filled_in(first, clips.scores[:, 0] >= VISIBLE)


def _known_frames(clips: KeypointClips, config: SmgaConfig) -> Tensor | None:
    """Frames that each clip is shown without noise, (B, F) bool: from none to half of it, few more often than many."""
    if config.continuing != "learned":
        return None
    count, frames = clips.poses.shape[:2]
    share, continued = torch.rand(2, count, device=clips.poses.device)
    lengths = (1.0 + frames // 2 * share.square()).floor() * (continued < config.diffusion.continued_share)
    return torch.arange(frames, device=lengths.device) < lengths[:, None]


def _straying(known: Tensor) -> Tensor:
    """How far clips are beside their true places, (B, F, V): all of it in the known frames, then less and less.

    What is known while a take is made is what was made before, with its errors. A network that has only seen true
    beginnings would go on from them as they are, and the errors would stay; with these it finds back smoothly.
    """
    count, frames = known.shape
    place = (torch.arange(1, frames + 1, device=known.device) - known.sum(dim=1, keepdim=True)) / frames
    left = 1.0 - minimum_jerk(place.clamp(0.0, 1.0))
    moved = torch.zeros(count, KEYPOINT_COUNT, VALUES_PER_POINT, device=known.device)
    moved[..., :SCORE] = torch.randn(count, KEYPOINT_COUNT, SCORE, device=known.device)
    for name, part in GROUPS.items():
        moved[:, part, :SCORE] *= OWN_STRAY[name]
        moved[:, part, :SCORE] += torch.randn(count, 1, SCORE, device=known.device)
    return left[..., None] * moved.flatten(1)[:, None]


def _ever_seen(scores: Tensor, known: Tensor) -> Tensor:
    """Which numbers of a pose mean something in the known frames (B, F): (B, 1, V) bool; scores always do."""
    seen = ((scores >= VISIBLE) & known[..., None]).any(dim=1, keepdim=True)
    numbers = seen[..., None].repeat(1, 1, 1, VALUES_PER_POINT)
    numbers[..., SCORE] = True
    return numbers.flatten(2)


def pose_losses(found: Tensor, right: Tensor, scores: Tensor, config: SmgaConfig) -> dict[str, Tensor]:
    """Losses by name of what was found where (B, F, V) was right; both as they are diffused, with scores (B, F, N)."""
    losses = config.losses
    shares = {"position": 1.0, "velocity": losses.velocity, "acceleration": losses.acceleration}
    error, weights = found - right, _weights(scores, config)
    face = columns(GROUPS["face"])
    named: dict[str, Tensor] = {}
    total = error.new_zeros(())
    for kind in KINDS:
        if kind != "position":
            # A difference counts where all the frames it is made of do.
            error, weights = error.diff(dim=1), torch.minimum(weights[:, 1:], weights[:, :-1])
        named[kind] = _mean(error, weights)
        named[f"face_{kind}"] = _mean(error[..., face], weights[..., face])
        total = total + shares[kind] * (named[kind] + losses.face * named[f"face_{kind}"])
        if losses.lips > 0.0:
            named[f"lips_{kind}"] = _mouth(error, weights)
            total = total + shares[kind] * losses.lips * named[f"lips_{kind}"]
    return {"loss": total, **named}


def _mouth(error: Tensor, weights: Tensor) -> Tensor:
    """The mean squared error of lip points against the middle of all of them."""
    lips = columns(LIPS)
    parts = (values[..., lips].unflatten(-1, (-1, VALUES_PER_POINT))[..., :SCORE] for values in (error, weights))
    away, seen = parts
    middle = (away * seen).sum(dim=-2, keepdim=True) / seen.sum(dim=-2, keepdim=True).clamp(min=1.0)
    return _mean(away - middle, seen)


def _weights(scores: Tensor, config: SmgaConfig) -> Tensor:
    """How much each number of the poses counts: (B, F, V)."""
    ignored = config.losses.hidden_points == "ignored"
    seen = told(scores, config) >= VISIBLE if ignored else torch.ones_like(scores, dtype=torch.bool)
    weights = seen[..., None].to(scores.dtype).repeat(1, 1, 1, VALUES_PER_POINT)
    weights[..., SCORE] = config.losses.scores
    return weights.flatten(2)


def _mean(error: Tensor, weights: Tensor) -> Tensor:
    """The weighted mean of squared errors; zero where nothing counts."""
    return (weights * error.square()).sum() / weights.sum().clamp(min=torch.finfo(weights.dtype).tiny)
