"""Measures of films against answers worked out by hand, and against scikit-image where it is installed."""

import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from gesta.errors import InputError
from gesta.keypoints.layout import GROUPS, LIPS
from gesta.metrics.video.films import AT_ONCE, Film, FilmPair, resized
from gesta.metrics.video.flicker import Flicker
from gesta.metrics.video.identity import IdentityDrift, laid
from gesta.metrics.video.measure import evaluate_films, video_measures
from gesta.metrics.video.psnr import HIGHEST_DB, psnr_db
from gesta.metrics.video.regions import RegionLikeness
from gesta.metrics.video.ssim import SIGMA, ssim
from gesta.metrics.video.tools import Tools
from gesta.records import Keypoints
from tests.keypoints.made_points import hidden, person


def noise(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def film(pictures: np.ndarray, name: str = "film") -> Film:
    def watched() -> Iterator[np.ndarray]:
        yield from pictures

    return Film(name, (pictures.shape[2], pictures.shape[1]), watched)


def test_psnr_of_a_known_error() -> None:
    real = np.full((3, 32, 32, 3), 100, np.uint8)
    made = real.copy()
    made[1] += 10
    made[2, :16] += 10
    wanted = 10.0 * np.log10(255.0**2 / np.array([100.0, 50.0]))
    np.testing.assert_allclose(psnr_db(made, real), [HIGHEST_DB, *wanted])


def test_ssim_of_flat_pictures_is_that_of_their_brightness() -> None:
    real, made = (np.full((1, 32, 32, 3), level, np.uint8) for level in (100, 150))
    steady = (0.01 * 255.0) ** 2
    wanted = (2.0 * 100.0 * 150.0 + steady) / (100.0**2 + 150.0**2 + steady)
    np.testing.assert_allclose(ssim(made, real), [wanted], atol=1e-5)


def test_ssim_of_the_truth_is_one_and_of_its_negative_below_zero() -> None:
    real = noise((2, 24, 40, 3))
    np.testing.assert_allclose(ssim(real, real), 1.0, atol=1e-5)
    assert (ssim(255 - real, real) < -0.5).all()


def test_ssim_of_one_window_is_the_formula_by_hand() -> None:
    made, real = noise((1, 11, 11, 3), 1), noise((1, 11, 11, 3), 2)
    line = np.exp(-(np.arange(-5, 6) ** 2) / (2.0 * SIGMA**2))
    weights = np.outer(line, line) / np.outer(line, line).sum()
    found = []
    for colour in range(3):
        ours, theirs = made[0, ..., colour].astype(float), real[0, ..., colour].astype(float)
        means = (weights * ours).sum(), (weights * theirs).sum()
        spreads = [(weights * (one - mean) ** 2).sum() for one, mean in zip((ours, theirs), means, strict=True)]
        together = (weights * (ours - means[0]) * (theirs - means[1])).sum()
        first, second = (0.01 * 255.0) ** 2, (0.03 * 255.0) ** 2
        brightness = (2.0 * means[0] * means[1] + first) / (means[0] ** 2 + means[1] ** 2 + first)
        found.append(brightness * (2.0 * together + second) / (sum(spreads) + second))
    np.testing.assert_allclose(ssim(made, real), [np.mean(found)], atol=1e-5)


@pytest.mark.parametrize("strength", [1, 20])
def test_psnr_and_ssim_are_those_of_scikit_image(strength: int) -> None:
    metrics = pytest.importorskip("skimage.metrics")
    smooth = 128.0 + 100.0 * np.sin(np.mgrid[:48, :64].sum(axis=0) / 9.0)[..., None] * [1.0, 0.5, -0.7]
    real = np.stack([smooth, smooth[::-1]]).astype(np.uint8)
    made = (real + np.random.default_rng(1).normal(0.0, strength, real.shape)).clip(0, 255).astype(np.uint8)
    options = {"gaussian_weights": True, "sigma": SIGMA, "use_sample_covariance": False, "data_range": 255}
    wanted = [metrics.structural_similarity(*both, channel_axis=-1, **options) for both in zip(real, made, strict=True)]
    np.testing.assert_allclose(ssim(made, real), wanted, atol=1e-5)
    wanted = [metrics.peak_signal_noise_ratio(*both) for both in zip(real, made, strict=True)]
    np.testing.assert_allclose(psnr_db(made, real), wanted, rtol=1e-6)


def test_flicker_is_found_where_the_real_film_is_still() -> None:
    real = np.full((10, 40, 40, 3), 100, np.uint8)
    # The right half of the real film moves; there, change is no flicker.
    real[::2, :, 20:] = 180
    made = real.copy()
    made[::2, :, :20] += 6
    flicker = Flicker()
    for start in range(0, 10, 4):
        flicker.take(made[start : start + 4], real[start : start + 4])
    found = flicker.found()
    assert found["flicker.still"].generated == pytest.approx(6.0, abs=1e-3)
    assert found["flicker.still"].real == pytest.approx(0.0, abs=1e-3)
    assert found["flicker.change"].generated == pytest.approx(43.0, abs=1e-3)
    assert found["flicker.change"].real == pytest.approx(40.0, abs=1e-3)
    assert found["flicker.change_error"].generated == pytest.approx(3.0, abs=1e-3)
    assert Flicker().found() == {}


def test_regions_are_compared_where_the_real_points_are() -> None:
    points = person(3)
    real = np.full((3, 512, 512, 3), 100, np.uint8)
    made = real.copy()
    lips = points.points[0, LIPS]
    middle = np.round(lips.mean(axis=0)).astype(int)
    made[:, middle[1], middle[0]] = 200
    likeness = RegionLikeness(hidden(points, GROUPS["left_hand"]))
    likeness.take(made[:2], real[:2])
    likeness.take(made[2:], real[2:])
    found = likeness.found()
    assert found["psnr_db.hands"].generated == HIGHEST_DB
    assert found["ssim.hands"].generated == pytest.approx(1.0, abs=1e-5)
    # One pixel of 100 levels in a box as large as the lips and 15 % more on each side.
    low, high = lips.min(axis=0), lips.max(axis=0)
    more = 0.15 * (high - low)
    pixels = np.prod(np.ceil(high + more) + 1 - np.floor(low - more))
    assert found["psnr_db.lips"].generated == pytest.approx(10.0 * np.log10(255.0**2 / (100.0**2 / pixels)), abs=1e-4)
    assert found["ssim.lips"].generated < found["ssim.face"].generated < 1.0
    nobody = RegionLikeness(hidden(points, *GROUPS.values()))
    nobody.take(made, real)
    assert nobody.found() == {}


def test_few_pictures_are_in_memory_at_once() -> None:
    alive, most = set(), []

    def watched() -> Iterator[np.ndarray]:
        for number in range(120):
            picture = np.full((40, 40, 3), number, np.uint8)
            alive.add(number)
            weakref.finalize(picture, alive.discard, number)
            most.append(len(alive))
            yield picture

    real = Film("film", (40, 40), watched)
    evaluate_films([FilmPair("one", film(noise((120, 40, 40, 3))), real)], Tools())
    assert len(most) == 120 and max(most) <= 2 * AT_ONCE + 1


def test_a_square_is_laid_where_the_points_are() -> None:
    places = np.random.default_rng(0).uniform(0.2, 0.8, (9, 2))
    angle, side, centre = 0.3, 57.0, np.array([80.0, 60.0])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found = laid(centre + (places - 0.5) * side @ turn.T, places)
    np.testing.assert_allclose(found.centre, centre, atol=1e-9)
    assert (found.side, found.angle) == (pytest.approx(side), pytest.approx(angle))


class Faces:
    """Films of a made face that turns and walks, with its points; a picture is painted in the face's own place."""

    def __init__(self, frames: int) -> None:
        self.points = person(frames)
        chance = np.random.default_rng(3)
        self.pattern = np.repeat(np.repeat(chance.integers(60, 200, (16, 16, 3)), 8, axis=0), 8, axis=1)

    def pictures(self, tint: np.ndarray, pattern: np.ndarray | None = None) -> np.ndarray:
        """(F, 200, 128, 3) with a tint (F,) added; the face's points lie in the middle of it."""
        one = (self.pattern if pattern is None else pattern).astype(np.float64)
        picture = np.full((200, 128, 3), 90.0)
        picture[40:168] = one
        return (picture[None] + np.asarray(tint)[:, None, None, None]).clip(0, 255).astype(np.uint8)

    def shifted(self) -> Keypoints:
        """The points in these pictures."""
        points = self.points.points.copy()
        points[:, GROUPS["face"]] += np.array([64.0, 104.0]) - points[0, GROUPS["face"]].mean(axis=0)
        return self.points.replaced(points=points, size=(128, 200))


def test_identity_stays_with_the_same_face_and_drifts_with_another() -> None:
    pytest.importorskip("cv2")
    faces, frames = Faces(100), 100
    points, real = faces.shifted(), faces.pictures(np.zeros(frames))

    def found(made: np.ndarray) -> dict[str, object]:
        drift = IdentityDrift(points, points)
        for start in range(0, frames, 16):
            drift.take(made[start : start + 16], real[start : start + 16])
        return drift.found()

    same = found(real)
    assert same["identity.structure"].generated == pytest.approx(0.0, abs=1e-6)
    assert same["identity.drift"].generated == pytest.approx(0.0, abs=1e-6)
    # A tint changes the colour by what was added, and not the structure.
    tinted = found(faces.pictures(np.full(frames, 20.0)))
    assert tinted["identity.colour"].generated == pytest.approx(20.0, abs=0.5)
    assert tinted["identity.structure"].generated == pytest.approx(0.0, abs=0.01)
    other = np.random.default_rng(9).integers(60, 200, (128, 128, 3))
    late = real.copy()
    late[60:] = faces.pictures(np.zeros(40), other)
    drifted = found(late)
    assert drifted["identity.drift"].generated > 0.3
    assert drifted["identity.drift"].real == pytest.approx(0.0, abs=1e-6)
    assert IdentityDrift(points, hidden(points, GROUPS["face"])).found() == {}


def test_films_are_measured_block_by_block_and_a_face_by_its_points() -> None:
    pytest.importorskip("cv2")
    faces = Faces(60)
    real = faces.pictures(np.zeros(60))
    made = faces.pictures(np.tile([0.0, 8.0], 30))

    class Given:
        name = "given"

        def film(self, frames: Iterator[np.ndarray], fps: float) -> Keypoints:
            assert fps == 25 and sum(1 for _ in frames) == 60
            return faces.shifted()

    tools = Tools(estimator=Given())
    found = evaluate_films([FilmPair("one", film(made), film(real))], tools)
    values = found.clips["one"]
    assert values["psnr_db"].generated == pytest.approx(psnr_db(made, real).mean())
    assert values["ssim"].generated == pytest.approx(ssim(made, real).mean())
    assert values["flicker.still"].generated == pytest.approx(8.0, abs=0.1)
    assert values["landmarks.correct.face.0.05"].generated == 1.0
    assert values["identity.structure"].generated < 0.01
    assert set(values) <= {measure.key for measure in video_measures()}


def test_films_that_cannot_be_compared_are_refused() -> None:
    long, short = film(noise((40, 32, 32, 3)), "long.mp4"), film(noise((20, 32, 32, 3)), "short.mp4")
    with pytest.raises(InputError, match=r"'long\.mp4' is longer"):
        evaluate_films([FilmPair("a", short, long)], Tools())
    nearly = FilmPair("a", film(noise((38, 32, 32, 3))), long)
    assert sum(len(ours) for ours, _ in nearly.blocks()) == 38
    with pytest.raises(InputError, match="two sizes, 32 x 32 and 64 x 64"):
        FilmPair("a", long, film(noise((40, 64, 64, 3))))
    with pytest.raises(InputError, match="another shape"):
        film(noise((4, 64, 64, 3))).at_size((64, 32))
    with pytest.raises(InputError, match="no clip"):
        evaluate_films([], Tools())


def test_pictures_are_made_smaller_by_means() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[::2] = 200
    small = resized(picture, (32, 32))
    assert small.shape == (32, 32, 3)
    assert np.abs(small[2:-2].astype(int) - 100).max() <= 2
    again = next(film(picture[None]).at_size((32, 32)).pictures())
    np.testing.assert_array_equal(again, small)
