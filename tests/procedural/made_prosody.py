"""Prosody made by hand, whole or in stretches as a stream would bring it."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np

from gesta.audio.spectrum import BAND_COUNT
from gesta.records import Events, Prosody
from gesta.units import MOTION_FPS

DECISION_DELAY_S = 0.1


def events(times: list[float] | np.ndarray, strengths: list[float] | np.ndarray | None = None) -> Events:
    times = np.asarray(times, dtype=np.float64)
    return Events(times, np.ones(len(times)) if strengths is None else np.asarray(strengths), times + DECISION_DELAY_S)


def made_prosody(seconds: float = 10.0, seed: int = 0, look_ahead_s: float = math.inf) -> Prosody:
    """Speech-like prosody: two phrases with a pause between them, accents at uneven times."""
    random = np.random.default_rng(seed)
    frames = round(seconds * MOTION_FPS)
    times = np.arange(frames) / MOTION_FPS
    pause = (0.45 * seconds, 0.58 * seconds)
    spoken = (times > 0.2) & (times < seconds - 0.2) & ~((times > pause[0]) & (times < pause[1]))
    loudness = np.where(spoken, 0.55 + 0.4 * np.sin(2 * np.pi * 4.0 * times), 0.0)
    accents = np.cumsum(random.uniform(0.35, 0.9, round(3 * seconds)))
    accents = np.array([at for at in accents if at < seconds - 0.3 and not pause[0] < at + 0.1 < pause[1] + 0.2])
    none = Events.none()
    return Prosody(
        start_frame=0,
        level_db=-60 + 40 * loudness,
        loudness=loudness,
        f0_hz=np.where(spoken, 120.0, 0.0),
        voicing=spoken.astype(float),
        pitch=np.zeros(frames),
        activity=spoken.astype(float),
        bands=-40 + 5 * random.normal(size=(frames, BAND_COUNT)),
        nuclei=none,
        onsets=none,
        accents=events(accents, random.uniform(0.2, 1.0, len(accents))),
        phrase_starts=events([0.2, pause[1]]),
        phrase_ends=events([pause[0], seconds - 0.2]),
        look_ahead_s=look_ahead_s,
        heard_s=seconds,
    )


def silence(seconds: float = 10.0) -> Prosody:
    """Prosody of digital silence."""
    whole = made_prosody(seconds)
    frames = whole.frame_count
    still = {
        item.name: np.zeros(frames)
        for item in fields(whole)
        if item.name in ("loudness", "f0_hz", "voicing", "activity")
    }
    none = {item.name: Events.none() for item in fields(whole) if isinstance(getattr(whole, item.name), Events)}
    return replace(
        whole, level_db=np.full(frames, -120.0), bands=np.full((frames, BAND_COUNT), -120.0), **still, **none
    )


def stretches(whole: Prosody, sizes: list[int]) -> Iterator[Prosody]:
    """The same prosody as a stream with its look-ahead brings it: frames late by the look-ahead, events as decided."""
    bounds = np.minimum(np.cumsum([0, *sizes, whole.frame_count]), whole.frame_count)
    names = [item.name for item in fields(whole) if isinstance(getattr(whole, item.name), Events)]
    before = -math.inf
    for start, stop in itertools.pairwise(bounds):
        last = stop == whole.frame_count
        heard = whole.heard_s if last else min(stop / MOTION_FPS + whole.look_ahead_s, whole.heard_s)
        news = {}
        for name in names:
            kept = getattr(whole, name)
            new = (kept.decided_s > before) & ((kept.decided_s <= heard) | last)
            news[name] = Events(kept.times_s[new], kept.strengths[new], kept.decided_s[new])
        before = heard
        yield replace(whole.frames(int(start), int(stop)), heard_s=heard, **news)
