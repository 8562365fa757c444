"""The denoiser: Stable Diffusion's UNet on every frame, with motion modules over time and MM-HAA for the speech.

In a layer come, in this order: the residual block, the spatial transformer with its look at the reference, MM-HAA, the
motion module. The features of the drawn keypoints are added behind the first convolution. Source: MMGT's release.

B clips, F frames, c latent channels, C channels, h and w latents along the sides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from gesta.keypoints.masks import REGIONS
from gesta.mmgt.conditions import Conditions
from gesta.mmgt.mm_haa import MmHaa
from gesta.mmgt.motion_module import MotionModule
from gesta.mmgt.reference import References, spatial_attention
from gesta.mmgt.unet import Layer, Scene, Unet
from gesta.mmgt.video_config import RegionWeights, VideoConfig


@dataclass(frozen=True)
class Film:
    """What the layers of the denoiser are told beside the scene.

    Attributes:
        frames: F.
        moving: whether frames know of each other.
        references: what the reference network noted.
        referenced: for each clip, whether it sees it.
        audio: (B F, N, E), or nothing.
        masks: by region, at each resolution (B F, h w).
        weights: of the regions.
    """

    frames: int
    moving: bool
    references: References
    referenced: Sequence[bool]
    audio: Tensor | None
    masks: Mapping[str, tuple[Tensor, ...]]
    weights: RegionWeights


class Denoiser(Unet):
    """Predicts v, the velocity between picture and noise, for the latents of a film."""

    def __init__(self, config: VideoConfig) -> None:
        super().__init__(config, with_exit=True)
        sizes, hearing = config.sizes, config.hearing
        self.placed = config.picture.positions == "sines"
        for layer, block in self.layers():
            channels = block.resnets[layer.number].out_channels
            _modules(block, "motion_modules").append(MotionModule(channels, sizes))
            if hasattr(block, "attentions") and layer.block.startswith(hearing.places):
                width = channels if hearing.inner_width == "own" else _published_width(config, layer)
                _modules(block, "audio_modules").append(MmHaa(channels, width, sizes, hearing))

    def forward(
        self,
        latents: Tensor,
        timestep: Tensor,
        conditions: Conditions,
        references: References | None,
        weights: RegionWeights,
    ) -> Tensor:
        """See `VideoNetwork.denoise`: (B, c, F, h, w) -> (B, c, F, h, w)."""
        clips, _, frames = latents.shape[:3]
        film = Film(
            frames=frames,
            moving=conditions.moving,
            references=references or {},
            referenced=conditions.referenced.tolist(),
            audio=None if conditions.audio is None else conditions.audio.flatten(0, 1),
            masks={region: tuple(mask.flatten(0, 1) for mask in levels) for region, levels in conditions.masks.items()},
            weights=weights,
        )
        scene = Scene(
            time=self.embed(timestep, clips, frames),
            image=conditions.image_token.repeat_interleave(frames, dim=0),
            given=film,
        )
        features = self.conv_in(by_frame(latents)) + by_frame(conditions.pose)
        features, _ = self.walk(features, scene)
        return by_clip(self.conv_out(self.conv_act(self.conv_norm_out(features))), clips)

    def attend(self, block: nn.Module, layer: Layer, features: Tensor, scene: Scene) -> tuple[Tensor, None]:
        film: Film = scene.given
        if hasattr(block, "attentions"):
            reference = film.references.get(layer.attention)
            transformer = block.attentions[layer.number]
            features, _ = spatial_attention(
                transformer, features, scene.image, reference, film.referenced, placed=self.placed
            )
        if film.audio is not None and hasattr(block, "audio_modules"):
            masks = {region: film.masks[region][layer.level] for region in REGIONS}
            features = block.audio_modules[layer.number](features, film.audio, masks, film.weights)
        if film.moving:
            features = block.motion_modules[layer.number](features, film.frames)
        return features, None


def by_frame(values: Tensor) -> Tensor:
    """Frames in the batch: (B, C, F, ...) -> (B F, C, ...)."""
    return values.transpose(1, 2).flatten(0, 1)


def by_clip(values: Tensor, clips: int) -> Tensor:
    """Frames in clips: (B F, C, ...) -> (B, C, F, ...)."""
    return values.unflatten(0, (clips, -1)).transpose(1, 2)


def _modules(block: nn.Module, name: str) -> nn.ModuleList:
    """A block's list of modules, which is made when it is first asked for."""
    if not hasattr(block, name):
        block.add_module(name, nn.ModuleList())
    return getattr(block, name)


def _published_width(config: VideoConfig, layer: Layer) -> int:
    """The inner width as released: of what enters a layer on the way down, of what enters beside it on the way up."""
    widths = config.sizes.widths
    if layer.block == "mid_block":
        return widths[-1]
    first = layer.number == 0 or layer.block.startswith("up")
    return widths[max(layer.level - 1, 0)] if first else widths[layer.level]
