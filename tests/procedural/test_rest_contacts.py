"""Hands that rest on something lie on its skin or cloth, and no resting hand is in anything."""

import subprocess
import sys
from pathlib import Path

import pytest

from gesta.procedural.families import rests

PROGRAM = Path(__file__).parents[2] / "runs" / "rest_contacts.py"
MOST_MM = 5.0


@pytest.mark.slow
def test_resting_hands_touch_what_they_lie_on_and_nothing_else() -> None:
    done = subprocess.run([sys.executable, PROGRAM], capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert {line[0] for line in lines} == set(rests())
    for name, hand, wanted, *words in lines:
        number = {word: words[place + 1] for place, word in enumerate(words[:-1]) if word in ("gap", "depth")}
        assert float(number["depth"]) <= MOST_MM, (name, hand)
        if wanted != "-":
            assert float(number["gap"]) <= MOST_MM, (name, hand)
    touching = {name for name, rest in rests().items() if rest.touching}
    assert touching == {name for name, _, wanted, *_ in lines if wanted != "-"}
