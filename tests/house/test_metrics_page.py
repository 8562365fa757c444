"""docs/metrics.md keeps its word about evaluations: files, measures and limits are those of the code."""

import re
from pathlib import Path

from gesta.metrics.frechet import MARGIN
from gesta.metrics.keypoints.correct import LEVELS
from gesta.metrics.keypoints.gesture_distance import LEAST_LATENTS
from gesta.metrics.motion_evaluation import ENCODER_FILE
from gesta.metrics.video.networks import weights
from gesta.metrics.video.networks.i3d import LATENT as I3D_LATENT
from gesta.metrics.video.networks.inception import LATENT as INCEPTION_LATENT
from gesta.metrics.video.tools import MEASURES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")


def test_every_file_of_weights_is_named() -> None:
    files = [file for file in vars(weights).values() if isinstance(file, weights.WeightFile)]
    assert len(files) == 7
    assert [name for file in files for name in file.names if f"`{name}`" not in PAGE] == []
    assert f"`{ENCODER_FILE}`" in PAGE


def test_every_measure_of_films_is_named() -> None:
    assert [name for name in MEASURES if f"| `{name}` |" not in PAGE] == []


def test_limits_are_those_of_the_code() -> None:
    assert f"**refused** under {LEAST_LATENTS:,} latents a side" in PAGE
    assert f"FID needs {round(MARGIN * INCEPTION_LATENT):,} pictures a side" in PAGE
    assert f"FVD {round(MARGIN * I3D_LATENT)} stretches" in PAGE
    assert f"within {', '.join(f'{level:g}' for level in LEVELS[:-1])} or {LEVELS[-1]:g} of a length" in PAGE


def test_scripts_it_names_are_there() -> None:
    named = set(re.findall(r"`(runs/[\w.]+)`", PAGE))
    assert {"runs/bake_gesture_encoder.py", "runs/film_measures.py"} <= named
    assert [name for name in named if not (ROOT / name).exists()] == []
