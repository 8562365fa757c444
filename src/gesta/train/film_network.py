"""The video network with its losses, as the trainings on pictures and on films see it.

The network is given a noisy window and what it may know of it: the person's picture, the drawn points and, on films,
the speech. It answers with the velocity (gesta.mmgt.noise); squared errors are averaged, clean times count less
(min-SNR). Sometimes picture or speech are withheld, which guidance needs. Source: MMGT's release.

B windows, F frames, c latent channels, h and w latents along the sides.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from gesta.bundles.film_folder import VideoParts
from gesta.mmgt.image_token import CLIP_MEAN
from gesta.mmgt.noise import NoiseSchedule, training_noise
from gesta.mmgt.video_network import Conditions
from gesta.train.film_batches import HEARD, PICTURES, POSES, REFERENCE, masks_of
from gesta.train.film_settings import PictureTraining
from gesta.train.frozen import freeze_all_but

WHITE = 255.0
SEEDS = 2**31


class FilmNetwork(nn.Module):
    """What the training loop sees.

    Attributes:
        video: the video network.
        autoencoder, image_token: trained already; they stay as they are.
        frozen: prefixes of what is not trained, see gesta.train.frozen.
    """

    def __init__(
        self, parts: VideoParts, trained: Mapping[str, nn.Parameter], settings: PictureTraining, deaf_share: float = 0.0
    ) -> None:
        """
        Args:
            parts: everything of stage 2.
            trained: by name, the parameters of its network that are trained.
            settings: of the training.
            deaf_share: share of windows without speech.
        """
        super().__init__()
        self.video, self.autoencoder, self.image_token = parts.network, parts.autoencoder, parts.image_token
        self.frozen = freeze_all_but(self, {f"video.{name}" for name in trained})
        self.settings, self.deaf_share = settings, deaf_share
        self.schedule = NoiseSchedule(parts.network.config.noise)
        self.video.enable_gradient_checkpointing(settings.recompute)

    def train(self, mode: bool = True) -> "FilmNetwork":
        """Set the mode; what is not trained at all stays in evaluation mode."""
        super().train(mode)
        self.autoencoder.eval()
        self.image_token.eval()
        return self

    def forward(self, batch: Mapping[str, Tensor], progress: float) -> dict[str, Tensor]:  # noqa: ARG002
        """Losses of a batch, as `FilmBatches.batch` makes it; draws from torch's own generator."""
        clean = self._latents(batch[PICTURES])
        count = len(clean)
        times = torch.randint(self.schedule.times, (count,), device=clean.device)
        noise = training_noise(clean, offset=self.settings.noise_offset)
        shown = torch.rand(count, device=clean.device) >= self.settings.deaf_to_picture
        token = self._token(batch[REFERENCE], shown)
        references = self.video.read_reference(self._latents(batch[REFERENCE][:, None])[:, :, 0], token)
        noisy = self.schedule.noised(clean, noise, times)
        # Torch 2.13 crashes on a CPU in the backward pass of a GroupNorm whose input has its channels last and asks
        # for no gradient, as the first module that is trained on films gets it from the frozen layers before it.
        noisy.requires_grad_(torch.is_grad_enabled() and noisy.device.type == "cpu")
        answer = self.video.denoise(
            noisy,
            times,
            self._conditions(batch, token, shown),
            references,
            region_weights=self.video.config.hearing.training_weights,
        )
        return self._losses(answer, self.schedule.velocity(clean, noise, times), times, batch)

    def _conditions(self, batch: Mapping[str, Tensor], token: Tensor, shown: Tensor) -> Conditions:
        drawn = batch[POSES].permute(0, 4, 1, 2, 3).float() / WHITE
        audio = None
        if HEARD in batch:
            heard = torch.rand(len(drawn), 1, 1, 1, device=drawn.device) >= self.deaf_share
            audio = self.video.audio_tokens(batch[HEARD]) * heard
        pose = self.video.pose_features(drawn)
        if self.settings.deaf_to_pose:
            pose = pose * (torch.rand(len(drawn), 1, 1, 1, 1, device=drawn.device) >= self.settings.deaf_to_pose)
        return Conditions(
            image_token=token,
            pose=pose,
            audio=audio,
            masks=masks_of(batch),
            referenced=shown,
            moving=HEARD in batch,
        )

    def _losses(self, answer: Tensor, wanted: Tensor, times: Tensor, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
        error = (answer.float() - wanted.float()).square()
        even = error.flatten(1).mean(dim=1)
        counted, more = even, self.settings.region_loss
        if not more.even:
            masks = masks_of(batch)
            places = 1.0 + more.face * masks["face"][0] + more.lip * masks["lip"][0]
            # (B, F, h w) beside latents (B, c, F, h, w); their mean stays 1, so that weights move errors, not rates.
            places = (places / places.mean(dim=(1, 2), keepdim=True)).unflatten(2, error.shape[-2:])[:, None]
            counted = (error * places).flatten(1).mean(dim=1)
        weights = self.schedule.weights(times, self.settings.gamma)
        return {"loss": (counted * weights).mean(), "velocity": even.mean()}

    @torch.no_grad()
    def _latents(self, pictures: Tensor) -> Tensor:
        """Pictures (B, F, H, W, 3) uint8 as latents (B, c, F, h, w), drawn where the autoencoder leaves a choice."""
        flat = pictures.flatten(0, 1).permute(0, 3, 1, 2).float() / (WHITE / 2.0) - 1.0
        # A generator of its own, seeded from torch's, since that of a device has no common name.
        chance = torch.Generator(flat.device)
        chance.manual_seed(int(torch.randint(SEEDS, ())))
        latents = self.autoencoder.encode(flat, chance)
        return latents.unflatten(0, pictures.shape[:2]).transpose(1, 2)

    @torch.no_grad()
    def _token(self, pictures: Tensor, shown: Tensor) -> Tensor:
        """The tokens (B, 1, E) of pictures (B, H, W, 3) uint8; of those that are not shown, what stands for none."""
        blank = np.broadcast_to(np.rint(WHITE * np.array(CLIP_MEAN)).astype(np.uint8), pictures.shape[1:])
        tokens = []
        for picture, seen in zip(pictures.cpu().numpy(), shown.tolist(), strict=True):
            token = self.image_token.encode(picture if seen else blank)
            tokens.append(torch.zeros_like(token) if not seen and self.settings.no_picture == "zero_token" else token)
        return torch.cat(tokens).to(pictures.device)
