"""Sync-C and Sync-D: whether a mouth and a sound belong together, to SyncNet, and how far they are out of step.

Chung and Zisserman 2016, as syncnet_python measures: the distance between the latents of five pictures and of the sound
at the same moment is compared with that of sound up to 15 pictures earlier and later, where sound before and after the
film counts as zeros. Each lag's distance is averaged over the film: Sync-D is the least of these means, Sync-C their
median less the least one, and the offset is where the least is, in pictures.

The published crops come from a face detector (S3FD); ours from the 68 points, raised by FOREHEAD of their height to
reach where that detector's boxes do. That is an approximation, and one more reason why the numbers are `unverified`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from gesta.extras import extra_module
from gesta.keypoints.layout import GROUPS, VISIBLE
from gesta.metrics.evaluation import Value
from gesta.metrics.video.cepstra import cepstra
from gesta.metrics.video.networks.syncnet import COEFFICIENTS, FRAMES, LATENT, SIDE_PX, SOUND_STEPS, SyncNet
from gesta.metrics.video.networks.weights import SYNCNET, device_of, loaded
from gesta.records import Keypoints, Speech

LONGEST_LAG = 15
"""Pictures."""
STEPS_PER_PICTURE = 4
BATCH = 16
FOREHEAD = 0.25
MARGIN = 0.4
"""Of the box's longer side, which is seen on the left and right and, twice, below it."""
SMOOTHED = 13
"""Pictures over which the median box is taken."""
DISTANCE_STEP = 1e-6
"""Is added to each difference, as torch's pairwise distance does."""
LEAST_PICTURES = 2 * LONGEST_LAG + FRAMES


def load_syncnet(folder: Path, device: str = "cpu") -> SyncNet:
    """The network with the weights in a folder, on a device.

    Raises:
        InputError: the file is missing or does not fit.
    """
    return loaded(SyncNet(), SYNCNET, folder, device)


def mouth_squares(keypoints: Keypoints) -> np.ndarray | None:
    """Where the face is cut out: (F, 3) x and y of the middle and side, pixels; None where it is hardly ever seen."""
    seen = (keypoints.scores[:, GROUPS["face"]] >= VISIBLE).all(axis=1)
    if seen.mean() < 0.5:
        return None
    face = keypoints.points[:, GROUPS["face"]].astype(np.float64)
    low, high = face.min(axis=1), face.max(axis=1)
    low[:, 1] -= FOREHEAD * (high[:, 1] - low[:, 1])
    boxes = np.column_stack([(low + high) / 2.0, (high - low).max(axis=1) / 2.0])
    frames, known = np.arange(len(boxes)), np.flatnonzero(seen)
    filled = np.column_stack([np.interp(frames, known, column[known]) for column in boxes.T])
    steady = _medians(filled)
    # From half a side above the middle to half a side and two margins below it.
    half = steady[:, 2]
    middle = steady[:, :2] + np.stack([np.zeros_like(half), MARGIN * half], axis=1)
    return np.column_stack([middle, 2.0 * half * (1.0 + MARGIN)])


def _medians(rows: np.ndarray) -> np.ndarray:
    """(F, C) medians over SMOOTHED frames."""
    reach = SMOOTHED // 2
    beyond = np.pad(rows, ((reach, reach), (0, 0)), mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(beyond, SMOOTHED, axis=0), axis=-1))


class SyncScore:
    """Takes a film block by block; what it keeps of it is 1.3 kB of sound a second.

    Args:
        network: SyncNet.
        speech: the sound, which begins with the first picture.
        keypoints: of the film.
    """

    def __init__(self, network: SyncNet, speech: Speech, keypoints: Keypoints) -> None:
        self._network, self._device = network, device_of(network)
        self._cepstra = cepstra(speech.source.blocks())
        self._squares = mouth_squares(keypoints)
        self._waiting: list[np.ndarray] = []
        self._pictures = 0
        self._done = 0
        self._sums = np.zeros(2 * LONGEST_LAG + 1)
        self._sounds: dict[int, np.ndarray] = {}

    @property
    def _last(self) -> int:
        """How many latents of the sound there are."""
        return max(0, (len(self._cepstra) - SOUND_STEPS) // STEPS_PER_PICTURE + 1)

    def take(self, pictures: np.ndarray) -> None:
        """Take consecutive pictures of the film: (n, H, W, 3) uint8."""
        if self._squares is None:
            return
        for picture in pictures:
            if self._pictures < len(self._squares):
                self._waiting.append(_cut(picture, self._squares[self._pictures]))
            self._pictures += 1
        while len(self._waiting) >= FRAMES - 1 + BATCH:
            self._compare(BATCH)

    def _compare(self, count: int) -> None:
        """Compare so many moments, beginning with the first picture that waits."""
        count = min(count, self._last - self._done)
        if count > 0:
            films = np.stack([np.stack(self._waiting[at : at + FRAMES]) for at in range(count)])
            with torch.inference_mode():
                given = torch.from_numpy(films).to(self._device).permute(0, 4, 1, 2, 3).float()
                lips = self._network.lips(given).cpu().numpy()
            moments = range(self._done, self._done + count)
            self._hear(range(moments.start - LONGEST_LAG, moments.stop + LONGEST_LAG))
            for moment, latent in zip(moments, lips, strict=True):
                lags = range(moment - LONGEST_LAG, moment + LONGEST_LAG + 1)
                heard = np.stack([self._sounds[at] for at in lags])
                self._sums += np.linalg.norm(latent - heard + DISTANCE_STEP, axis=1)
            self._done += count
        del self._waiting[: max(count, BATCH)]

    def _hear(self, moments: range) -> None:
        """Have the latents of the sound at these moments, and no others; zeros where there is none."""
        wanted = [at for at in moments if at not in self._sounds]
        real = [at for at in wanted if 0 <= at < self._last]
        latents: dict[int, np.ndarray] = {at: np.zeros(LATENT, np.float32) for at in wanted}
        if real:
            steps = [slice(at * STEPS_PER_PICTURE, at * STEPS_PER_PICTURE + SOUND_STEPS) for at in real]
            rows = np.stack([self._cepstra[step].T for step in steps])[:, None]
            assert rows.shape[1:] == (1, COEFFICIENTS, SOUND_STEPS)
            with torch.inference_mode():
                found = self._network.sound(torch.from_numpy(rows).to(self._device)).cpu().numpy()
            latents |= dict(zip(real, found, strict=True))
        self._sounds = {at: kept for at, kept in self._sounds.items() if at in moments} | latents

    def found(self) -> tuple[float, float, int] | None:
        """Sync-C, Sync-D and the offset in pictures; above 0 the sound comes after the lips. None for short films."""
        if len(self._waiting) >= FRAMES:
            self._compare(len(self._waiting) - FRAMES + 1)
        if self._done < LEAST_PICTURES:
            return None
        means = self._sums / self._done
        least = int(means.argmin())
        return float(np.median(means) - means[least]), float(means[least]), least - LONGEST_LAG


@dataclass(frozen=True)
class SyncScores:
    """Both films of a clip, which share a sound."""

    generated: SyncScore
    real: SyncScore

    def take(self, generated: np.ndarray, real: np.ndarray) -> None:
        """Take pictures of both films at the same moments: two (n, H, W, 3) uint8."""
        self.generated.take(generated)
        self.real.take(real)

    def found(self) -> dict[str, Value]:
        """The numbers, by key; None where a film is too short."""
        both = self.generated.found(), self.real.found()
        return {
            key: Value(*(None if found is None else float(found[at]) for found in both))
            for at, key in enumerate(("sync.c", "sync.d", "sync.offset"))
        }


def _cut(picture: np.ndarray, square: np.ndarray) -> np.ndarray:
    """The face as SyncNet takes it: (224, 224, 3) uint8, blue first; grey where the picture ends."""
    cv2 = extra_module("cv2", "Cutting out faces", "film")
    x, y, side = square
    factor = SIDE_PX / max(side, 1.0)
    matrix = np.array([[factor, 0.0, SIDE_PX / 2.0 - factor * x], [0.0, factor, SIDE_PX / 2.0 - factor * y]])
    found = cv2.warpAffine(
        picture, matrix, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(110, 110, 110),
    )  # fmt: skip
    return np.asarray(found[..., ::-1])
