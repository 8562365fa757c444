"""The feature extractor of the Fréchet gesture distance (FGD): rotations of all joints to one latent for 16 frames.

The encoder of the published VAESKConv (330 -> 240 channels, `vae_grow` [1, 1, 2, 1]; weights file
AESKConv_240_100.bin of the BEAT2 data set): four layers tanh(pool(GroupNorm(masked convolution) + masked short cut)),
stride 2 each, pooling in the first two. The joint tree is our skeleton's, which is SMPL-X's. Names of modules follow
the official keys, so that the file's tensors fit as they are.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gesta.errors import InputError
from gesta.foreign import check_names, read_torch_file
from gesta.metrics.fgd_structure import Tree, convolution_mask, pooling_matrix
from gesta.motion.face_joints import FACE_JOINTS, face_joint_rotations
from gesta.motion.representation import SIX
from gesta.motion.skeleton import skeleton
from gesta.records import Motion

GROWTH = (1, 1, 2, 1)
"""How many times wider each layer makes the channels of an edge."""
POOLED_LAYERS = 2
KERNEL, STRIDE, PADDING = 4, 2, 1
GROUPS = 10
"""Of the group normalisation."""
NEEDED_PARTS = frozenset({"upper", "hands", "lower"})
WHOLE_FRAMES = 32
"""Motions are cut to a multiple of this."""
LATENT_FRAMES = STRIDE ** len(GROWTH)
"""Frames that one latent stands for."""
PIECE_FRAMES = 1024 * WHOLE_FRAMES
"""Longer motions (18 minutes) are encoded in pieces of this length, which bounds memory."""
KIND = "FGD encoder"
STATE, PARALLEL = "model_state", "module."
UNUSED = ("decoder.", "fc_mu.", "fc_logvar.")
"""Prefixes of the official file's tensors that do not take part in the latents."""


class MaskedConvolution(nn.Conv1d):
    """A convolution over time in which only edges near each other are connected."""

    def __init__(self, tree: Tree, in_channels: int, out_channels: int, kernel: int, padding: int) -> None:
        """Channels are for each edge of `tree`."""
        edges = len(tree.edges)
        super().__init__(edges * in_channels, edges * out_channels, kernel, stride=STRIDE, padding=padding)
        mask = convolution_mask(tree, out_channels, in_channels, kernel)
        self.register_buffer("mask", torch.from_numpy(mask))

    def forward(self, channels: Tensor) -> Tensor:
        """(B, E in_channels, T) to (B, E out_channels, T / 2)."""
        return self._conv_forward(channels, self.weight * self.mask, self.bias)


class Pooling(nn.Module):
    """The mean over edges that are merged."""

    def __init__(self, matrix: np.ndarray) -> None:
        """Take the (C after, C before) matrix of means."""
        super().__init__()
        self.register_buffer("weight", torch.from_numpy(matrix))

    def forward(self, channels: Tensor) -> Tensor:
        """(B, C before, T) to (B, C after, T)."""
        return self.weight @ channels


class Layer(nn.Module):
    """One layer: half as many frames, and fewer edges where it pools."""

    def __init__(self, tree: Tree, groups: list[list[int]] | None, in_channels: int, out_channels: int) -> None:
        """Channels are for each edge of `tree`; `groups` are the edges to be merged."""
        super().__init__()
        edges = len(tree.edges)
        self.residual = nn.Sequential(
            MaskedConvolution(tree, in_channels, out_channels, KERNEL, PADDING),
            nn.GroupNorm(GROUPS, edges * out_channels),
        )
        self.shortcut = MaskedConvolution(tree, in_channels, out_channels, 1, 0)
        pool = [] if groups is None else [Pooling(pooling_matrix(groups, edges, out_channels))]
        self.common = nn.Sequential(*pool, nn.Tanh())

    def forward(self, channels: Tensor) -> Tensor:
        """(B, C, T) to (B, C', T / 2)."""
        return self.common(self.residual(channels) + self.shortcut(channels))


class Layers(nn.Module):
    """The four layers, under the names they have in the official file."""

    def __init__(self, tree: Tree) -> None:
        """Build the layers for the joint tree."""
        super().__init__()
        layers, width = [], SIX
        for number, growth in enumerate(GROWTH):
            merged, groups = tree.merged() if number < POOLED_LAYERS else (tree, None)
            layers.append(nn.Sequential(Layer(tree, groups, width, width * growth)))
            tree, width = merged, width * growth
        self.layers = nn.ModuleList(layers)


class SkeletonConvolutionEncoder(nn.Module):
    """Turns (B, T, 330) rotations into (B, T / 16, 240) latents; T is a multiple of 32."""

    def __init__(self) -> None:
        """Build it with random weights; `load_fgd_encoder` gives one that has learnt."""
        super().__init__()
        self.encoder = Layers(Tree.of_joints(skeleton().parents))

    def stages(self, rotations: Tensor) -> list[Tensor]:
        """What each layer gives for (B, T, 330) rotations: (B, C, T / 2), ..., (B, 240, T / 16)."""
        channels, found = rotations.transpose(1, 2), []
        for layer in self.encoder.layers:
            channels = layer(channels)
            found.append(channels)
        return found

    def forward(self, rotations: Tensor) -> Tensor:
        """(B, T, 330) rotations to (B, T / 16, 240) latents."""
        return self.stages(rotations)[-1].transpose(1, 2)

    def latents(self, motion: Motion) -> np.ndarray:
        """(N, 240) float32 latents of a motion cut to n - n % 32 frames, one for 16 frames; none if it is shorter.

        The group normalisation sees the whole motion at once (up to 18 minutes), as published: latents depend a
        little on how motions are cut, so cut real and generated ones alike.

        Raises:
            InputError: the motion lacks body or hands.
        """
        if lacking := NEEDED_PARTS - motion.parts:
            raise InputError(
                f"FGD needs the whole body, but this motion lacks {', '.join(sorted(lacking))}; leave it out."
            )
        weight = next(self.parameters())
        whole = motion.frame_count - motion.frame_count % WHOLE_FRAMES
        found = [np.zeros((0, self.latent_size), np.float32)]
        with torch.inference_mode():
            for start in range(0, whole, PIECE_FRAMES):
                rotations = joint_channels(motion, start, min(start + PIECE_FRAMES, whole))
                given = torch.from_numpy(rotations)[None].to(weight.device)
                found.append(self(given)[0].float().cpu().numpy())
        return np.concatenate(found)

    @property
    def latent_size(self) -> int:
        """Number of channels of a latent."""
        return int(self.encoder.layers[-1][0].shortcut.out_channels)


def joint_channels(motion: Motion, start: int, stop: int) -> np.ndarray:
    """6D of all joints of the frames [start, stop): (T, 330) float32.

    Jaw and eyes of a motion whose face is ARKit's are turned as they are when an npz is written.
    """
    rotations = motion.rotations[start:stop]
    if motion.face_basis == "arkit52" and "face" in motion.parts:
        rotations = rotations.copy()
        rotations[:, skeleton().indices(FACE_JOINTS)] = face_joint_rotations(motion.face[start:stop])
    return rotations[:, :, :2].reshape(len(rotations), -1).astype(np.float32, copy=False)


def load_fgd_encoder(path: str | Path) -> SkeletonConvolutionEncoder:
    """The extractor with the weights of an official file.

    Args:
        path: a torch file with a table of tensors, perhaps under "model_state" and with names that begin with
            "module."; tensors of the decoder are passed over.

    Raises:
        InputError: it cannot be read, tensors are missing or unknown (by name), or it was made for another skeleton.
    """
    stored = read_torch_file(path, KIND)
    state = stored.get(STATE, stored) if isinstance(stored, Mapping) else None
    if not isinstance(state, Mapping) or not all(isinstance(value, Tensor) for value in state.values()):
        raise InputError(f"The {KIND} '{path}' holds no table of tensors; give AESKConv_240_100.bin of BEAT2.")
    named = {str(name).removeprefix(PARALLEL): value for name, value in state.items()}
    tensors = {name: value for name, value in named.items() if not name.startswith(UNUSED)}
    network = SkeletonConvolutionEncoder()
    expected = network.state_dict()
    check_names(tensors, expected, path, KIND)
    for name, _ in network.named_buffers():
        if not torch.equal(tensors[name].float(), expected[name]):
            raise InputError(f"The {KIND} '{path}' was made for another skeleton: '{name}' differs from SMPL-X's.")
    network.load_state_dict(tensors)
    return network.eval()
