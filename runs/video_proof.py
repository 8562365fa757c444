"""Film people that nobody was trained on and measure how near that comes. Called by runs/video_proof.sh.

    python runs/video_proof.py DATASET WORK VARIANT-SEED ... [--people 20] [--frames 28] [--keypoints MODEL]

DATASET is what runs/video_people.sh made; WORK/VARIANT-SEED/video/model are trained on it. From the middle of one clip
of each person of the split test FRAMES pictures are made, from the clip's first picture, its speech and its true
keypoints. Films lie in WORK/films and are not made again. WORK/video_proof.md and .json get the table, WORK/strips
pictures to look at; with several seeds a number stands beside the deviation between them. Columns:

PSNR, dB     of the whole picture, and of hands, face and lips where the true points are: over the squared errors of all
             pixels of a region in a film; the mean over people
SSIM         of the whole picture
mouth r      correlation, over a film's pictures, of how dark the lips' region is in the darkest fifth of its pixels,
             with the true film's; the mean over people whose mouths move
mouth error  the mean difference of that darkness, levels of 255
still        change from picture to picture where the true film is still, levels of 255 (the true film's own is in the
             row "true film"); apart: difference between both films' changes

Rows: "first picture held" repeats the picture that is given; "autoencoder alone" is the true film through the
autoencoder, which no network that draws through it can be expected to pass; with --keypoints, "full, spoken
keypoints" films with keypoints that a small SMGA speaks from the clip's first pose and its speech alone, whose gestures
are others than the true ones: there only lips, mouth and stillness say much.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from gesta.audio.video_features.make import make_video_features
from gesta.bundles.film_config import AUTOENCODER_FILE, KEYPOINTS_FILE, VIDEO_FILES
from gesta.bundles.film_folder import FilmBundle, load_film_bundle
from gesta.data.film_set import FilmSet
from gesta.data.films import FilmRecord
from gesta.errors import InputError
from gesta.hashing import file_sha256
from gesta.keypoints.masks import region_pictures
from gesta.metrics.video.flicker import Flicker
from gesta.metrics.video.psnr import HIGHEST_DB
from gesta.metrics.video.ssim import ssim
from gesta.mmgt.autoencoders import in_slices
from gesta.mmgt.keypoint_speaker import KeypointSpeaker
from gesta.mmgt.sampling_config import SamplingConfig
from gesta.mmgt.video_speaker import VideoSpeaker
from gesta.records import Keypoints, Speech
from gesta.reports import write_json
from gesta.units import VIDEO_FPS
from gesta.writing import replacing

SAMPLING = {"scheduler": "dpm++", "steps": 8, "guidance": 1.0, "windows_at_once": 2}
DENOISER = VIDEO_FILES["denoiser"]
SPOKEN = "full, spoken keypoints"
SEED = 0
CANVAS_PX = 512
PEAK = 255.0
DARKEST = 0.2
BRIGHTNESS = np.array((0.299, 0.587, 0.114))
LEAST_MOVEMENT = 2.0
"""Levels: the deviation of a mouth's darkness over a film, below which its course is that of noise."""
REGIONS = {"hands": "hands", "face": "face only", "lips": "lip"}
SHOWN, TILE_PX = 8, 96
STRIPS = 8
"""People who are drawn."""
NAMES = {
    "psnr": "PSNR, dB", "psnr_hands": "hands", "psnr_face": "face", "psnr_lips": "lips", "ssim": "SSIM",
    "mouth_r": "mouth r", "mouth_error": "mouth error", "still": "still", "apart": "apart",
}  # fmt: skip


class Person:
    """What is known of a person who is filmed."""

    def __init__(self, films: FilmSet, clip: FilmRecord, frames: int) -> None:
        self.films, self.clip, self.frames = films, clip, frames
        self.first = (clip.frames - frames) // 2
        shown = range(self.first, self.first + frames)
        pictures = films.pictures(clip, [0, *shown])
        self.picture, self.true = pictures[0], pictures[1:]
        self.points = films.points(clip, self.first, self.first + frames)

    @property
    def speech(self) -> Speech:
        """The clip's."""
        return self.films.speech(self.clip)

    def regions(self) -> dict[str, np.ndarray]:
        """Where hands, face and lips are: by name, (F, side, side) bool."""
        side = self.films.info.side
        small = self.points.replaced(points=self.points.points * (side / CANVAS_PX), size=(side, side))
        boxes = region_pictures(small, ("lip", "hands", "face"))
        boxes["face only"] = np.where(boxes["hands"] > 0, 0, boxes["face"])
        return {name: boxes[box] > 0 for name, box in REGIONS.items()}


def chosen(films: FilmSet, count: int, frames: int) -> list[Person]:
    """So many people of the split test, evenly, with their longest clips."""
    longest: dict[str, FilmRecord] = {}
    for clip in films.split("test"):
        if clip.frames > frames and clip.frames > getattr(longest.get(clip.speaker), "frames", 0):
            longest[clip.speaker] = clip
    if not longest:
        raise SystemExit(f"no clip of the split test has more than {frames} pictures")
    clips = list(longest.values())
    places = np.unique(np.linspace(0, len(clips) - 1, count).astype(int))
    return [Person(films, clips[at], frames) for at in places]


def psnr_db(made: np.ndarray, true: np.ndarray, region: np.ndarray | None = None) -> float | None:
    """Over all squared errors of a film, or of a region of it (F, H, W) bool; None where there is no such place."""
    wrong = np.square(made.astype(np.float64) - true).mean(axis=-1)
    if region is not None:
        wrong = wrong[region]
    if not wrong.size:
        return None
    return float(min(10.0 * np.log10(PEAK**2 / max(wrong.mean(), 1e-9)), HIGHEST_DB))


def darkness(film: np.ndarray, lips: np.ndarray) -> np.ndarray:
    """(F,) how dark the darkest fifth of the lips' pixels is, levels; NaN where no lips are seen."""
    grey = film @ BRIGHTNESS
    found = np.full(len(film), np.nan)
    for at in np.nonzero(lips.any(axis=(1, 2)))[0]:
        pixels = np.sort(grey[at][lips[at]])
        found[at] = PEAK - pixels[: max(1, round(DARKEST * len(pixels)))].mean()
    return found


def measured(made: np.ndarray, person: Person) -> dict[str, float]:
    """What is measured of one film."""
    true, regions = person.true, person.regions()
    found: dict[str, float | None] = {"psnr": psnr_db(made, true), "ssim": float(ssim(made, true).mean())}
    found |= {f"psnr_{name}": psnr_db(made, true, region) for name, region in regions.items()}
    ours, theirs = (darkness(film, regions["lips"]) for film in (made, true))
    seen = ~np.isnan(theirs)
    if seen.sum() > 2:
        ours, theirs = ours[seen], theirs[seen]
        found["mouth_error"] = float(np.abs(ours - theirs).mean())
        if theirs.std() >= LEAST_MOVEMENT:
            found["mouth_r"] = correlation(ours, theirs)
    flicker = Flicker()
    flicker.take(made, true)
    changes = flicker.found()
    found["apart"] = changes["flicker.change_error"].generated
    if "flicker.still" in changes:
        found["still"] = changes["flicker.still"].generated
    return {name: value for name, value in found.items() if value is not None}


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's; 0 where one does not change."""
    one, other = one - one.mean(), other - other.mean()
    whole = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / whole if whole > 0.0 else 0.0


def video_of(folder: Path) -> FilmBundle:
    """A model that makes pictures."""
    bundle = load_film_bundle(folder)
    if bundle.video is None or bundle.config.video is None:
        raise InputError(f"'{folder}' makes no pictures; name the folder of a trained stage video.")
    return bundle


def filmer(bundle: FilmBundle, sampling: Mapping[str, Any]) -> Callable[..., np.ndarray]:
    """What films a person with some keypoints: (F, side, side, 3)."""
    assert bundle.video is not None and bundle.config.video is not None
    parts, features = bundle.video, make_video_features(bundle.config.video.features)
    speaker = VideoSpeaker(parts.network, parts.autoencoder, parts.image_token, SamplingConfig(**sampling))

    def film(person: Person, points: Keypoints, seed: int = SEED) -> np.ndarray:
        heard = np.concatenate(list(features.stretches(person.speech)))[person.first : person.first + person.frames]
        made = speaker.frames(person.picture, iter([points]), iter([heard]), person.frames, seed=seed)
        return np.concatenate(list(made))

    return film


def through_autoencoder(bundle: FilmBundle) -> Callable[[Person, Keypoints], np.ndarray]:
    """What brings the true film through the autoencoder."""
    assert bundle.video is not None
    autoencoder = bundle.video.autoencoder

    def there_and_back(pictures: torch.Tensor) -> torch.Tensor:
        return autoencoder.decode(autoencoder.encode(pictures))

    def film(person: Person, _: Keypoints) -> np.ndarray:
        half = PEAK / 2.0
        pictures = torch.from_numpy(person.true).permute(0, 3, 1, 2).float() / half - 1.0
        made = torch.cat(list(in_slices(there_and_back, pictures, 8)))
        return ((made + 1.0) * half).round().clamp(0, PEAK).byte().permute(0, 2, 3, 1).numpy()

    return film


def spoken_points(folder: Path) -> Callable[[Person], Keypoints]:
    """What speaks a person's keypoints from the first pose and the speech: of the frames that are filmed."""
    bundle = load_film_bundle(folder)
    if bundle.smga is None or bundle.config.keypoints is None:
        raise InputError(f"'{folder}' makes no keypoints; name the folder of a trained stage keypoints.")
    features, speaker = make_video_features(bundle.config.keypoints.features), KeypointSpeaker(bundle.smga)

    def speak(person: Person) -> Keypoints:
        begin = person.films.points(person.clip, 0, 1)
        parts = [(part.points, part.scores) for part in speaker.stretches(features, person.speech, begin, seed=SEED)]
        points, scores = (np.concatenate(one)[person.first :][: person.frames] for one in zip(*parts, strict=True))
        return Keypoints(points, scores, person.points.size, VIDEO_FPS)

    return speak


def filmed(
    folder: Path,
    people: Sequence[Person],
    make: Callable[[], Callable[[Person, Keypoints], np.ndarray]],
    points: Callable[[Person], Keypoints] = lambda person: person.points,
) -> Iterator[np.ndarray]:
    """Films of people, made where they do not lie in a folder yet; `make` is asked for only then."""
    film = None
    folder.mkdir(parents=True, exist_ok=True)
    for person in people:
        path = folder / f"{person.clip.id}.npy"
        if not path.is_file():
            film = film or make()
            with replacing(path) as beside, beside.open("wb") as file:
                np.save(file, film(person, points(person)), allow_pickle=False)
            sys.stderr.write(f"filmed {folder.name}, {person.clip.id}\n")
        yield np.load(path, allow_pickle=False)


def marked(name: str, *files: Path) -> str:
    """A name with a mark of the weights, so that what others have made is not taken for theirs."""
    return ".".join([name, *(file_sha256(file)[:8] for file in files)])


def mean_over(people: Sequence[Person], films: Sequence[np.ndarray]) -> dict[str, float]:
    """What is measured, in the mean over people."""
    rows = [measured(film, person) for person, film in zip(people, films, strict=True)]
    return {name: float(np.mean(found)) for name in NAMES if (found := [row[name] for row in rows if name in row])}


def cell(rows: Sequence[Mapping[str, float]], name: str) -> str:
    """The mean over seeds, and the deviation between them."""
    values = [row[name] for row in rows if name in row]
    if not values:
        return "-"
    places = 3 if name == "ssim" else 2
    spread = f" ± {np.std(values, ddof=1):.{places}f}" if len(values) > 1 else ""
    return f"{np.mean(values):.{places}f}{spread}"


def table(results: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """All of it in Markdown."""
    lines = [f"| | {' | '.join(NAMES.values())} |", "|---" * (1 + len(NAMES)) + "|"]
    lines += [f"| {name} | {' | '.join(cell(rows, key) for key in NAMES)} |" for name, rows in results.items()]
    return "\n".join(lines) + "\n"


def draw_strips(people: Sequence[Person], films: Mapping[str, Sequence[np.ndarray]], folder: Path) -> None:
    """For some people a picture each: some frames of each film, the films below each other, the first seed's alone."""
    folder.mkdir(exist_ok=True)
    (folder / "rows.txt").write_text("\n".join(["the picture that is given", *films]) + "\n", encoding="utf-8")
    for number, person in enumerate(people[:STRIPS]):
        wanted = np.linspace(0, person.frames - 1, SHOWN).astype(int)
        rows = [np.repeat(person.picture[None], SHOWN, axis=0), *(film[number][wanted] for film in films.values())]
        tiles = np.concatenate([np.concatenate([tile(picture) for picture in row], axis=1) for row in rows])
        Image.fromarray(tiles).save(folder / f"{person.clip.id}.png")


def tile(picture: np.ndarray) -> np.ndarray:
    """A picture as a square of the strip."""
    return np.asarray(Image.fromarray(picture).resize((TILE_PX, TILE_PX), Image.Resampling.NEAREST))


def main() -> None:
    """Film who is not filmed yet; measure; write the table and the strips."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("models", nargs="+", metavar="VARIANT-SEED")
    parser.add_argument("--people", type=int, default=20, help="how many are filmed")
    parser.add_argument("--frames", type=int, default=28, help="of each")
    parser.add_argument("--keypoints", type=Path, help="folder of a model that speaks keypoints, for one more row")
    given = parser.parse_args()
    torch.set_grad_enabled(False)
    people = chosen(FilmSet.open(given.dataset), given.people, given.frames)
    # Films that were made otherwise lie elsewhere.
    way = f"{given.frames}-frames-{SAMPLING['scheduler']}-{SAMPLING['steps']}-guidance-{SAMPLING['guidance']:g}"
    place = given.work / "films" / way
    folders = {name: given.work / name / "video" / "model" for name in given.models}
    first = next(iter(folders.values()))
    films: dict[str, list[list[np.ndarray]]] = {
        "true film": [[person.true for person in people]],
        "autoencoder alone": [
            list(
                filmed(
                    place / marked("autoencoder", first / AUTOENCODER_FILE),
                    people,
                    lambda: through_autoencoder(video_of(first)),
                )
            )
        ],
        "first picture held": [[np.repeat(person.picture[None], person.frames, axis=0) for person in people]],
    }
    for name, folder in folders.items():
        made = filmed(
            place / marked(name, folder / DENOISER), people, lambda folder=folder: filmer(video_of(folder), SAMPLING)
        )
        films.setdefault(name.rpartition("-")[0], []).append(list(made))
    whole = [name for name in folders if name.startswith("full-")]
    if given.keypoints is not None:
        for name in whole:
            made = filmed(
                place / marked(f"{name}-spoken", folders[name] / DENOISER, given.keypoints / KEYPOINTS_FILE),
                people,
                lambda name=name: filmer(video_of(folders[name]), SAMPLING),
                spoken_points(given.keypoints),
            )
            films.setdefault(SPOKEN, []).append(list(made))
    results = {name: [mean_over(people, film) for film in seeds] for name, seeds in films.items()}
    text = table(results)
    if SPOKEN not in films:
        text += "\nNo row of spoken keypoints: no model for keypoints was named, or no variant is full.\n"
    (given.work / "video_proof.md").write_text(text, encoding="utf-8")
    about = {
        "people": [person.clip.speaker for person in people],
        "frames": given.frames,
        "sampling": SAMPLING,
        "keypoints": None if given.keypoints is None else given.keypoints.name,
    }
    write_json(given.work / "video_proof.json", {**about, "results": results})
    draw_strips(people, {name: seeds[0] for name, seeds in films.items()}, given.work / "strips")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
