"""What measures trained SMGAs measures right: open lips, correlation, seams, and tables of seeds."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from gesta.records import KEYPOINT_COUNT


@pytest.fixture(scope="module")
def proof() -> ModuleType:
    path = Path(__file__).parents[2] / "runs" / "keypoints_proof.py"
    specification = importlib.util.spec_from_file_location("keypoints_proof", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_lips_are_open_by_what_lies_between_their_inner_edges(proof: ModuleType) -> None:
    points = np.zeros((3, KEYPOINT_COUNT, 2))
    # Of 68 points of a face, 61 to 63 are the inner edge above, 65 to 67 that below from the left to the right.
    face = 24
    for upper, lower, x in ((61, 67, -4.0), (62, 66, 0.0), (63, 65, 4.0)):
        points[:, face + upper] = (x, 10.0)
        points[:, face + lower] = (x, 10.0)
        points[1, face + lower, 1] += 6.0
        points[2, face + lower, 1] += 3.0
    np.testing.assert_allclose(proof.opening(points, 60.0), (0.0, 10.0, 5.0))


def test_correlation_of_what_goes_together_and_of_what_stands_still(proof: ModuleType) -> None:
    wave = np.sin(np.arange(50.0))
    assert proof.correlation(wave, 3.0 * wave + 2.0) == pytest.approx(1.0)
    assert proof.correlation(wave, -wave[:40]) == pytest.approx(-1.0)
    assert proof.correlation(wave, np.ones(50)) == 0.0


def test_a_step_at_a_join_is_a_seam(proof: ModuleType) -> None:
    chance = np.random.default_rng(0)
    points = np.cumsum(chance.normal(size=(220, 4, 2)), axis=0)
    assert proof.seam(points, 80, 16) == pytest.approx(1.0, abs=0.3)
    # Windows of 80 frames that share 16 go on at 80, 144 and 208.
    points[144:] += 40.0
    assert proof.seam(points, 80, 16) > 3.0
    elsewhere = points.copy()
    elsewhere[144:] -= 40.0
    elsewhere[100:] += 40.0
    assert proof.seam(elsewhere, 80, 16) < 1.0


def test_a_table_has_means_and_deviations_of_seeds(proof: ModuleType) -> None:
    rows = [{"lip_r": 0.2, "seam": 1.0}, {"lip_r": 0.4, "seam": 1.0}]
    text = proof.table({"teacher": [{"lip_r": 1.0}], "split-3": rows})
    header, rule, teacher, split = text.splitlines()
    assert header.count("|") == rule.count("|") == teacher.count("|")
    assert "| 0.30 ± 0.14 |" in split and "| 1.00 ± 0.00 |" in split and "| 1.00 |" in teacher
