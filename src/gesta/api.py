"""The public noun: `load` a model by name, then let it `speak`.

>>> import gesta
>>> take = gesta.load("procedural").speak("speech.wav", seed=1)
>>> take.save("gesta_out")
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from gesta.audio.prosody import analyse
from gesta.audio.read import open_speech, speech_from_samples
from gesta.errors import InputError, not_in_this_version, unknown_name
from gesta.procedural.speaker import ProceduralSpeaker
from gesta.procedural.style import Style, style_from
from gesta.records import Motion, Plan, Prosody, Speech
from gesta.take import Take, join_motion
from gesta.version import __version__

MODELS = {
    "default": "what gesta uses when no model is named; in this version the procedural speaker",
    "procedural": "no network: gestures planned from the prosody by rules, animated by inverse kinematics",
}
PLANNED_MODELS = ("debug",)
LICENCE = "Apache-2.0 (the motion is yours)"

Audio = str | PathLike[str] | np.ndarray | Speech
Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many frames are done and how many there are."""


@dataclass(frozen=True)
class ProceduralModel:
    """The procedural speaker behind the public door."""

    name: str

    def speak(
        self,
        audio: Audio,
        *,
        sample_rate: int | None = None,
        seed: int = 0,
        style: str | Style = "neutral",
        energy: float | None = None,
        look_ahead_s: float = math.inf,
        progress: Progress | None = None,
    ) -> Take:
        """Give a recording a body.

        Args:
            audio: a sound or video file, a `Speech`, or samples (S,) or (S, channels) with `sample_rate`.
            sample_rate: of the samples, Hz; for arrays only.
            seed: the same seed gives the same take.
            style: a preset's name, "k=v,...", a TOML file, or a `Style`.
            energy: 0 to 1.5, replaces the style's own.
            look_ahead_s: how far ahead of each frame the sound may be heard, 0.1 s to infinite (a whole file).
            progress: told how far the work is.

        Raises:
            InputError: the recording, style or look-ahead cannot be used.
        """
        speech = as_speech(audio, sample_rate)
        chosen = style_from(style, energy) if isinstance(style, str) else style
        prosody = analyse(speech, look_ahead_s)
        speaker = ProceduralSpeaker(chosen, seed, look_ahead_s)
        plans: list[Plan] = []

        def stretches() -> Any:
            done = 0
            for stretch in speaker.finish(prosody):
                plans.append(stretch.plan)
                done += stretch.motion.frame_count
                if progress:
                    progress("moving", done, speech.frame_count)
                yield stretch.motion

        motion = join_motion(stretches(), speech.frame_count)
        plan = Plan.concatenate(plans)
        return Take(speech, prosody, plan, motion.replaced(provenance=self._provenance(speech, plan, look_ahead_s)))

    def _provenance(self, speech: Speech, plan: Plan, look_ahead_s: float) -> dict[str, Any]:
        return {
            "model": "procedural",
            "gesta_version": __version__,
            "seed": plan.seed,
            "style": dict(plan.style),
            "look_ahead_s": look_ahead_s if math.isfinite(look_ahead_s) else "full",
            "speech": speech.name,
            "audio_sha256": speech.sha256,
            "licence": LICENCE,
        }


def load(name: str = "default") -> ProceduralModel:
    """Load a model by name.

    Raises:
        InputError: no such model, said with the nearest names.
    """
    if name in PLANNED_MODELS:
        raise not_in_this_version("model", name)
    if name not in MODELS:
        raise unknown_name("model", name, MODELS)
    return ProceduralModel(name)


def speak(audio: Audio, model: str = "default", **options: Any) -> Take:
    """Give a recording a body in one call: `load(model).speak(audio, **options)`."""
    return load(model).speak(audio, **options)


def as_speech(audio: Audio, sample_rate: int | None = None) -> Speech:
    """A `Speech` from whatever the caller has: a path, samples, or a `Speech` already.

    Raises:
        InputError: it cannot be used as a recording.
    """
    if isinstance(audio, Speech):
        return audio
    if isinstance(audio, np.ndarray):
        if sample_rate is None:
            raise InputError("Samples were given without their sample_rate; pass sample_rate=... in Hz.")
        return speech_from_samples(audio, sample_rate)
    return open_speech(Path(audio))


__all__ = ["MODELS", "Audio", "Motion", "ProceduralModel", "Prosody", "Take", "as_speech", "load", "speak"]
