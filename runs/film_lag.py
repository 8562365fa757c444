"""Measures when pictures and sound of a puppet's film are seen and heard, from the encoded file: planted pulses.

    python runs/film_lag.py PORTRAIT SPEECH OUT [--minutes 20] [--side 256] [--rate 44100] [--close] [--kept]

A recording with clicks is made, and a motion whose jaw opens and closes once about every click: the body is that of the
default model for SPEECH, played to and fro, the face is at rest but for the jaw. The film is made as `gesta film` makes
it and written to OUT, an .mp4. From that file alone

* the embedded estimator looks at the frames about each pulse of the first and the last half minute (and one in the
  middle), and finds how far the lips are apart; the moment of a pulse is where the shape that was planted fits best,
  seen between frames;
* the sound is decoded to its end; the moment of a click is the centroid of its energy.

Both go by the time stamps that players go by. Prints Markdown; a lag is when the picture shows it less when the sound
has it, so that positive lags are late pictures. A frame stands until the next, which adds half a frame (20 ms) to what
eyes see of any film at 25 frames a second, and is not counted. Lips of a few pixels are found with some noise: the
median of a half minute is the lag, the spread is the estimator's. `--close` cuts the portrait to head and shoulders, so
that lips are larger in a small film; `--kept` measures an OUT that is there already.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from film_cost import saved, to_and_fro, write_sound
from saying import say

import gesta
from gesta.film.picture import read_picture
from gesta.film.points import points_of
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.layout import GROUPS, body_index
from gesta.models.puppet import puppet_clip
from gesta.motion.face import ARKIT_INDEX
from gesta.randomness import generator
from gesta.records import Motion
from gesta.units import MOTION_FPS, VIDEO_FPS

EVERY_S, SHIFTED_S, MARGIN_S = 1.5, 0.25, 1.0
"""Pulses come so often, each shifted by chance, none nearer than the margin to the film's ends."""
WIDTH_S, OPEN = 0.09, 0.7
"""Standard deviation of a pulse, and how far the jaw opens."""
AROUND_S, FARTHEST_S, STEP_S = 0.4, 0.2, 0.001
"""Frames that are looked at about a pulse, and the lags that are tried."""
CLICK_S, CLICK_HZ = 0.004, 2500.0
NEAR_CLICK_S = 0.1
UPPER_LIP, LOWER_LIP = 62, 66
STRETCH_S = 30.0
CLOSE_WIDTHS = 1.45
"""Side of what --close leaves of a portrait, in widths of the shoulders."""


def planted_moments(minutes: float, rate: int) -> np.ndarray:
    """(K,) sample numbers of clicks and pulses."""
    places = np.arange(MARGIN_S + SHIFTED_S, 60.0 * minutes - MARGIN_S - SHIFTED_S, EVERY_S)
    shifts = generator(0, "film lag").uniform(-SHIFTED_S, SHIFTED_S, len(places))
    return np.rint((places + shifts) * rate).astype(np.int64)


def clicks(moments: np.ndarray, rate: int, count: int) -> np.ndarray:
    """(count,) samples of silence with short tones whose middles are at the moments."""
    half = round(CLICK_S * rate / 2.0)
    away = np.arange(-half, half + 1)
    tone = 0.8 * np.cos(2.0 * np.pi * CLICK_HZ * away / rate) * np.hanning(len(away))
    found = np.zeros(count)
    found[moments[:, None] + away] = tone
    return found


def with_pulses(motion: Motion, moments_s: np.ndarray) -> Motion:
    """The motion with a face at rest, but for a jaw that opens about each moment."""
    times = np.arange(motion.frame_count) / MOTION_FPS
    nearest = moments_s[
        np.abs(times[:, None] - _neighbours(moments_s, times)).argmin(axis=1) + _first(moments_s, times)
    ]
    face = np.zeros_like(motion.face)
    face[:, ARKIT_INDEX["jawOpen"]] = OPEN * np.exp(-0.5 * np.square((times - nearest) / WIDTH_S))
    return motion.replaced(face=face, face_basis="arkit52")


def _first(moments: np.ndarray, times: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(moments, times) - 1, 0, len(moments) - 2)


def _neighbours(moments: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(T, 2) the moments before and after each time."""
    first = _first(moments, times)
    return np.stack([moments[first], moments[first + 1]], axis=1)


def frames_between(path: Path, start_s: float, stop_s: float) -> Iterator[tuple[float, np.ndarray]]:
    """When frames of a film are shown, and the frames (H, W, 3), from one moment to another."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        container.seek(max(0, int((start_s - 1.0) / stream.time_base)), stream=stream)
        for frame in container.decode(stream):
            assert frame.pts is not None
            time = float(frame.pts * stream.time_base)
            if time >= stop_s:
                return
            if time >= start_s:
                yield time, frame.to_ndarray(format="rgb24")


def lips_seen(path: Path, moments_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When frames near some moments are shown, (n,) seconds, and how far the lips are apart in them, (n,) pixels."""
    times: list[float] = []

    def pictures() -> Iterator[np.ndarray]:
        for time, picture in frames_between(path, moments_s[0] - AROUND_S, moments_s[-1] + AROUND_S):
            if np.abs(time - moments_s).min() < AROUND_S:
                times.append(time)
                yield picture

    face = Embedded().film(pictures(), VIDEO_FPS).points[:, GROUPS["face"]].astype(np.float64)
    return np.array(times), np.linalg.norm(face[:, LOWER_LIP] - face[:, UPPER_LIP], axis=1)


def seen_at(times: np.ndarray, opening: np.ndarray, moment_s: float) -> float:
    """When a pulse near a moment is seen: where its shape, at any height on any level, fits the opening best."""
    near = np.abs(times - moment_s) < AROUND_S
    shifts = np.arange(-FARTHEST_S, FARTHEST_S, STEP_S)
    shapes = np.exp(-0.5 * np.square((times[near] - moment_s - shifts[:, None]) / WIDTH_S))
    shapes -= shapes.mean(axis=1, keepdims=True)
    alike = shapes @ (opening[near] - opening[near].mean()) / np.linalg.norm(shapes, axis=1)
    return moment_s + float(shifts[alike.argmax()])


def heard_at(path: Path, moments_s: np.ndarray) -> tuple[np.ndarray, float]:
    """When the clicks near some moments are heard, (K,) seconds, and when the sound ends."""
    weight, sums = np.zeros(len(moments_s)), np.zeros(len(moments_s))
    end = 0.0
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            assert frame.pts is not None and frame.time_base is not None
            samples = frame.to_ndarray().mean(axis=0).astype(np.float64)
            times = float(frame.pts * frame.time_base) + np.arange(len(samples)) / frame.sample_rate
            end = times[-1] + 1.0 / frame.sample_rate
            place = np.clip(np.searchsorted(moments_s, times - NEAR_CLICK_S), 0, len(moments_s) - 1)
            energy = np.where(np.abs(times - moments_s[place]) < NEAR_CLICK_S, np.square(samples), 0.0)
            np.add.at(weight, place, energy)
            np.add.at(sums, place, energy * times)
    return sums / weight, end


def close_to(portrait: Path) -> np.ndarray:
    """Head and shoulders of a portrait: (side, side, 3) uint8."""
    picture = read_picture(portrait)
    found = points_of(picture, None).points.points[0]
    left, right = (found[body_index(f"{side}_shoulder")] for side in ("left", "right"))
    side = min(CLOSE_WIDTHS * float(np.linalg.norm(left - right)), *picture.shape[:2])
    low = np.array(((left[0] + right[0]) / 2.0 - side / 2.0, max(left[1], right[1]) - 0.82 * side))
    x, y = np.clip(low, 0.0, np.array(picture.shape[1::-1]) - side).astype(int)
    return np.ascontiguousarray(picture[y : y + int(side), x : x + int(side)])


def make(options: argparse.Namespace, moments: np.ndarray) -> None:
    """Make the film with clicks and pulses at sample numbers (K,), and say what it took."""
    model, seconds = gesta.load(), 60.0 * options.minutes
    motion = model.speak(options.speech, seed=0).motion
    motion = with_pulses(to_and_fro(motion, round(seconds * MOTION_FPS)), moments / options.rate)
    picture = close_to(options.portrait) if options.close else read_picture(options.portrait)
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder) / "clicks.wav"
        write_sound(sound, clicks(moments, options.rate, round(seconds * options.rate)), options.rate)
        clip = puppet_clip(model, sound, picture, size=(options.side, options.side), motion=motion)
        for sentence in clip.notes:
            say(sentence)
        say(saved(clip, options.out).said(options.out))


def main() -> None:
    """Make the film and say when it shows and sounds what was planted."""
    options = _options()
    moments = planted_moments(options.minutes, options.rate)
    planted = moments / options.rate
    if not options.kept:
        make(options, moments)
    heard, end = heard_at(options.out, planted)
    say(
        f"\nThe sound ends at {end:.3f} s; sound less planted, all {len(moments)} clicks: {_row(heard - planted)} ms.\n"
    )
    say("| minute | pulses | picture less sound, ms: median, 95 % within, worst | picture less planted, ms |")
    say("|---|---|---|---|")
    lasting = 60.0 * options.minutes
    for start in dict.fromkeys((0.0, max(0.0, (lasting - STRETCH_S) / 2.0), max(0.0, lasting - STRETCH_S))):
        inside = (planted > start) & (planted < start + STRETCH_S)
        times, opening = lips_seen(options.out, planted[inside])
        shown = np.array([seen_at(times, opening, moment) for moment in planted[inside]])
        say(
            f"| {start / 60.0:.1f} to {min(start + STRETCH_S, lasting) / 60.0:.1f} | {inside.sum()} "
            f"| {_row(shown - heard[inside])} | {_row(shown - planted[inside])} |"
        )


def _row(lags_s: np.ndarray) -> str:
    """Lags in milliseconds: median, what 95 of 100 are within, the worst."""
    lags = 1000.0 * lags_s
    return f"{np.median(lags):+.1f}, {np.percentile(np.abs(lags), 95):.1f}, {np.abs(lags).max():.1f}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portrait", type=Path)
    parser.add_argument("speech", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--rate", type=int, default=44_100)
    parser.add_argument("--close", action="store_true")
    parser.add_argument("--kept", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
