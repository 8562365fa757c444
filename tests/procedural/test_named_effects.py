"""More of a setting is more of what it names, as anybody sees it who sees nothing but the motion."""

from itertools import pairwise

import pytest

from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import style_from
from gesta.records import Motion
from tests.named_effects import EFFECTS, seen
from tests.procedural.made_prosody import made_prosody

PROSODY = made_prosody(24.0)


def spoken(style: str, seed: int) -> Motion:
    (stretch,) = ProceduralSpeaker(style_from(style), seed).finish(PROSODY)
    return stretch.motion


@pytest.mark.parametrize("setting", EFFECTS)
def test_more_of_a_setting_is_more_of_what_it_names(setting: str) -> None:
    found = seen(spoken, EFFECTS[setting])
    assert all(later > 1.05 * earlier for earlier, later in pairwise(found)), found
