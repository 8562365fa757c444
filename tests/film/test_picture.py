"""Pictures of every kind become the same RGB, and what is none is refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesta.errors import InputError
from gesta.film.picture import read_picture
from tests.film.pictures_that_claim import png_that_claims


@pytest.fixture
def colours() -> np.ndarray:
    """(80, 100, 3): red on the left, green on the right, blue below."""
    picture = np.zeros((80, 100, 3), np.uint8)
    picture[:, :50, 0], picture[:, 50:, 1], picture[60:, :, 2] = 200, 180, 160
    return picture


@pytest.mark.parametrize(("suffix", "close"), [("png", 0), ("bmp", 0), ("tiff", 0), ("jpg", 40), ("webp", 60)])
def test_formats_give_the_same_picture(tmp_path: Path, colours: np.ndarray, suffix: str, close: int) -> None:
    Image.fromarray(colours).save(tmp_path / f"a.{suffix}")
    read = read_picture(tmp_path / f"a.{suffix}")
    assert read.shape == colours.shape and read.dtype == np.uint8
    inner = np.s_[5:55, 5:45]
    assert np.abs(read[inner].astype(int) - colours[inner]).max() <= close


def test_a_picture_is_turned_the_right_way_up(tmp_path: Path, colours: np.ndarray) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held sideways: to be turned by 90 degrees clockwise
    Image.fromarray(colours).save(tmp_path / "a.png", exif=exif)
    assert np.array_equal(read_picture(tmp_path / "a.png"), np.rot90(colours, -1))


def test_grey_sixteen_bit_cmyk_and_palette_become_rgb(tmp_path: Path, colours: np.ndarray) -> None:
    grey = colours[..., 0]
    Image.fromarray(grey).save(tmp_path / "grey.png")
    Image.fromarray(grey.astype(np.uint16) * 257).save(tmp_path / "deep.png")
    for name in ("grey.png", "deep.png"):
        assert np.array_equal(read_picture(tmp_path / name), np.repeat(grey[..., None], 3, axis=2))
    Image.fromarray(colours).convert("P").save(tmp_path / "palette.png")
    Image.fromarray(colours).convert("CMYK").save(tmp_path / "cmyk.tiff")
    assert np.abs(read_picture(tmp_path / "cmyk.tiff").astype(int) - colours).max() <= 2
    assert read_picture(tmp_path / "palette.png").shape == colours.shape


def test_what_is_transparent_lies_on_grey(tmp_path: Path, colours: np.ndarray) -> None:
    alpha = np.full((80, 100, 1), 255, np.uint8)
    alpha[:, :10] = 0
    Image.fromarray(np.concatenate([colours, alpha], axis=2)).save(tmp_path / "a.png")
    read = read_picture(tmp_path / "a.png")
    assert (read[:, :10] == 128).all() and np.array_equal(read[:, 10:], colours[:, 10:])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b"hello, I am a text", "is not a picture"),
        (png_that_claims(30_000, 30_000), "more than 50 million pixels"),
        (png_that_claims(9_000, 6_000), "more than 50 million pixels"),
        (png_that_claims(60, 60), "each side needs at least 64"),
        (png_that_claims(640, 640), "is damaged"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=said) as refusal:
        read_picture(path)
    assert str(refusal.value).count(". ") == 0
