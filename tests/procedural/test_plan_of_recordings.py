"""What is planned for recorded speech: how loosely strokes keep time, and how many strong accents go without one."""

from pathlib import Path

import numpy as np
import pytest

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech, speech_from_samples
from gesta.procedural.planner import Planner
from gesta.procedural.profiles import DECELERATION_PEAK
from gesta.procedural.style import Style
from gesta.records import Plan, Prosody
from gesta.units import SAMPLE_RATE

SPEECH = Path(__file__).parents[2].parent / "shared" / "data" / "speech"
SECONDS, SEEDS = 20, range(4)

pytestmark = pytest.mark.skipif(not SPEECH.is_dir(), reason="the recordings of ../shared/data are not here")


@pytest.fixture(scope="module")
def plans() -> list[tuple[Prosody, Plan]]:
    """Plans of the neutral style for the beginnings of a few recordings."""
    made = []
    for path in sorted(SPEECH.glob("LJ*.flac"))[::5]:
        samples = np.concatenate(list(open_speech(path).source.blocks()))[: SECONDS * SAMPLE_RATE]
        prosody = analyse(speech_from_samples(samples, SAMPLE_RATE))
        for seed in SEEDS:
            planner = Planner(Style(), seed)
            made.append((prosody, Plan.concatenate([planner.push(prosody), planner.finish()])))
    return made


def test_of_strong_accents_one_in_five_to_two_in_five_go_without(plans: list[tuple[Prosody, Plan]]) -> None:
    without = []
    for prosody, plan in plans:
        met = [move.accent_s for move in plan.strokes]
        strengths = prosody.accents.strengths
        without += [at not in met for at in prosody.accents.times_s[strengths >= np.quantile(strengths, 0.67)]]
    assert 0.2 <= np.mean(without) <= 0.4


def test_strokes_keep_time_as_loosely_as_people(plans: list[tuple[Prosody, Plan]]) -> None:
    late = [
        move.start_s + DECELERATION_PEAK * move.duration_s - move.accent_s
        for _, plan in plans
        for move in plan.strokes
        if move.accent_s is not None
    ]
    assert abs(np.mean(late)) < 0.03
    assert 0.06 <= np.std(late) <= 0.12
