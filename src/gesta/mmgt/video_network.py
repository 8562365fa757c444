"""The video network: the four networks of MMGT's second stage under one roof.

The reference network reads the picture of the person, the pose guider the drawn keypoints, the audio projection the
speech; with all of it the denoiser takes noise away from the latents of a film. Source: MMGT (arXiv 2505.23120).

B clips, F frames, c latent channels, C channels, h and w latents along the sides, L layers of the speech features.
"""

from torch import Tensor, nn

from gesta.mmgt.audio_tokens import AudioProjection
from gesta.mmgt.conditions import Conditions
from gesta.mmgt.denoiser import Denoiser, by_clip, by_frame
from gesta.mmgt.noise import NoiseSchedule
from gesta.mmgt.pose_guider import PoseGuider
from gesta.mmgt.reference import ReferenceNet, References
from gesta.mmgt.video_config import RegionWeights, VideoConfig

__all__ = ["Conditions", "References", "VideoNetwork"]


class VideoNetwork(nn.Module):
    """Everything of stage 2 that is trained.

    Attributes:
        config: the settings it was built by.
        denoiser, reference, pose_guider, audio_projection: the four networks.
    """

    def __init__(self, config: VideoConfig) -> None:
        """Build it with random weights.

        Raises:
            InputError: the extra `video` is not installed.
        """
        super().__init__()
        self.config = config
        self.denoiser = Denoiser(config)
        self.reference = ReferenceNet(config)
        self.pose_guider = PoseGuider(config)
        self.audio_projection = AudioProjection(config.sizes)
        noise = config.noise
        self._schedules = {True: NoiseSchedule(noise), False: NoiseSchedule(noise, noise.sampling)}

    def read_reference(self, latent: Tensor, image_token: Tensor) -> References:
        """Read R pictures: latents (R, c, h, w) without noise, tokens (R, 1, E) -> by layer, (R, h w, C)."""
        return self.reference(latent, image_token)

    def pose_features(self, poses: Tensor) -> Tensor:
        """Drawn keypoints (B, 3, F, H, W) in [0, 1] -> (B, C, F, h, w); zeros where they are withheld."""
        if self.config.pose == "withheld":
            grid, width = self.config.picture.grid, self.config.sizes.widths[0]
            return poses.new_zeros(len(poses), width, poses.shape[2], grid, grid)
        return by_clip(self.pose_guider(by_frame(poses)), len(poses))

    def audio_tokens(self, windows: Tensor) -> Tensor:
        """The speech around each frame (B, F, S, L, C) -> audio tokens (B, F, N, E)."""
        return self.audio_projection(windows)

    def denoise(
        self,
        latents: Tensor,
        timestep: Tensor,
        conditions: Conditions,
        references: References | None,
        region_weights: RegionWeights | None = None,
    ) -> Tensor:
        """Predict v for noisy latents.

        Args:
            latents: (B, c, F, h, w).
            timestep: noise levels, (B,) or one for all.
            conditions: of the B clips.
            references: from `read_reference`, of R pictures, one for all or more; clip b looks at picture b modulo R.
            region_weights: of full, face and lip; by default the configuration's for training or sampling, whichever
                mode the network is in.

        Returns:
            (B, c, F, h, w).

        Raises:
            ValueError: a film of more frames than the motion modules can tell apart.
        """
        frames, longest = latents.shape[2], self.config.sizes.longest_window
        if conditions.moving and frames > longest:
            raise ValueError(f"{frames} frames at once are more than the {longest} that the network can tell apart")
        if region_weights is None:
            hearing = self.config.hearing
            region_weights = hearing.training_weights if self.training else hearing.sampling_weights
        answer = self.denoiser(latents, timestep, conditions, references, region_weights)
        if self.config.noise.answer == "velocity":
            return answer
        # Of the many numbers of a patch a picture has few to itself and its noise all, which need not get through.
        return self._schedules[self.training].velocity_to(latents, answer, timestep.expand(len(latents)))

    def enable_gradient_checkpointing(self, on: bool = True) -> None:
        """Compute layers again in the backward pass and keep less for it: less memory, more time, equal gradients."""
        self.denoiser.recompute = self.reference.recompute = on
