"""Several takes of one recording: scores worked out by hand, the best first, all of them written or none."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gesta
from gesta.metrics.motion import MotionReport
from gesta.metrics.motion.alignment import Alignment
from gesta.metrics.motion.naturalness import Naturalness
from gesta.samples import PEOPLES_MARGIN, Score, ranked, save_ranked
from gesta.take import Take


@pytest.fixture(scope="module")
def takes() -> list[Take]:
    noise = np.random.default_rng(0).normal(0, 0.1, 48_000).astype(np.float32)
    model = gesta.load("procedural")
    return [model.speak(noise, sample_rate=16_000, seed=seed) for seed in range(3)]


def report(take: Take, margin: float | None) -> MotionReport:
    """The take's measures with another margin."""
    aligned = None if margin is None else Alignment(10, 10, 0.0, 0.0, margin, margin)
    return replace(take.measured, hand_alignment=aligned)


def test_scores_by_hand(takes: list[Take], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MotionReport, "naturalness", Naturalness(0.8, {}))
    for margin, timing in ((0.0, 0.0), (PEOPLES_MARGIN, 0.5), (2 * PEOPLES_MARGIN, 1.0), (0.9, 1.0), (-0.1, 0.0)):
        score = Score.of(report(takes[0], margin))
        assert score.timing == pytest.approx(timing)
        assert score.score == pytest.approx((timing + 0.8) / 2)
        assert score.normalised_margin == margin
    assert Score.of(report(takes[0], None)).score == 0.8
    monkeypatch.setattr(MotionReport, "naturalness", None)
    assert Score.of(report(takes[0], PEOPLES_MARGIN)).score == pytest.approx(0.5)
    assert Score.of(report(takes[0], None)) == Score(0.0, None, None, None)


def test_the_best_comes_first_and_of_equals_the_first(takes: list[Take]) -> None:
    scores = [score.score for _, score in ranked(takes)]
    assert scores == sorted(scores, reverse=True)
    same = [replace(takes[0]), replace(takes[0])]
    assert [id(take) for take, _ in ranked(same)] == [id(take) for take in same]


def test_all_are_written_or_none(takes: list[Take], tmp_path: Path) -> None:
    def save(take: Take, folder: Path) -> list[Path]:
        if take is takes[2]:
            raise KeyboardInterrupt
        return take.save(folder, preview=None)

    with pytest.raises(KeyboardInterrupt):
        save_ranked(takes, tmp_path / "talk", save)
    assert list(tmp_path.iterdir()) == []
    files = save_ranked(takes[:2], tmp_path / "talk", save)
    assert sorted(files) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert [file.parent.relative_to(tmp_path).as_posix() for file in files] == ["talk"] * 3 + ["talk/samples/2"] * 3
    assert files[:3] == [tmp_path / "talk" / name for name in ("motion.npz", "plan.json", "report.json")]
    assert not list((tmp_path / "talk").glob(".*"))


def test_an_older_ranking_is_replaced(takes: list[Take], tmp_path: Path) -> None:
    def save(take: Take, folder: Path) -> list[Path]:
        return take.save(folder, preview=None)

    save_ranked(takes, tmp_path, save)
    (tmp_path / "samples/3/mine.txt").write_text("mine")
    save_ranked(takes, tmp_path, save)
    assert (tmp_path / "samples/3/mine.txt").read_text() == "mine"
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == ["2", "3"]
