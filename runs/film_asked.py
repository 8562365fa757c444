"""Compares what puppets were asked for with what is found again in their films, for body and lips.

    python runs/film_asked.py PORTRAITS SPEECH OUT [--only 0014,0066,...] [--side 512] [--every 3] [--style NAME]

For each portrait in the folder PORTRAITS a film of the whole recording is written to OUT, sound and encoder included,
and the embedded estimator looks at every third frame of the file. Asked are the points of the fitted body in that frame
(`Puppet.keypoints`), after the limits of the puppet. Body: points that the picture shows, in widths of the shoulders.
Lips: how far the inner lips are apart, and how far the corners of the mouth, in widths of the face. All errors are in
per cent of that width:

* `place`: found less asked, median; `still`: the same in the picture itself, which is how far the fitted body is from
  the estimator's points before anything moves.
* `way`: the way from the film's median, found less asked, median and 95 %: what the puppet makes of the motion; beside
  it how far is asked, `r`, the correlation of both over all points, and `gain`, how much of it is found (least
  squares; noise of the estimator does not lower it).
* `sheet`: `r` and `gain` once more, not of what is found but of where the puppet's meshes carry the vertex that lies on
  the point in the picture: what differs from `r` and `gain` is the estimator's. Lips move within the picture on it.
* `noise`: the same error where nothing moves but the whole picture, by known steps of a few pixels: the estimator's.

Prints a table in Markdown and writes the points to OUT/PORTRAIT.asked.npz.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import av
import numpy as np
from saying import say

import gesta
from gesta.audio.read import open_speech
from gesta.clip import Clip
from gesta.extras import extra_module
from gesta.film.picture import read_picture
from gesta.film.puppet.layer import CarriedLayer, carry, screen_of
from gesta.film.puppet.puppet import Puppet
from gesta.film.puppet_film import PuppetFilm
from gesta.keypoints.estimators.embedded.estimator import Embedded
from gesta.keypoints.layout import GROUPS, VISIBLE, body_index
from gesta.models.puppet import puppet_clip
from gesta.randomness import generator
from gesta.records import Keypoints, Motion, Speech
from gesta.units import VIDEO_FPS

HEAD = [body_index(name) for name in ("nose", "left_eye", "right_eye")]
SHOULDERS, ELBOWS, WRISTS = (
    [body_index(f"left_{joint}"), body_index(f"right_{joint}")] for joint in ("shoulder", "elbow", "wrist")
)
BODY = {"nose and eyes": HEAD, "shoulders": SHOULDERS, "elbows": ELBOWS, "wrists": WRISTS}
FACE = GROUPS["face"].start
LIPS = {"opening": (FACE + 62, FACE + 66), "width": (FACE + 48, FACE + 54)}
"""Pairs of points: the middles of the inner lips, the corners of the mouth."""
TEMPLES = (FACE + 0, FACE + 16)
"""The ends of the jaw's edge: the width of the face."""
NOISE_FRAMES, NOISE_STEP_PX = 24, 6.0


@dataclass(frozen=True)
class Told:
    """What was asked for and what was found, for one portrait.

    Attributes:
        asked, found: of the frames that were looked at.
        still: found in the picture.
        shaken: found in pictures that are shifted by known steps, with the steps taken off.
        fitted: where the fitted body has them in the picture.
        sheet: where the meshes carry what lies on the points that are found in the picture.
    """

    asked: Keypoints
    found: Keypoints
    still: Keypoints
    shaken: Keypoints
    fitted: Keypoints
    sheet: Keypoints

    def body(self, points: list[int]) -> "Compared | None":
        """Some points, in widths of the shoulders; None where the picture shows none of them."""
        width = float(np.linalg.norm(np.subtract(*self.still.points[0, SHOULDERS])))
        known = [point for point in points if self.still.scores[0, point] >= VISIBLE]
        if not known:
            return None

        def places(points: Keypoints) -> np.ndarray:
            seen = points.scores[:, known, None] >= VISIBLE
            return np.where(seen, points.points[:, known] / width, np.nan).astype(np.float64)

        whole = self.asked.replaced(scores=np.ones_like(self.asked.scores))
        films = (whole, self.found, self.still, self.shaken, self.fitted, self.sheet)
        return Compared(*map(places, films))

    def lips(self, pair: tuple[int, int]) -> "Compared":
        """In widths of the face, the distance between two points of the lips."""
        width = float(_apart(self.still, TEMPLES)[0])
        films = (self.asked, self.found, self.still, self.shaken, self.fitted)
        return Compared(*(_apart(points, pair)[:, None, None] / width for points in films))


@dataclass(frozen=True)
class Compared:
    """Values (T, points, axes), not a number where a point is not seen; `Told` has the names."""

    asked: np.ndarray
    found: np.ndarray
    still: np.ndarray
    shaken: np.ndarray
    fitted: np.ndarray
    sheet: np.ndarray | None = None

    def cells(self) -> str:
        """`place`, `still`, `way`, how far is asked, `r`, `gain`, the sheet's and `noise`."""
        asked, found, shaken = (
            values - np.nanmedian(values, axis=0) for values in (self.asked, self.found, self.shaken)
        )
        place, still = (_lengths(away) for away in (self.found - self.asked, self.still - self.fitted))
        away = _lengths(found - asked)
        sheet = "" if self.sheet is None else _followed(asked, self.sheet - np.median(self.sheet, axis=0))
        return (
            f"{np.median(place):.1f} | {np.median(still):.1f} | {np.median(away):.1f}, {np.percentile(away, 95):.1f} "
            f"| {np.median(_lengths(asked)):.1f} | {_followed(asked, found)} | {sheet} "
            f"| {np.median(_lengths(shaken)):.1f}"
        )


def _followed(asked: np.ndarray, found: np.ndarray) -> str:
    """`r` and `gain` of ways (T, points, axes)."""
    seen = np.isfinite(found)
    gain = float(asked[seen] @ found[seen] / (asked[seen] @ asked[seen]))
    return f"{float(np.corrcoef(asked[seen], found[seen])[0, 1]):.2f}, {gain:.2f}"


def _lengths(values: np.ndarray) -> np.ndarray:
    """Lengths of those of (T, points, axes) that are numbers, in per cent."""
    found = 100.0 * np.linalg.norm(values, axis=-1)
    return np.asarray(found[np.isfinite(found)])


def _apart(points: Keypoints, pair: tuple[int, int]) -> np.ndarray:
    """(T,) pixels between two points."""
    return np.linalg.norm(points.points[:, pair[0]] - points.points[:, pair[1]], axis=1).astype(np.float64)


def made(clip: Clip, path: Path, every: int, estimator: Embedded) -> tuple[Keypoints, Keypoints]:
    """Every so many frames of a clip's film, as they were asked for and as they are found in the file."""
    film = clip.film
    assert isinstance(film, PuppetFilm)
    clip.save(path)
    blocks = list(film.puppet.keypoints(film.motion, VIDEO_FPS))
    points, scores = (np.concatenate([getattr(block, name) for block in blocks]) for name in ("points", "scores"))
    chosen = slice(0, film.frame_count, every)
    found = estimator.film(_frames(path, every), VIDEO_FPS / every)
    return Keypoints(points[chosen], scores[chosen], film.size), found


def _frames(path: Path, every: int) -> Iterator[np.ndarray]:
    with av.open(str(path)) as container:
        for frame in islice(container.decode(video=0), 0, None, every):
            yield frame.to_ndarray(format="rgb24")


def shaken(picture: np.ndarray, estimator: Embedded) -> Keypoints:
    """What is found in the picture when it is shifted by known steps, with the steps taken off."""
    cv2 = extra_module("cv2", "Shifting pictures", "film")
    steps = generator(0, "film asked").uniform(-NOISE_STEP_PX, NOISE_STEP_PX, (NOISE_FRAMES, 2)).astype(np.float32)
    size = picture.shape[1::-1]

    def pictures() -> Iterator[np.ndarray]:
        for x, y in steps:
            matrix = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
            yield cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)

    found = estimator.film(pictures(), VIDEO_FPS)
    return found.replaced(points=found.points - steps[:, None])


def carried(puppet: Puppet, motion: Motion, still: Keypoints, every: int, count: int) -> Keypoints:
    """Where the meshes carry the vertices nearest to points of the picture, in every so many frames of a film."""
    nearest: list[tuple[CarriedLayer, int]] = []
    for place in still.points[0]:
        x, y = np.clip(place.astype(int), 0, np.array(puppet.size) - 1)
        # The frontmost layer that shows something there; points in the background go with the body.
        over = next((layer for layer in reversed(puppet._layers) if layer.texture[y, x, 3] > 0.5), puppet._layers[0])
        nearest.append((over, int(np.linalg.norm(over.rest - place, axis=1).argmin())))
    view, frames, number = puppet._body.view, [], 0
    for stretch in puppet.stretches(motion, VIDEO_FPS):
        for turns, shifts in zip(*puppet._body.moves(stretch.rotations, puppet._moving), strict=True):
            if number % every == 0 and number < count:
                screens = {layer.name: _screen(layer, turns, shifts, view) for layer in puppet._layers}
                frames.append([screens[layer.name][vertex] - layer.rest[vertex] for layer, vertex in nearest])
            number += 1
    points = still.points + np.array(frames, np.float32)
    return Keypoints(points, np.repeat(still.scores, len(points), axis=0), puppet.size)


def _screen(layer: CarriedLayer, turns: np.ndarray, shifts: np.ndarray, view: np.ndarray) -> np.ndarray:
    """(V, 2) pixels of a layer's vertices in a pose."""
    points = np.empty_like(layer.relief.points)
    carry(layer.relief.points, layer.relief.joints, layer.relief.weights, turns, shifts, points)
    return np.asarray(screen_of(points, view)[:, :2])


def told_of(portrait: Path, speech: Speech, motion: Motion, options: argparse.Namespace) -> Told:
    """Make a portrait's film and look at it."""
    estimator, picture = Embedded(), read_picture(portrait)
    size = (options.side, options.side * picture.shape[0] // picture.shape[1] // 2 * 2)
    clip = puppet_clip(gesta.load(), speech, picture, size=size, motion=motion)
    asked, found = made(clip, options.out / f"{portrait.stem}.mp4", options.every, estimator)
    assert isinstance(clip.film, PuppetFilm)
    puppet = clip.film.puppet
    still, landed = puppet.still(), puppet.fit.landed().numpy()
    fitted = Keypoints(landed, np.ones(landed.shape[:2], np.float32), clip.size)
    seen = estimator.picture(still)
    sheet = carried(puppet, motion, seen, options.every, clip.film.frame_count)
    return Told(asked, found, seen, shaken(still, estimator), fitted, sheet)


def main() -> None:
    """Make the films and print the table."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    speech = open_speech(options.speech)
    motion = gesta.load().speak(speech, seed=1, **({} if options.style is None else {"style": options.style})).motion
    say("| portrait | of | place | still | way: median, 95 % | asked | r, gain | sheet: r, gain | noise |")
    say("|---|---|---|---|---|---|---|---|---|")
    for portrait in sorted(options.portraits.glob("*.jpg")) + sorted(options.portraits.glob("*.png")):
        if options.only and portrait.stem not in options.only.split(","):
            continue
        told = told_of(portrait, speech, motion, options)
        rows = {name: told.body(points) for name, points in BODY.items()}
        rows |= {f"lips, {name}": told.lips(pair) for name, pair in LIPS.items()}
        for name, compared in rows.items():
            if compared is not None:
                say(f"| {portrait.stem} | {name} | {compared.cells()} |")
        arrays = {f"{name}_{part}": getattr(getattr(told, name), part) for name in vars(told) for part in PARTS}
        np.savez(options.out / f"{portrait.stem}.asked.npz", **arrays)


PARTS = ("points", "scores")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("portraits", type=Path)
    parser.add_argument("speech", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--style", default=None)
    return parser.parse_args()


if __name__ == "__main__":
    main()
