"""Measures of body motion, exactly defined; `measure` gives all of them. See docs/metrics.md."""

from gesta.metrics.motion.envelope import speech_envelope
from gesta.metrics.motion.report import MotionReport, measure

__all__ = ["MotionReport", "measure", "speech_envelope"]
