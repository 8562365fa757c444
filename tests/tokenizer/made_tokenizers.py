"""Small untrained tokenizers and made-up parts for tests."""

import numpy as np
import torch
from torch import Tensor

from gesta.motion.representation import Representation
from gesta.motion.rotations import matrix_from_axis_angle
from gesta.motion.statistics import Clip
from gesta.records import JOINT_COUNT, Motion
from gesta.tokenizer.channels import fit_statistics
from gesta.tokenizer.config import TokenizerConfig, tokenizer_config
from gesta.tokenizer.tokenizers import Tokenizers
from tests.motion.moving import made_motion

TINY = {"width": 16, "codes": 8, "levels": 3, "residual_depth": 2, "global_layers": 1}


def tiny_config(**changes: object) -> TokenizerConfig:
    """A configuration whose networks cost next to nothing."""
    return tokenizer_config("small", **{**TINY, **changes})


def tiny_tokenizers(face_basis: str = "arkit52", seed: int = 0, **changes: object) -> Tokenizers:
    """Untrained tokenizers with statistics where they normalise, ready to decode."""
    config = tiny_config(**changes)
    torch.manual_seed(seed)
    clips = clips_of(*(made_motion(40, face_basis, seed) for seed in range(2)))
    statistics = fit_statistics(config, Representation(face_basis), clips) if config.normalise else None
    return Tokenizers(config, face_basis, statistics).eval()


def clips_of(*motions: Motion) -> list[Clip]:
    """Channels of motions with what is valid, as statistics are fitted on."""
    representations = [Representation(motion.face_basis) for motion in motions]
    return [
        (layout.encode(motion), layout.valid(motion)) for layout, motion in zip(representations, motions, strict=True)
    ]


def made_parts(clips: int = 2, frames: int = 16, face_basis: str = "arkit52") -> dict[str, Tensor]:
    """(B, T, C) channels of made-up motions, by part."""
    representation = Representation(face_basis)
    encoded = [representation.encode(made_motion(frames, face_basis, seed)) for seed in range(clips)]
    return {part: torch.stack([torch.tensor(one[part]) for one in encoded]) for part in representation.parts}


def swaying_parts(clips: int = 8, frames: int = 32) -> dict[str, Tensor]:
    """Channels of bodies whose joints all sway with one wave, of another phase, speed and height in every clip."""
    representation, random = Representation(), np.random.default_rng(0)
    directions = random.uniform(-1.0, 1.0, (JOINT_COUNT, 3))
    directions[22:25] = 0.0
    encoded = []
    for clip in range(clips):
        phase, speed, height = random.uniform(0, 6), random.uniform(0.1, 0.4), random.uniform(0.3, 1.0)
        wave = height * np.sin(phase + speed * np.arange(frames))
        motion = made_motion(frames, seed=clip)
        poses = (directions * wave[:, None, None]).astype(np.float32)
        encoded.append(representation.encode(motion.replaced(rotations=matrix_from_axis_angle(poses))))
    return {part: torch.stack([torch.tensor(one[part]) for one in encoded]) for part in representation.parts}


def all_valid(parts: dict[str, Tensor]) -> dict[str, Tensor]:
    """Masks (B, C) that say that everything means something."""
    return {part: torch.ones(len(values), values.shape[-1]) for part, values in parts.items()}


def random_indices(tokenizers: Tokenizers, tokens: int, clips: int = 1, seed: int = 0) -> dict[str, Tensor]:
    """(B, K, Q) indices of every part, by chance."""
    chance = torch.Generator().manual_seed(seed)
    config = tokenizers.config
    shape = (clips, tokens, config.levels)
    return {part: torch.randint(0, config.codes, shape, generator=chance) for part in tokenizers.parts}
