"""Stage 2 of MMGT as a library: a picture, keypoints and speech in, frames out, for films of any length.

Everything is read and made segment by segment, so that memory does not grow with length; see `gesta.mmgt.sampling`.
Finished latents may be kept on disk, so that a film that was killed goes on where it was.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gesta.devices import torch_device
from gesta.errors import InputError
from gesta.mmgt.autoencoders import Autoencoder, check_autoencoder, in_slices
from gesta.mmgt.cost import Cost, Meter, Progress, memory_so_far, warm_seconds
from gesta.mmgt.film_conditions import FilmReader, Given, SegmentConditions
from gesta.mmgt.image_token import ImageToken, check_image_token
from gesta.mmgt.latent_cache import LatentCache, fingerprint, state_fingerprint
from gesta.mmgt.sampling import Predict, Span, call_count, calls_of, denoised, spans
from gesta.mmgt.sampling_config import SamplingConfig
from gesta.mmgt.schedulers import Steps
from gesta.mmgt.video_network import References, VideoNetwork
from gesta.records import KEYPOINT_COUNT, Keypoints

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}
CHANGES_NO_NUMBER = {"offload"}
"""Settings that may be others when a film goes on."""
BYTE_HALF = 127.5
"""Bytes from 0 to 255 are pictures from -1 to 1 times this, plus this."""


@dataclass(frozen=True)
class Person:
    """What the networks know of the picture: its token (1, 1, E) and what the reference network noted."""

    image_token: Tensor
    references: References


class VideoSpeaker:
    """Makes films with a trained video network.

    Args:
        network: is put into evaluation mode and moved; where the settings ask for bfloat16, it is a copy that is used.
        autoencoder, image_token: those the network was trained with; they stay in float32.
        config: how films are sampled; none: the preset "gesta".
        device: "auto", "cpu" or "cuda".
        identity: tells these weights from all others, for example a bundle's checksum; none: they are read through.

    Raises:
        InputError: the parts do not fit each other, the window is longer than the network knows, or the device is
            missing.
    """

    def __init__(
        self,
        network: VideoNetwork,
        autoencoder: Autoencoder,
        image_token: ImageToken,
        config: SamplingConfig | None = None,
        *,
        device: str = "auto",
        identity: str | None = None,
    ) -> None:
        self.config = config or SamplingConfig()
        check_autoencoder(autoencoder, network.config.picture)
        check_image_token(image_token, network.config)
        if self.config.window > network.config.sizes.longest_window:
            raise InputError(
                f"The video network cannot tell {self.config.window} frames apart; choose a window of "
                f"{network.config.sizes.longest_window} at most."
            )
        self.device = torch_device(device)
        self.network = network = in_precision(network.eval(), PRECISIONS[self.config.precision])
        self.autoencoder, self.image_token = autoencoder.eval(), image_token.eval()
        self._identity = identity
        finer = self.config.spacing == "finer_at_end"
        self._steps = Steps(self.config.scheduler, network.config.noise, self.config.steps, finer)
        self._denoise: Callable[..., Tensor] = (
            torch.compile(network.denoise) if self.config.compile else network.denoise
        )
        if not self.config.offload:
            for module in (network, autoencoder, image_token):
                module.to(self.device)

    def frames(
        self,
        picture: np.ndarray,
        keypoints: Iterator[Keypoints],
        features: Iterator[np.ndarray],
        frame_count: int,
        *,
        seed: int = 0,
        cache: LatentCache | None = None,
        report: Callable[[Progress], None] | None = None,
    ) -> Iterator[np.ndarray]:
        """Make a film, a few frames at a time.

        Args:
            picture: (side, side, 3) uint8 RGB, the person on the canvas; the side is the network's.
            keypoints: stretches on the same canvas, of any scale, 25 frames a second.
            features: (f, L, C) stretches of the features that the network was trained with.
            frame_count: frames of the film; both streams must have as many.
            seed: the same seed gives the same film.
            cache: where finished latents are kept and found; none: nowhere.
            report: is told after each call of the denoiser and each slice of frames.

        Returns:
            (f, side, side, 3) uint8 RGB stretches.

        Raises:
            InputError: the picture, keypoints or features do not fit, or a stream ends too early.
            OutputError: latents cannot be kept.
        """
        side = self.network.config.picture.side
        if picture.shape != (side, side, 3) or picture.dtype != np.uint8:
            raise InputError(f"The picture has shape {picture.shape}, but the video network wants {side} x {side} RGB.")
        reader = FilmReader(keypoints, features, frame_count, self.network.config.sizes)
        meter = Meter(call_count(frame_count, self.config), frame_count, report)
        return self._frames(picture, reader, frame_count, seed, cache, meter)

    def _frames(
        self,
        picture: np.ndarray,
        reader: FilmReader,
        frame_count: int,
        seed: int,
        cache: LatentCache | None,
        meter: Meter,
    ) -> Iterator[np.ndarray]:
        key = self._film_key(picture, seed) if cache is not None else ""
        person: Person | None = None
        latest = torch.zeros(self._latent_shape(0), device=self.device)
        for number, span in enumerate(spans(frame_count, self.config)):
            given, latents = reader.read(span), None
            if cache is not None:
                key = given.key(key, span)
                latents = cache.kept(number, key, self._latent_shape(span.made))
            if latents is not None:
                meter.found(calls_of(span, self.config))
            else:
                person = person or self._read(picture)
                carried = latest[:, latest.shape[1] - span.carried :]
                latents = self._segment(given, person, span, carried, seed, meter)
                if cache is not None:
                    cache.keep(number, key, latents)
            latents = latents.to(self.device)
            # What is carried on are a segment's last frames; a short one may leave some of the segment before.
            latest = torch.cat([latest[:, : latest.shape[1] - span.faded], latents], dim=1)
            latest = latest[:, max(latest.shape[1] - self.config.carried, 0) :].clone()
            for few in self._decoded(latents[:, : span.made - span.kept_back]):
                meter.given(len(few))
                yield few

    @torch.inference_mode()
    def foretold(self, frame_count: int) -> Cost:
        """What a film will take, by a trial of one call and one slice: three calls' time, or more to compile."""
        config, picture, sizes = self.config, self.network.config.picture, self.network.config.sizes
        span = Span(0, min(config.window, frame_count), carried=0, faded=0, kept_back=0)
        heard = np.zeros((span.count, sizes.audio_span, sizes.audio_layers, sizes.audio_channels), np.float32)
        points = np.zeros((span.count, KEYPOINT_COUNT, 2)), np.zeros((span.count, KEYPOINT_COUNT))
        given = Given(Keypoints(*points, (picture.side,) * 2), heard)
        person = self._read(np.zeros((picture.side, picture.side, 3), np.uint8))
        latents = torch.zeros(self._latent_shape(span.count), device=self.device)
        windows = min(config.windows_at_once, -(-frame_count // config.window))
        shown = np.tile(np.arange(span.count), (windows, 1))
        with self._in_use(self.network):
            predict = self._predict(given, person, span)
            noisy = latents[None].expand(windows, -1, -1, -1, -1)
            call_s = warm_seconds(lambda: predict(noisy, self._steps.times[0], shown), self.device)
        few = latents[:, : config.slice]
        slice_s = warm_seconds(lambda: list(self._decoded(few)), self.device)
        of_segment = min(config.segment, frame_count) * sizes.widths[0] * picture.grid**2 * torch.float32.itemsize
        memory = memory_so_far(self.device) + of_segment
        name = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else "the processor"
        calls = call_count(frame_count, config)
        return Cost(calls, call_s, slice_s / few.shape[1], frame_count, memory, name)

    def _latent_shape(self, frames: int) -> tuple[int, int, int, int]:
        picture = self.network.config.picture
        return picture.latent_channels, frames, picture.grid, picture.grid

    def _film_key(self, picture: np.ndarray, seed: int) -> str:
        """A key for all that a film's segments have in common."""
        if self._identity is None:
            modules = (self.network, self.autoencoder, self.image_token)
            self._identity = fingerprint(parts=[state_fingerprint(module.state_dict()) for module in modules])
        settings = self.config.model_dump(exclude=CHANGES_NO_NUMBER)
        network = self.network.config.model_dump(mode="json")
        return fingerprint(
            identity=self._identity, settings=settings, network=network, device=self.device.type, seed=seed,
            picture=picture,
        )  # fmt: skip

    @contextmanager
    def _in_use(self, *modules: nn.Module) -> Iterator[None]:
        """Have modules on the device while they are needed."""
        for module in modules:
            module.to(self.device)
        try:
            yield
        finally:
            if self.config.offload:
                for module in modules:
                    module.to("cpu")

    @torch.inference_mode()
    def _read(self, picture: np.ndarray) -> Person:
        """Look at the picture, once for a film."""
        with self._in_use(self.autoencoder, self.image_token, self.network.reference):
            pixels = torch.tensor(picture.copy(), device=self.device).permute(2, 0, 1)[None] / BYTE_HALF - 1.0
            dtype = PRECISIONS[self.config.precision]
            token = self.image_token.encode(picture).to(dtype)
            return Person(token, self.network.read_reference(self.autoencoder.encode(pixels).to(dtype), token))

    @torch.inference_mode()
    def _segment(self, given: Given, person: Person, span: Span, carried: Tensor, seed: int, meter: Meter) -> Tensor:
        """The clean latents (c, new frames, h, w) of a segment."""
        with self._in_use(self.network.pose_guider, self.network.audio_projection, self.network.denoiser):
            predict = self._predict(given, person, span)
            return denoised(predict, self._steps, self.config, span, carried, seed, meter.called)

    def _predict(self, given: Given, person: Person, span: Span) -> Predict:
        """The denoiser with guidance, for windows of a segment."""
        conditions = SegmentConditions(self.network, given, person.image_token, self.config.slice)
        dtype, guidance = PRECISIONS[self.config.precision], self.config.guidance

        def predict(latents: Tensor, time: int, frames: np.ndarray) -> Tensor:
            told, level = conditions.of(frames - span.begin), torch.tensor(time, device=self.device)
            seen = latents.to(dtype)
            if guidance == 1.0:
                return self._denoise(seen, level, told, person.references).float()
            both = self._denoise(torch.cat([seen, seen]), level, told.guided(), person.references)
            without, with_all = both.float().chunk(2)
            return without + guidance * (with_all - without)

        return predict

    @torch.inference_mode()
    def _decoded(self, latents: Tensor) -> Iterator[np.ndarray]:
        """Pictures of latents (c, F, h, w), a slice at a time."""
        with self._in_use(self.autoencoder):
            for few in in_slices(self._pictures, latents.transpose(0, 1), self.config.slice):
                yield few.cpu().numpy()

    def _pictures(self, latents: Tensor) -> Tensor:
        levels = (self.autoencoder.decode(latents) + 1.0) * BYTE_HALF
        return levels.round().clamp(0.0, 255.0).byte().permute(0, 2, 3, 1)


def in_precision(network: VideoNetwork, dtype: torch.dtype) -> VideoNetwork:
    """The network with numbers of another kind: itself if nothing is lost by it, else a copy."""
    if dtype == torch.float32:
        return network.to(dtype)
    narrow: dict[int, Any] = {}
    for values in (*network.parameters(), *network.buffers()):
        if values.is_floating_point() and values.dtype != dtype:
            made = values.detach().to(dtype)
            narrow[id(values)] = nn.Parameter(made, requires_grad=False) if isinstance(values, nn.Parameter) else made
    # What is known to have a copy is not copied, so that there are never two large ones.
    return deepcopy(network, narrow) if narrow else network
