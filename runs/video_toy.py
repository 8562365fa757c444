"""How well the two stages of MMGT know the clip they were trained on.

    python runs/video_toy.py WORK_FOLDER

WORK_FOLDER (with dataset/ and run/ in it) is what runs/video_toy.sh has made. Films the clip's own speech twice, from
its first picture: with the points that stage 1 speaks, as `gesta film` does, and with the true ones. Prints, as
Markdown: how each training went; how far spoken points are from the true ones, beside holding the first frame's; and
how far pictures from true points are from the clip's, beside holding the first picture. Draws the courses of the losses
and a strip (the clip, from true points, from speech alone) into WORK_FOLDER/pictures.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from drawn_dots import pictures as read_film
from PIL import Image

import gesta
from gesta.clip import Clip
from gesta.data.film_set import FilmSet
from gesta.film.points import in_picture
from gesta.keypoints.files import write_keypoints
from gesta.keypoints.layout import GROUPS, LIPS, VISIBLE
from gesta.keypoints.masks import region_pictures
from gesta.records import Keypoints
from gesta.train.log import read_log

STAGES = ("keypoints", "image", "video")
INNER_LIPS = (LIPS.start + 14, LIPS.start + 18)
"""The middle of the upper and of the lower lip's edge."""
PARTS = {"body": GROUPS["body"], "face": GROUPS["face"], "left hand": GROUPS["left_hand"], "lips": LIPS}
PARTS["right hand"] = GROUPS["right_hand"]
SEEDS = range(3)
EARLY, LATE = 0.05, 0.9
"""Shares of a training: what is before the first is its beginning, what is after the second its end."""
SHOWN, TILE_PX = 8, 160
SMOOTHED = 9
Say = Callable[[str], object]


def row(say: Say, *cells: object) -> None:
    """A line of a table."""
    say("| " + " | ".join(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in cells) + " |")


def say_losses(say: Say, run: Path) -> dict[str, np.ndarray]:
    """The table of the trainings; their courses, (N, 2) step and loss, by stage."""
    row(say, "stage", "steps", "loss at the beginning", "loss at the end", "minutes")
    row(say, *["---"] * 5)
    courses = {}
    for stage in STAGES:
        lines = [line for line in read_log(run / stage) if line["split"] == "train"]
        courses[stage] = np.array([(line["step"], line["loss"]) for line in lines])
        steps, losses = courses[stage].T
        early, late = losses[steps <= max(EARLY * steps[-1], steps[0])], losses[steps > LATE * steps[-1]]
        row(say, stage, int(steps[-1]), float(early.mean()), float(late.mean()), lines[-1]["seconds"] / 60.0)
    say("")
    return courses


def draw_losses(courses: dict[str, np.ndarray], path: Path) -> None:
    """The courses of the losses side by side."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.0, 2.6), layout="constrained")
    for axes, (stage, course) in zip(figure.subplots(1, len(courses)), courses.items(), strict=True):
        steps, losses = course.T
        smooth = np.convolve(np.pad(losses, SMOOTHED // 2, "edge"), np.ones(SMOOTHED) / SMOOTHED, "valid")
        axes.plot(steps, losses, color="0.75", linewidth=0.8)
        axes.plot(steps, smooth, color="tab:blue", linewidth=1.4)
        axes.set(title=stage, xlabel="step", yscale="log")
    figure.axes[0].set_ylabel("loss")
    figure.savefig(path, dpi=80)


def spoken_points(clip: Clip, folder: Path) -> Keypoints:
    """What stage 1 speaks, in pixels of the picture."""
    return in_picture(clip.film.rows(folder, lambda *_: None), clip.canvas)


def say_points(say: Say, spoken: list[Keypoints], true: Keypoints) -> None:
    """The table of spoken points against the true ones, in pixels of a picture of 512."""
    scale = 512.0 / max(true.size)
    seen = true.scores >= VISIBLE
    row(say, "points, px of 512", *PARTS, "mouth's opening, r", "scores told right")
    row(say, *["---"] * (3 + len(PARTS)))
    held = true.replaced(points=np.repeat(true.points[:1], true.frame_count, axis=0))
    for name, made in (("spoken", spoken), ("first frame held", [held])):
        apart = scale * np.mean([np.linalg.norm(one.points - true.points, axis=-1) for one in made], axis=0)
        cells = [float(apart[:, part][seen[:, part]].mean()) for part in PARTS.values()]
        follows = [np.corrcoef(opening(one), opening(true))[0, 1] for one in made if np.ptp(opening(one)) > 0.0]
        right = float(np.mean([(one.scores >= VISIBLE) == seen for one in made]))
        row(say, name, *cells, float(np.mean(follows)) if follows else "", right)
    say("")


def opening(points: Keypoints) -> np.ndarray:
    """(F,) how far the mouth is open, pixels."""
    upper, lower = INNER_LIPS
    return points.points[:, lower, 1] - points.points[:, upper, 1]


def from_true_points(clip: Clip, true: Keypoints) -> np.ndarray:
    """(F, side, side, 3) the film that stage 2 makes of true points."""
    film = clip.film
    points = film.canvas.to_canvas(true)
    frames = film.speaker.frames(
        film.picture, iter([points]), film.features.stretches(film.speech), film.frame_count, seed=film.seed
    )
    return np.concatenate(list(frames))


def say_pictures(say: Say, made: np.ndarray, real: np.ndarray, points: Keypoints) -> None:
    """The table of pictures from true points against the clip's: PSNR, dB, all over and in the regions."""
    regions = {
        name: pictures.reshape(*real.shape[:3], -1)[..., 0] > 0 for name, pictures in region_pictures(points).items()
    }
    regions = {"everywhere": np.ones(real.shape[:3], bool), **regions}
    row(say, "pictures, PSNR in dB", *regions)
    row(say, *["---"] * (1 + len(regions)))
    held = np.repeat(real[:1], len(real), axis=0)
    for name, film in (("from true points", made), ("first picture held", held)):
        wrong = np.mean((film.astype(np.float64) - real) ** 2, axis=-1)
        row(say, name, *(float(10.0 * np.log10(255.0**2 / wrong[region].mean())) for region in regions.values()))
    say("")


def draw_strip(films: list[np.ndarray], path: Path) -> None:
    """Some frames of each film side by side, the films one above the other."""
    wanted = np.linspace(0.04, 0.96, SHOWN) * (len(films[0]) - 1)
    rows = [np.concatenate([tile(film[index]) for index in wanted.astype(int)], axis=1) for film in films]
    Image.fromarray(np.concatenate(rows)).save(path)


def tile(picture: np.ndarray) -> np.ndarray:
    """A picture as a square of the strip."""
    return np.asarray(Image.fromarray(picture).resize((TILE_PX, TILE_PX), Image.Resampling.BICUBIC))


def main(say: Say) -> None:
    """Film, measure, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work
    films, run, drawn = FilmSet.open(work / "dataset"), work / "run", work / "pictures"
    drawn.mkdir(exist_ok=True)
    draw_losses(say_losses(say, run), drawn / "losses.png")
    (shot,) = films.clips
    real = films.pictures(shot, range(shot.frames))
    true = in_size(films.points(shot, 0, shot.frames), films.info.side)
    first = work / "first_frame.npz"
    write_keypoints(first, true.frames(0, 1))
    model = gesta.load(run / "keypoints" / "model", run / "video" / "model")
    clips = [model.film(films.speech(shot), real[0], points=first, seed=seed) for seed in SEEDS]
    say_points(say, [spoken_points(clip, work / f"spoken_{clip.film.seed}") for clip in clips], true)
    made = from_true_points(clips[0], true)
    say_pictures(say, made, real, true)
    clips[0].save(work / "film.mp4", masks=True)
    draw_strip([real, made, read_film(work / "film.mp4")], drawn / "strip.png")


def in_size(points: Keypoints, side: int) -> Keypoints:
    """Points on a square canvas, in pixels of another one."""
    return points.replaced(points=points.points * (side / points.size[0]), size=(side, side))


if __name__ == "__main__":
    main(lambda line: sys.stdout.write(line + "\n"))
