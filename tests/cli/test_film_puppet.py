"""`gesta film` with the puppet: a film on any machine, from a recording and one picture."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from gesta.film.picture import read_picture
from gesta.keypoints.files import read_keypoints
from gesta.motion.npz import read_npz, write_npz
from gesta.render.contact_sheet import portrait
from tests.cli.running import Outcome, everything_in, gesta_run
from tests.film.pictures_that_claim import png_that_claims

SIDE = 256


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """Our own body, small."""
    return Image.fromarray(portrait()).resize((SIDE, SIDE), Image.Resampling.LANCZOS)


@pytest.fixture
def me(here: Path, picture: Image.Image) -> Iterator[Path]:
    picture.save("me.png")
    yield here


def film(speech: Path, *options: str | Path) -> Outcome:
    return gesta_run("film", speech, "--image", "me.png", *options)


def frames_of(path: str | Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def test_a_film_of_the_person_in_the_picture(me: Path, speech: Path, picture: Image.Image) -> None:
    outcome = film(speech, "--masks")
    assert outcome.status == 0, outcome
    names = ["speech.mp4", "speech.report.json", "speech.strip.png", "speech.points.npz", "speech.regions.mp4"]
    assert sorted(everything_in(me / "gesta_out")) == sorted(names)
    assert outcome.stderr.count("who have agreed") == 1
    assert "Drawing 25 frames takes about" in outcome.stderr
    drawn = frames_of("gesta_out/speech.mp4")
    assert drawn.shape == (25, SIDE, SIDE, 3)
    # The person is who they were, and moves.
    assert np.abs(drawn[0].astype(float) - np.asarray(picture)[..., :3]).mean() < 12.0
    assert np.abs(drawn.astype(float) - drawn[0]).mean(axis=(1, 2, 3)).max() > 0.2
    # The background holds still.
    corner = drawn[:, : SIDE // 8, : SIDE // 8].astype(float)
    assert np.abs(corner - corner.mean(axis=0)).mean() < 1.5
    report = json.loads(Path("gesta_out/speech.report.json").read_text())
    assert report["provenance"]["renderer"] == "puppet" and report["provenance"]["motion"] == "3d"
    assert report["puppet"] and report["cost"]["seconds"] > 0
    points = read_keypoints("gesta_out/speech.points.npz")
    assert (points.frame_count, points.size) == (25, (SIDE, SIDE))
    with av.open("gesta_out/speech.mp4") as container:
        assert container.streams.audio[0].rate == 22_050, "the demo voice's own rate"


def test_a_motion_that_is_there_moves_the_person(me: Path, speech: Path) -> None:
    assert gesta_run("speak", speech, "--no-preview", "--seed", "3").status == 0
    take = "gesta_out/speech/motion.npz"
    assert film(speech, "-o", "a.mp4", "--seed", "3").status == 0
    assert film(speech, "-o", "b.mp4", "--motion", take, "--seed", "3").status == 0
    assert film(speech, "-o", "c.mp4", "--seed", "4").status == 0
    a, b, c = (frames_of(f"{name}.mp4").astype(float) for name in "abc")
    # The file's angles are rounded.
    assert np.abs(a - b).mean() < 0.05 * np.abs(a - c).mean()
    told = json.loads(Path("b.report.json").read_text())["provenance"]
    assert told["motion"] == "motion.npz" and told["motion_provenance"]["seed"] == 3


def test_points_that_a_network_makes_move_the_person(me: Path, speech: Path) -> None:
    smga = ("--motion", "smga", "--model", "debug")
    for name, options in {"a": smga, "b": smga, "c": (*smga, "--seed", "1"), "d": ()}.items():
        outcome = film(speech, "-o", f"{name}.mp4", *options, *(("--masks",) if name == "a" else ()))
        assert outcome.status == 0, outcome
    a, b, c, d = (frames_of(f"{name}.mp4").astype(float) for name in "abcd")
    assert a.shape == d.shape and np.array_equal(a, b)
    assert np.abs(a - c).mean() > 0.05 and np.abs(a - d).mean() > 0.05
    told = json.loads(Path("a.report.json").read_text())
    assert (told["provenance"]["renderer"], told["provenance"]["motion"]) == ("puppet", "smga")
    assert told["provenance"]["models"]["keypoints"]["name"] == "debug" and told["puppet"]
    assert read_keypoints("a.points.npz").frame_count == 25
    assert not list(me.glob(".*.gesta-film"))


def test_the_size_is_the_users(me: Path, speech: Path) -> None:
    assert film(speech, "-o", "small.mp4", "--size", "128x128").status == 0
    assert frames_of("small.mp4").shape[1:3] == (128, 128)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--size", "200x128"), "has another shape than 200x128"),
        (("--motion", "no.npz"), "no.npz"),
        (("--motion", "short.npz"), "lasts 0.3 s and the recording 1.0 s"),
        (("--motion", "short.npz", "--style", "lively"), "keeps its own style"),
        (("--style", "livly"), "did you mean lively"),
        (("--image", "nobody.png"), "Nobody is found in the picture"),
        (("--image", "letter.png"), "'letter.png' is not a picture"),
        (("--image", "huge.png"), "more than 50 million pixels"),
        (("--image", "tiny.png"), "60 x 60 pixels, but each side needs at least 64"),
        (("--image", "head.png"), "Both shoulders must be seen"),
        (("--sampling", "quick"), "renderer puppet has no use for --sampling"),
        (("--motion", "smga", "--model", "procedural"), "'procedural' makes no keypoints"),
        (("--motion", "smga", "--model", "debug", "--style", "calm"), "motion smga has no style"),
    ],
)
def test_what_cannot_be_filmed_is_said_in_one_sentence(
    me: Path, speech: Path, picture: Image.Image, options: tuple[str, str], said: str
) -> None:
    assert gesta_run("speak", speech, "--no-preview").status == 0
    write_npz(read_npz("gesta_out/speech/motion.npz").frames(0, 10), "short.npz")
    Image.fromarray(np.full((SIDE, SIDE, 3), 128, np.uint8)).save("nobody.png")
    Path("letter.png").write_text("Dear aunt, " * 40)
    Path("huge.png").write_bytes(png_that_claims(30_000, 30_000))
    picture.resize((60, 60)).save("tiny.png")
    picture.crop((0, 0, SIDE, SIDE * 9 // 32)).save("head.png")
    before = everything_in(me)
    outcome = film(speech, *options)
    assert outcome.status == 2, outcome
    assert said in outcome.stderr.replace("\n", " ")
    assert "Traceback" not in outcome.stderr
    assert everything_in(me) == before


def as_telephones_do(picture: Image.Image) -> None:
    """Turned, with a note in it that says so."""
    exif = Image.Exif()
    exif[ORIENTATION] = SIDEWAYS
    picture.rotate(90, expand=True).save("other.png", exif=exif)


def cut_out_of_its_background(picture: Image.Image) -> None:
    """With an alpha channel, transparent at the border."""
    alpha = Image.new("L", picture.size, 0)
    alpha.paste(255, (8, 8, SIDE - 8, SIDE))
    picture = picture.convert("RGB")
    picture.putalpha(alpha)
    picture.save("other.png")


def grey(picture: Image.Image) -> None:
    picture.convert("L").save("other.png")


def for_print(picture: Image.Image) -> None:
    """In the four colours of a printing press."""
    picture.convert("CMYK").save("other.jpg", quality=95)


def two_persons(picture: Image.Image) -> None:
    both = Image.new("RGB", (2 * SIDE, SIDE))
    both.paste(picture, (0, 0))
    both.paste(picture, (SIDE, 0))
    both.save("other.png")


def without_hands(picture: Image.Image) -> None:
    picture.crop((SIDE // 8, 0, SIDE - SIDE // 8, SIDE // 2)).save("other.png")


def face_cut_off(picture: Image.Image) -> None:
    picture.crop((0, SIDE * 7 // 32, SIDE, SIDE)).save("other.png")


ORIENTATION, SIDEWAYS = 0x0112, 6
SMALL_FACE = "lips are found roughly"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "shape", "said"),
    [
        (as_telephones_do, (SIDE, SIDE), [SMALL_FACE]),
        (cut_out_of_its_background, (SIDE, SIDE), [SMALL_FACE]),
        (grey, (SIDE, SIDE), [SMALL_FACE]),
        (for_print, (SIDE, SIDE), [SMALL_FACE]),
        (two_persons, (SIDE, 2 * SIDE), ["There are 2 persons in the picture", SMALL_FACE]),
        (without_hands, (SIDE // 2, SIDE * 3 // 4), [SMALL_FACE, "right hand cannot be seen", "arms move only"]),
        (face_cut_off, (SIDE * 25 // 32, SIDE), ["face is not whole"]),
    ],
)  # fmt: skip
def test_pictures_of_all_kinds_are_filmed_and_what_they_lack_is_said_once(
    here: Path,
    speech: Path,
    picture: Image.Image,
    made: Callable[[Image.Image], None],
    shape: tuple[int, int],
    said: list[str],
) -> None:
    made(picture)
    (other,) = here.glob("other.*")
    outcome = gesta_run("film", speech, "--image", other.name, "-o", "a.mp4")
    assert outcome.status == 0, outcome
    drawn = frames_of("a.mp4")
    assert drawn.shape == (25, *shape, 3)
    notes = json.loads(Path("a.report.json").read_text())["notes"]
    assert len(notes) == len(said), notes
    for words in said:
        assert sum(words in sentence for sentence in notes) == 1, notes
    # It is the picture, the right way up and in its colours, that moves.
    shown = np.asarray(read_picture(other))[: shape[0], : shape[1]]
    assert np.abs(drawn[0].astype(float) - shown).mean() < 12.0
