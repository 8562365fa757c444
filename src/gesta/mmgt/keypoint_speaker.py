"""A trained SMGA as a speaker: features of speech and a first pose in, keypoints out, for speech of any length.

Windows of F frames are made one after another. Each begins with the last frames of the one before, which are known to
it (gesta.mmgt.inpainting), and is shown the pose that the take begins with: without it, errors would add up from window
to window until the figure comes apart. What is heard and held back is a window or two, however long the speech is. What
is shorter than a window, and what is left at the end, is padded and cut.

Each window is a function of the seed, of what is heard in it and of the one before: a longer recording begins as a
shorter one does.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gesta.audio.video_features.protocol import VideoFeatures
from gesta.keypoints.vectors import from_vectors, without_legs
from gesta.mmgt.candidates import best_candidate
from gesta.mmgt.diffusion import CosineSchedule, guided, sample
from gesta.mmgt.displacement import diffused, limits, undiffused
from gesta.mmgt.inpainting import Known, joined, without_step
from gesta.mmgt.pose_vectors import beginning_with, initial_vector, kept_numbers
from gesta.mmgt.smga import Heard, Smga
from gesta.mmgt.smga_config import KeypointSampling, SmgaConfig
from gesta.randomness import generator as chance_for
from gesta.records import Keypoints, Speech


@dataclass(frozen=True)
class _Window:
    """What is heard in one window.

    Attributes:
        number: 0 for the first.
        audio: (F, A).
        real: how many of its frames the speech has; the others are padding.
        last: no window follows.
    """

    number: int
    audio: np.ndarray
    real: int
    last: bool


class KeypointSpeaker:
    """Speaks with a trained model.

    Args:
        smga: in evaluation mode.
        config: its settings, perhaps with another way of sampling; the network's own, if not given.
    """

    def __init__(self, smga: Smga, config: SmgaConfig | None = None) -> None:
        self.smga, self.config = smga, config or smga.config
        self.schedule = CosineSchedule(self.config.diffusion)
        self.frames = self.config.sizes.frames

    def stretches(
        self,
        features: VideoFeatures,
        speech: Speech,
        initial: Keypoints,
        *,
        seed: int = 0,
        steps: int | None = None,
        guidance: float | None = None,
        candidates: int | None = None,
        eta: float | None = None,
    ) -> Iterator[Keypoints]:
        """Consecutive keypoints on the 512 canvas, `speech.video_frame_count` frames in all, 25 a second.

        Args:
            features: what the network was trained to hear.
            speech: any length.
            initial: one frame on the 512 canvas: how the take begins.
            seed: the same seed gives the same take.
            steps, guidance, candidates, eta: as in `KeypointSampling`; the settings' own, if not given.

        Raises:
            InputError: the recording cannot be read, or a setting does not fit.
            ValueError: the features are not those the network hears, or `initial` does not have one frame.
        """
        if features.layers * features.size != self.config.audio_size:
            raise ValueError(
                f"features of {features.layers} x {features.size} numbers do not fit a network that hears"
                f" {self.config.audio_size}"
            )
        given = {"steps": steps, "guidance": guidance, "candidates": candidates, "eta": eta}
        changes = {name: value for name, value in given.items() if value is not None}
        sampling = KeypointSampling.checked(self.config.sampling.model_dump() | changes, "the settings of keypoints")
        start = initial_vector(initial, self.config)
        made = self._made(features, speech, start, sampling, seed)
        if self.config.timing == "as_published":
            made = _late(start, made)
        return map(self._keypoints, made)

    @torch.inference_mode()
    def per_frame_s(self, initial: Keypoints) -> float:
        """Seconds to make a frame on this machine; one step of a window is tried, as it is sampled by itself.

        Args:
            initial: as for `stretches`.
        """
        sampling, start = self.config.sampling, initial_vector(initial, self.config)
        silence = np.zeros((self.frames, self.config.audio_size), np.float32)
        heard = self.smga.hear(self._tensor(silence, sampling.candidates))
        begun = self._tensor(start, sampling.candidates)
        predict = guided(self.smga, heard, begun, sampling.guidance)
        noisy = torch.zeros(sampling.candidates, self.frames, len(start), device=self.smga.device)
        levels = torch.zeros(sampling.candidates, dtype=torch.int64, device=self.smga.device)
        # The first call readies the machine.
        predict(noisy, levels)
        started = time.perf_counter()
        predict(noisy, levels)
        return (time.perf_counter() - started) * sampling.steps / (self.frames - sampling.overlap)

    def _made(
        self, features: VideoFeatures, speech: Speech, start: np.ndarray, sampling: KeypointSampling, seed: int
    ) -> Iterator[np.ndarray]:
        """Consecutive vectors (f, V), one for each frame that is heard."""
        hop = self.frames - sampling.overlap
        # In step, the first frame is the pose that the take begins with; as published, it is one that follows it.
        known = start[None] if self.config.timing == "in_step" else start[None][:0]
        pose = start
        for window in _windows(features, speech, self.frames, hop):
            found = self._window(window, pose, known, sampling, seed)
            if len(known):
                found = without_step(found, len(known), sampling.overlap)
                found = joined(known, found, kept_numbers(known, self.config.score_scale), sampling.overlap)
            whole = found[: window.real]
            if window.last:
                yield whole
                return
            yield whole[:hop]
            known = whole[hop:]
            if self.config.anchor == "window":
                pose = beginning_with(known[0], self.config)

    @torch.inference_mode()
    def _window(
        self, window: _Window, pose: np.ndarray, known: np.ndarray, sampling: KeypointSampling, seed: int
    ) -> np.ndarray:
        """The vectors (F, V) of one window that begins with `known` (K, V)."""
        count, smga = sampling.candidates, self.smga
        draws = [_chance(seed, window.number, candidate) for candidate in range(count)]

        def draw() -> Tensor:
            shape = (self.frames, len(pose))
            return torch.stack([torch.randn(shape, generator=chance) for chance in draws]).to(smga.device)

        heard = smga.hear(self._tensor(window.audio, 1))
        heard = Heard(*(part.expand(count, *part.shape[1:]) for part in heard))
        begun = self._tensor(pose, count)
        there = self._known(known, begun) if len(known) else None
        predict = guided(smga, heard, begun, sampling.guidance, there)
        times, within = self.schedule.times(sampling.steps, sampling.spacing), limits(begun, self.config)
        found = sample(predict, self.schedule, draw, times=times, eta=sampling.eta, limits=within, known=there)
        windows = undiffused(found, begun, self.config).float().cpu().numpy()
        if count == 1 or not len(known):
            return windows[0]
        return windows[best_candidate(known, windows, self.config.score_scale)]

    def _known(self, known: np.ndarray, pose: Tensor) -> Known:
        """Known frames (K, V) for each candidate's pose (B, V); of points that none of them shows, only the score."""
        kept = kept_numbers(known, self.config.score_scale)[None]
        learned = self.config.continuing == "learned"
        values = diffused(self._tensor(known, len(pose)), pose, self.config)
        return Known(values, self._tensor(kept, len(pose)), learned)

    def _tensor(self, rows: np.ndarray, count: int) -> Tensor:
        """The same rows for each of `count` candidates."""
        return torch.from_numpy(rows).to(self.smga.device).expand(count, *rows.shape)

    def _keypoints(self, vectors: np.ndarray) -> Keypoints:
        keypoints = from_vectors(vectors, self.config.score_scale)
        return without_legs(keypoints) if self.config.legs == "zeroed" else keypoints


def _chance(seed: int, window: int, candidate: int) -> torch.Generator:
    """The chance of one candidate for one window, whatever else is drawn."""
    names = ("mmgt", "keypoints", f"window {window}", f"candidate {candidate}")
    return torch.Generator().manual_seed(int(chance_for(seed, *names).integers(2**62)))


def _windows(features: VideoFeatures, speech: Speech, frames: int, hop: int) -> Iterator[_Window]:
    """What is heard, in windows that begin `hop` frames apart; the last one's last row is heard on to its end."""
    total = speech.video_frame_count
    heard = np.zeros((0, features.layers * features.size), np.float32)
    number = 0
    for rows in features.stretches(speech):
        heard = np.concatenate([heard, rows.reshape(len(rows), heard.shape[1])])
        while len(heard) >= frames:
            left = total - number * hop
            yield _Window(number, heard[:frames], min(left, frames), left <= frames)
            if left <= frames:
                return
            heard, number = heard[hop:], number + 1
    padding = np.repeat(heard[-1:], frames - len(heard), axis=0)
    yield _Window(number, np.concatenate([heard, padding]), total - number * hop, True)


def _late(start: np.ndarray, made: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """The pose (V,) that the take begins with, then all that is made but its last frame, as published."""
    held = start[None]
    for vectors in made:
        rows = np.concatenate([held, vectors])
        yield rows[:-1]
        held = rows[-1:]
