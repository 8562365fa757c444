"""From sound to motion, live: blocks of any size give what the file gives with the same look-ahead."""

from importlib import resources

import numpy as np
import pytest

from gesta.audio.prosody import ProsodyAnalyser, analyse
from gesta.audio.read import open_speech
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style
from gesta.records import Motion, Plan, Speech
from gesta.units import SAMPLE_RATE


@pytest.fixture(scope="module")
def voice() -> Speech:
    with resources.as_file(resources.files("gesta").joinpath("assets", "demo_voice.flac")) as path:
        return open_speech(path)


def joined(motions: list[Motion], name: str) -> np.ndarray:
    return np.concatenate([getattr(motion, name) for motion in motions])


@pytest.mark.parametrize("look_ahead_s", [0.2, 0.4])
def test_a_live_voice_moves_as_its_recording_does(voice: Speech, look_ahead_s: float) -> None:
    whole = [s.motion for s in ProceduralSpeaker(Style(), 5, look_ahead_s).finish(analyse(voice, look_ahead_s))]
    samples = np.concatenate(list(voice.source.blocks()))
    cuts = np.cumsum(np.random.default_rng(3).integers(80, 6000, 400))
    analyser, speaker = ProsodyAnalyser(look_ahead_s), ProceduralSpeaker(Style(), 5, look_ahead_s)
    live: list[Motion] = []
    heard = 0
    for block in np.split(samples, cuts[cuts < len(samples)]):
        live += [stretch.motion for stretch in speaker.push(analyser.push(block))]
        heard += len(block)
        # A frame comes once the sound is heard for as long as the look-ahead beyond it, and not much later.
        behind_s = heard / SAMPLE_RATE - sum(motion.frame_count for motion in live) / 30
        assert behind_s < look_ahead_s + 0.05
    live += [stretch.motion for stretch in speaker.finish(analyser.finish())]
    for name in ("rotations", "translation", "face", "attention"):
        np.testing.assert_allclose(joined(live, name), joined(whole, name), atol=1e-4)
    assert joined(live, "face").shape[0] == voice.frame_count


@pytest.mark.parametrize("frames", [40, 130])
def test_the_blocks_of_a_file_change_neither_plan_nor_motion(
    voice: Speech, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    prosody = analyse(voice)

    def spoken() -> tuple[Plan, list[Motion], list[Plan]]:
        stretches = list(ProceduralSpeaker(Style(), 5).finish(prosody))
        plans = [stretch.plan for stretch in stretches]
        return Plan.concatenate(plans), [stretch.motion for stretch in stretches], plans

    plan, whole, _ = spoken()
    monkeypatch.setattr("gesta.procedural.speaker.FRAMES_PER_BLOCK", frames)
    again, blocks, plans = spoken()
    assert again == plan
    assert len(blocks) == -(-prosody.frame_count // frames)
    for name in ("rotations", "translation", "face"):
        np.testing.assert_array_equal(joined(blocks, name), joined(whole, name))
    for number, part in enumerate(plans[:-1], start=1):
        later = [move for rest in plans[number:] for move in (*rest.hand_moves, *rest.body_moves)]
        assert part.ready_s == number * frames / 30
        assert min(move.start_s for move in later) >= part.ready_s
        assert len(part.hand_moves) < len(plan.hand_moves)
