"""What an evaluation says: means with intervals, plain JSON, a page that stands alone."""

import json
from pathlib import Path

import numpy as np
import pytest

from gesta.metrics.bootstrap import interval_of_mean
from gesta.metrics.evaluation import Evaluation, Measure, Value
from gesta.metrics.evaluation_page import page_text, write_page

MEASURES = (
    Measure("a", "first <b>", "m", "as real"),
    Measure("b", "second", verified=False),
    Measure("c", "nobody has it"),
)


def evaluation(**changes: object) -> Evaluation:
    clips = {
        "one": {"a": Value(1.0, 3.0)},
        "two": {"a": Value(2.0, None)},
        "<script>": {"a": Value(None, 5.0)},
    }
    values = {"clips": clips, "whole": {"b": Value(7.0)}, "not_measured": {"d": "no <weights>"}, **changes}
    return Evaluation("A & B", "keypoints", MEASURES, **values)  # type: ignore[arg-type]


def test_means_are_over_the_clips_that_have_the_number() -> None:
    found = evaluation().to_dict()
    assert found["measures"]["a"]["generated"]["mean"] == 1.5
    assert found["measures"]["a"]["generated"]["clips"] == 2
    assert found["measures"]["a"]["real"]["mean"] == 4.0
    assert found["measures"]["b"] == {
        "label": "second", "unit": "", "better": "higher", "unverified": True, "generated": 7.0,
    }  # fmt: skip
    assert found["measures"]["c"]["generated"] is None
    assert found["not_measured"] == {"d": "no <weights>"}
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_single_clip_has_no_interval() -> None:
    found = evaluation(clips={"one": {"a": Value(1.0)}}).to_dict()["measures"]["a"]
    assert found["generated"] == {"mean": 1.0, "low": None, "high": None, "clips": 1}
    assert "real" not in found


def test_the_interval_of_a_mean_is_that_of_the_central_limit() -> None:
    values = np.random.default_rng(0).normal(5.0, 2.0, 400)
    found = interval_of_mean(values)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert found.value == values.mean()
    assert found.low == pytest.approx(values.mean() - half, abs=0.03)
    assert found.high == pytest.approx(values.mean() + half, abs=0.03)
    assert interval_of_mean(values) == found


def test_the_page_shows_all_of_it_and_escapes_names(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_page(path, evaluation())
    text = path.read_text()
    assert text == page_text(evaluation())
    assert "first &lt;b&gt;" in text and "first <b>" not in text
    assert "&lt;script&gt;" in text and "<script" not in text
    assert "unverified" in text and "no &lt;weights&gt;" in text
    assert "nobody has it" not in text
    assert "default-src 'none'" in text and "http:" not in text and "https:" not in text
