"""All measures of films in one call: clip after clip, a few pictures in memory at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from gesta.errors import InputError
from gesta.metrics.evaluation import Evaluation, Measure, Value
from gesta.metrics.keypoints.measure import measure_pair, pair_measures
from gesta.metrics.keypoints.pairs import PointPair
from gesta.metrics.video.films import FilmPair
from gesta.metrics.video.flicker import Flicker
from gesta.metrics.video.identity import IdentityDrift
from gesta.metrics.video.psnr import psnr_db
from gesta.metrics.video.ssim import ssim
from gesta.metrics.video.sync import SyncScore, sync_values
from gesta.metrics.video.tools import Tools
from gesta.records import Keypoints
from gesta.units import VIDEO_FPS

LANDMARKS = "landmarks."
PICTURE_MEASURES = (
    Measure("psnr_db", "PSNR", "dB", decimals=2),
    Measure("ssim", "SSIM"),
    Measure("flicker.still", "flicker: change where the real film is still", "levels", "as real"),
    Measure("flicker.change", "flicker: change from picture to picture, everywhere", "levels", "as real"),
    Measure("flicker.change_error", "flicker: difference of both films' changes", "levels", "lower"),
)
FACE_MEASURES = (
    Measure("identity.structure", "identity: structure, against the real film's first second", "1 - r", "as real"),
    Measure("identity.colour", "identity: its colour", "levels", "as real", 2),
    Measure("identity.drift", "identity: drift of the structure, last fifth less the first", "1 - r", "as real"),
)
WEIGHED_MEASURES = (
    Measure("lpips.alex", "LPIPS (AlexNet)", "", "lower", verified=False),
    Measure("lpips.vgg", "LPIPS (VGG16)", "", "lower", verified=False),
    Measure("sync.c", "Sync-C, confidence of SyncNet", "", verified=False),
    Measure("sync.d", "Sync-D, distance of SyncNet", "", "lower", verified=False),
    Measure("sync.offset", "offset of SyncNet, sound after lips", "pictures", "as real", 1, verified=False),
    Measure("fid", "FID, whole set", "", "lower", 2, verified=False),
    Measure("fvd", "FVD, whole set", "", "lower", 1, verified=False),
)


def video_measures() -> tuple[Measure, ...]:
    """What all numbers are, in the order in which they are shown."""
    landmarks = [replace(one, label=f"found again: {one.label}") for one in pair_measures(LANDMARKS)]
    return (*PICTURE_MEASURES, *FACE_MEASURES, *landmarks, *WEIGHED_MEASURES)


def evaluate_films(pairs: Iterable[FilmPair], tools: Tools, settings: Mapping[str, object] | None = None) -> Evaluation:
    """Measure generated films against real ones.

    Args:
        pairs: the clips, each with a name of its own.
        tools: what is measured, and with what.
        settings: what is compared, for the report.

    Raises:
        InputError: there is no clip, or one cannot be read or compared.
    """
    clips: dict[str, dict[str, Value]] = {}
    absent = dict(tools.absent)
    for pair in pairs:
        clips[pair.name] = _measure_clip(pair, tools, absent)
    if not clips:
        raise InputError("There is no clip to evaluate; name films, or folders that hold some.")
    whole = {}
    for name, distance in (("fid", tools.fid), ("fvd", tools.fvd)):
        if distance is None:
            continue
        try:
            whole[name] = Value(distance.found())
        except InputError as error:
            absent[name] = str(error).rstrip(".")
    return Evaluation(
        "Generated films against real ones", "video", video_measures(), clips, whole, absent, settings or {}
    )


def _measure_clip(pair: FilmPair, tools: Tools, absent: dict[str, str]) -> dict[str, Value]:
    """The numbers of one clip, by key."""
    found: dict[str, Value] = {}
    points = _landmarks(pair, tools, absent)
    identity, sync = None, None
    if points is not None:
        identity = IdentityDrift(*points)
        sync = _sync(pair, tools, points, absent)
        found |= measure_pair(PointPair.of(pair.name, *points, pair.speech), LANDMARKS)
    flicker, rows = Flicker(), _Rows()
    for generated, real in pair.blocks():
        if tools.pictures:
            rows.add("psnr_db", psnr_db(generated, real))
            rows.add("ssim", ssim(generated, real))
            flicker.take(generated, real)
        for trunk, network in tools.lpips.items():
            rows.add(f"lpips.{trunk}", network.pictures(generated, real))
        if identity is not None:
            identity.take(generated, real)
        if sync is not None:
            for score, side in zip(sync, (generated, real), strict=True):
                score.take(side)
        for distance in (tools.fid, tools.fvd):
            if distance is not None:
                distance.take(generated, real)
    for distance in (tools.fid, tools.fvd):
        if distance is not None:
            distance.end_clip()
    found |= rows.means() | (flicker.found() if tools.pictures else {})
    found |= {} if identity is None else identity.found()
    return found | ({} if sync is None else sync_values(*sync))


class _Rows:
    """Sums of numbers that each picture has."""

    def __init__(self) -> None:
        self._sums: dict[str, tuple[float, int]] = {}

    def add(self, key: str, numbers: np.ndarray) -> None:
        total, count = self._sums.get(key, (0.0, 0))
        self._sums[key] = total + float(numbers.sum(dtype=np.float64)), count + len(numbers)

    def means(self) -> dict[str, Value]:
        return {key: Value(total / count) for key, (total, count) in self._sums.items()}


def _landmarks(pair: FilmPair, tools: Tools, absent: dict[str, str]) -> tuple[Keypoints, Keypoints] | None:
    """The points of the person in both films; None where somebody is not found, which is noted."""
    if tools.estimator is None:
        return None
    found = []
    for film in (pair.generated, pair.real):
        try:
            found.append(tools.estimator.film(film.pictures(), VIDEO_FPS))
        except InputError as error:
            absent[f"landmarks of {film.name}"] = str(error).rstrip(".")
            return None
    return found[0], found[1]


def _sync(
    pair: FilmPair, tools: Tools, points: tuple[Keypoints, Keypoints], absent: dict[str, str]
) -> tuple[SyncScore, SyncScore] | None:
    """What SyncNet says of both films; None where there is no network or no sound."""
    if tools.syncnet is None:
        return None
    if pair.speech is None:
        absent[f"sync of {pair.name}"] = "there is no recording, and neither film has a sound"
        return None
    ours, theirs = (SyncScore(tools.syncnet, pair.speech, side) for side in points)
    return ours, theirs
