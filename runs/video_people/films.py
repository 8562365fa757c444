"""Film people: each speaks some stretches of a data set of motion, hands raised beside the face.

    python runs/video_people/films.py people.json bodies.npz MOTION -o FOLDER [--clips 2] [--seconds 4.8] [--sizes FILE]

FOLDER/people gets each person's body, NAME.safetensors as gesta.avatar reads it, FOLDER/films gets NAME/clip-K.mp4 with
clip-K.npz, the true place of all 134 points and which of them are seen, and clip-K.flac, what is said: what
`gesta prepare videos` takes. People who are only tested on speak what the motion's data set tests on, and so with the
other splits. What is there already is not made again.
"""

import argparse
import csv
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from film_one import FilmedClip, Framing, film_clip
from people import Person, read_people
from refit import Refitting

from gesta.avatar.asset import body_asset, read_asset, write_asset
from gesta.avatar.body import BodyAsset
from gesta.data.clips import Dataset
from gesta.data.film_files import write_film
from gesta.data.listing import Split
from gesta.data.manifest import ClipRecord
from gesta.data.speech_files import cut, write_speech
from gesta.data.splits import Shares, split_groups
from gesta.keypoints.files import write_keypoints
from gesta.motion.rotations import resample_rotations
from gesta.randomness import generator
from gesta.records import Motion
from gesta.units import MOTION_FPS, SAMPLE_RATE, VIDEO_FPS, frame_times
from gesta.writing import replacing

SHARES = Shares(validation_share=0.06, test_share=0.11)
"""Of the people: of 200, 12 validate and 22 test."""
PICTURES_LICENCE = "pictures: CC0-1.0, drawn of bodies, garments and hair by MakeHuman and gesta"
STRETCHES = 5
"""So many stretches of a recording are looked at: the one in which most is said is spoken."""
TRIES = 120
"""Stretches that are tried until one shows mouth and hands large enough."""


class Cast:
    """The people, and what they may say.

    Args:
        people: who they are.
        bodies: what anny_people.py wrote of them.
        motion: the data set of motion.
        folder: where everything goes.
        seed: of all chance.
    """

    def __init__(
        self, people: list[Person], bodies: Mapping[str, np.ndarray], motion: Dataset, folder: Path, seed: int
    ) -> None:
        self.people, self.bodies, self.motion, self.folder, self.seed = people, bodies, motion, folder, seed
        self.splits: dict[str, Split] = split_groups((person.name for person in people), SHARES)
        self._rows = {name: row for row, name in enumerate(bodies["names"].tolist())}
        self._refitting: Refitting | None = None
        self._clips = {split: self._speakable(split) for split in set(self.splits.values())}

    def _speakable(self, split: Split) -> list[ClipRecord]:
        """The clips of a split that move a face, each recording with every style it has."""
        return [clip for clip in self.motion.split(split) if "face" in clip.parts and clip.speaker != "still"]

    def _body_of(self, name: str) -> dict[str, np.ndarray]:
        row = self._rows[name]
        kept = {key: self.bodies[key][row] for key in ("vertices", "bone_heads", "bone_turns")}
        return kept | {"bone_names": self.bodies["bone_names"]}

    def body(self, person: Person) -> BodyAsset:
        """A person's body, made if it is not there."""
        path = self.folder / "people" / f"{person.name}.safetensors"
        if not path.exists():
            if self._refitting is None:
                self._refitting = Refitting(body_asset(), self._body_of("default"))
            path.parent.mkdir(parents=True, exist_ok=True)
            write_asset(self._refitting.person(self._body_of(person.name), person.look), path)
        return read_asset(path)

    def stretch(self, person: Person, name: str, frames: int, number: int) -> tuple[Motion, np.ndarray]:
        """What a clip's person does and says: a motion of 25 frames a second, and samples of speech (S,)."""
        chance = generator(self.seed, "video people", "stretch", person.name, name, str(number))
        clips = [clip for clip in self._clips[self.splits[person.name]] if clip.frames > frames * 1.3 + MOTION_FPS]
        clip = clips[int(chance.integers(len(clips)))]
        rate = MOTION_FPS / VIDEO_FPS
        length = int(np.ceil(frames * rate)) + 2
        # Beginnings on whole seconds: a frame of both rates, and a whole number of samples.
        last = (clip.frames - length) // MOTION_FPS
        starts = chance.integers(0, last + 1, STRETCHES)
        whole = self.motion.motion(clip)
        mouths = [whole.frames(start * MOTION_FPS, start * MOTION_FPS + length).face for start in starts]
        second = int(starts[int(np.argmax([mouth.std(axis=0).sum() for mouth in mouths]))])
        part = whole.frames(second * MOTION_FPS, second * MOTION_FPS + length)
        blocks = self.motion.speech(clip).source.blocks()
        samples = np.concatenate(
            list(cut(blocks, second * SAMPLE_RATE, second * SAMPLE_RATE + frames * SAMPLE_RATE // VIDEO_FPS))
        )
        return at_video_rate(part, frames), samples


def film_of(folder: Path, person: Person, name: str) -> Path:
    """Where a person's clip is written; its points and its sound lie beside it."""
    return folder / "films" / person.name / f"{name}.mp4"


def write_sources(motion: Dataset, path: Path) -> None:
    """Write what `gesta prepare videos` is to say of where films come from, and of their licence."""
    with replacing(path) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("film", "source", "licence"))
        rows.writerow(("*", "drawn by runs/video_people.sh", f"{PICTURES_LICENCE}; {motion.info.licence}"))


def at_video_rate(motion: Motion, frames: int) -> Motion:
    """The first `frames` frames of a motion at 25 a second."""
    old, new = frame_times(0, motion.frame_count), np.arange(frames) / VIDEO_FPS

    def values(course: np.ndarray) -> np.ndarray:
        return np.stack([np.interp(new, old, column) for column in course.T], axis=1).astype(np.float32)

    rotations = resample_rotations(motion.rotations, old, new).astype(np.float32)
    return Motion(rotations, values(motion.translation), values(motion.face))


def written(cast: Cast, person: Person, body: BodyAsset, name: str, frames: int, framing: Framing) -> FilmedClip:
    """Film a clip and write it; the film last, so that a clip with a film is whole."""
    for number in range(TRIES):
        motion, samples = cast.stretch(person, name, frames, number)
        chance = generator(cast.seed, "video people", "film", person.name, name, str(number))
        filmed = film_clip(body, person, motion, framing, chance)
        if filmed is not None:
            break
    else:
        raise SystemExit(f"No stretch of {TRIES} shows {person.name} ({name}) with mouth and hands large enough.")
    path = film_of(cast.folder, person, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_speech(path.with_suffix(".flac"), [samples])
    write_keypoints(path.with_suffix(".npz"), filmed.points)
    write_film(path, filmed.pictures, framing.drawn_px)
    return filmed


def main(say: Callable[[str], object]) -> None:
    """Film everybody."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("people", type=Path)
    parser.add_argument("bodies", type=Path)
    parser.add_argument("motion", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=2, help="of each person")
    parser.add_argument("--seconds", type=float, default=4.8, help="of each clip")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    frames = round(asked.seconds * VIDEO_FPS)
    with np.load(asked.bodies, allow_pickle=False) as file:
        bodies = dict(file)
    cast = Cast(read_people(asked.people), bodies, Dataset.open(asked.motion), asked.output, asked.seed)
    # Everybody's first clip first: whoever looks in early finds all people.
    names = [(person, f"clip-{clip}") for clip in range(asked.clips) for person in cast.people]
    missing = [(person, name) for person, name in names if not film_of(asked.output, person, name).exists()]
    write_sources(cast.motion, asked.output / "sources.csv")
    began, cost = time.monotonic(), time.process_time()
    for done, (person, name) in enumerate(missing, start=1):
        filmed = written(cast, person, cast.body(person), name, frames, Framing())
        left = (time.monotonic() - began) / done * (len(missing) - done) / 60.0
        each = (time.process_time() - cost) / done
        say(
            f"{person.name}, {name}: mouth {filmed.mouth_px:.1f} px, hands {filmed.hand_px:.1f} px; "
            f"{len(names) - len(missing) + done} of {len(names)}, {each:.1f} s of processor each, "
            f"{left:.0f} minutes left"
        )


if __name__ == "__main__":
    main(lambda line: (sys.stdout.write(line + "\n"), sys.stdout.flush()))
