"""The classes that a saved stream may hold, by module: no other is ever made from a file."""

from functools import cache
from importlib import import_module

MODULES: dict[str, tuple[str, ...]] = {
    "gesta.audio.accents": ("AccentFinder",),
    "gesta.audio.contour": ("Contours", "Track"),
    "gesta.audio.encoders.accented": ("AccentedStream",),
    "gesta.audio.encoders.spectral": ("SpectralStream",),
    "gesta.audio.events": ("EventList", "NucleusFinder", "OnsetFinder"),
    "gesta.audio.features": ("FrameAverager",),
    "gesta.audio.framing": ("Framer",),
    "gesta.audio.live_resample": ("LiveResampler",),
    "gesta.audio.normalise": ("NormaliserState",),
    "gesta.audio.phrases": ("PhraseFinder",),
    "gesta.audio.prosody": ("AnalyserState", "ProsodyAnalyser"),
    "gesta.audio.recent": ("RecentMaximum",),
    "gesta.audio.tracking": ("TrackerState",),
    "gesta.echomask.blocks": ("Pace",),
    "gesta.echomask.config": ("Decoding",),
    "gesta.echomask.speaker": ("EchoMaskSpeaker",),
    "gesta.echomask.who": ("Who",),
    "gesta.live.echomask": ("EchoMaskBody",),
    "gesta.live.grains": ("SoundGrains",),
    "gesta.live.idling": ("Idling",),
    "gesta.live.mouth": ("LearnedMouth",),
    "gesta.live.procedural": ("ProceduralBody",),
    "gesta.live.settings": ("StreamSettings",),
    "gesta.live.stream": ("Stream",),
    "gesta.mouth.heard": ("HeardMouth",),
    "gesta.mouth.stream": ("MouthStream",),
    "gesta.procedural.agenda": ("Item", "PlannerState"),
    "gesta.procedural.animator": ("Animator",),
    "gesta.procedural.blinks": ("LidPlanner",),
    "gesta.procedural.body": ("BodyPlanner",),
    "gesta.procedural.breath": ("BreathPlanner",),
    "gesta.procedural.content": ("ContentEvent",),
    "gesta.procedural.following": ("Following",),
    "gesta.procedural.gaze": ("GazePlanner",),
    "gesta.procedural.gestures": ("GestureChooser", "PhraseGesture"),
    "gesta.procedural.habits": ("Habits",),
    "gesta.procedural.hand_life": ("HandLife",),
    "gesta.procedural.hands": ("HandPlanner",),
    "gesta.procedural.head": ("HeadPlanner",),
    "gesta.procedural.listening": ("ListeningPlanner",),
    "gesta.procedural.mouth": ("MouthReader",),
    "gesta.procedural.mouth_pose": ("MouthHabits",),
    "gesta.procedural.paths": ("Variety",),
    "gesta.procedural.phrases": ("Accent", "Phrases"),
    "gesta.procedural.planner": ("Planner",),
    "gesta.procedural.rhythm": ("Rhythm",),
    "gesta.procedural.speaker": ("ProceduralSpeaker",),
    "gesta.procedural.speaking": ("Speaking",),
    "gesta.procedural.steps": ("Stance",),
    "gesta.procedural.strokes": ("Strokes",),
    "gesta.procedural.style": ("Style",),
    "gesta.procedural.targets": ("Step", "TargetState", "Targets", "TargetTracker"),
    "gesta.procedural.torso": ("TorsoPlanner",),
    "gesta.procedural.trailing": ("Filter", "Follower", "Pendulum", "Rate"),
    "gesta.procedural.trunk": ("TrunkPoser",),
    "gesta.procedural.units": ("HandsState", "Waiting"),
    "gesta.procedural.weight": ("WeightPlanner",),
    "gesta.records.motion": ("Motion",),
    "gesta.records.plan": ("BodyMove", "HandMove", "HandPose", "Plan"),
    "gesta.records.speech": ("Events", "Prosody", "SpeechFeatures"),
    "gesta.tokenizer.root": ("RootPath",),
    "gesta.tokenizer.stream": ("DelayedDecoder", "StreamingDecoder"),
}


@cache
def _allowed() -> frozenset[str]:
    return frozenset(f"{module}.{name}" for module, names in MODULES.items() for name in names)


def name_of(kind: type) -> str:
    """The name under which a class is written down.

    Raises:
        TypeError: it is not listed.
    """
    name = f"{kind.__module__}.{kind.__qualname__}"
    if name not in _allowed():
        raise TypeError(f"{name} is not among the classes that a saved stream may hold (gesta.live.registry)")
    return name


def named_class(name: str) -> type:
    """The class of a name.

    Raises:
        ValueError: it is not listed.
    """
    if name not in _allowed():
        raise ValueError(f"names the class '{name}'")
    module, _, last = name.rpartition(".")
    found: type = getattr(import_module(module), last)
    return found
