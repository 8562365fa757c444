"""All measures of films in one call: clip after clip, a few pictures in memory at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np

from gesta.errors import InputError
from gesta.metrics.evaluation import Evaluation, Measure, Value
from gesta.metrics.keypoints.measure import measure_pair, pair_measures
from gesta.metrics.keypoints.pairs import PointPair
from gesta.metrics.video.films import FilmPair
from gesta.metrics.video.flicker import Flicker
from gesta.metrics.video.identity import IdentityDrift
from gesta.metrics.video.psnr import psnr_db
from gesta.metrics.video.regions import REGIONS, RegionLikeness
from gesta.metrics.video.ssim import ssim
from gesta.metrics.video.sync import SyncScore, SyncScores, mouth_squares
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
REGION_MEASURES = tuple(
    measure
    for name in REGIONS
    for measure in (
        Measure(f"psnr_db.{name}", f"PSNR, {name}", "dB", decimals=2),
        Measure(f"ssim.{name}", f"SSIM, {name}"),
    )
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
    return (*PICTURE_MEASURES, *REGION_MEASURES, *FACE_MEASURES, *landmarks, *WEIGHED_MEASURES)


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
    takers: list[_Taker] = [_Numbers(_by_picture(tools))]
    if tools.pictures:
        takers.append(Flicker())
    points = _landmarks(pair, tools, absent)
    if points is not None:
        takers.append(IdentityDrift(*points))
        if tools.pictures:
            takers.append(RegionLikeness(points[1]))
        found |= measure_pair(PointPair.of(pair.name, *points, pair.speech), LANDMARKS)
        sync = _sync(pair, tools, points, absent)
        takers += [] if sync is None else [sync]
    sets = [distance for distance in (tools.fid, tools.fvd) if distance is not None]
    for generated, real in pair.blocks():
        for taker in takers:
            taker.take(generated, real)
        for distance in sets:
            distance.take(generated, real)
    for distance in sets:
        distance.end_clip()
    for taker in takers:
        found |= taker.found()
    if points is not None and "identity.structure" not in found:
        absent[f"identity of {pair.name}"] = "a face is seen for under two seconds in one of the films"
    return found


class _Taker(Protocol):
    """Takes films block by block."""

    def take(self, generated: np.ndarray, real: np.ndarray) -> None: ...

    def found(self) -> dict[str, Value]: ...


PictureNumber = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Takes two (n, H, W, 3) uint8 and gives (n,)."""


class _Numbers:
    """The means of numbers that each picture has."""

    def __init__(self, measures: Mapping[str, PictureNumber]) -> None:
        self._measures = measures
        self._sums = dict.fromkeys(measures, 0.0)
        self._count = 0

    def take(self, generated: np.ndarray, real: np.ndarray) -> None:
        self._count += len(real)
        for key, measure in self._measures.items():
            self._sums[key] += float(measure(generated, real).sum(dtype=np.float64))

    def found(self) -> dict[str, Value]:
        return {key: Value(total / self._count) for key, total in self._sums.items() if self._count}


def _by_picture(tools: Tools) -> dict[str, PictureNumber]:
    """The measures of single pictures, by key."""
    plain: dict[str, PictureNumber] = {"psnr_db": psnr_db, "ssim": ssim} if tools.pictures else {}
    return plain | {f"lpips.{trunk}": network.pictures for trunk, network in tools.lpips.items()}


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
) -> SyncScores | None:
    """What asks SyncNet about both films; None where there is no network, no sound, or hardly a face."""
    if tools.syncnet is None:
        return None
    if pair.speech is None:
        absent[f"sync of {pair.name}"] = "there is no recording, and neither film has a sound"
        return None
    if any(mouth_squares(side) is None for side in points):
        absent[f"sync of {pair.name}"] = "a face is seen in less than half of one of the films"
        return None
    return SyncScores(*(SyncScore(tools.syncnet, pair.speech, side) for side in points))
