"""All measures of generated points in one call: clip after clip, then those of the whole set."""

from collections.abc import Iterable, Mapping

from gesta.errors import InputError
from gesta.metrics.evaluation import SIDES, Better, Evaluation, Measure, Value
from gesta.metrics.keypoints.correct import LEVELS, REGIONS, correct_points
from gesta.metrics.keypoints.diversity import ArmWindows
from gesta.metrics.keypoints.encoder import gesture_encoder
from gesta.metrics.keypoints.gesture_distance import GestureLatents, gesture_distance
from gesta.metrics.keypoints.hands import film_hands
from gesta.metrics.keypoints.lips import lips_against_truth, lips_with_speech
from gesta.metrics.keypoints.pairs import PointPair
from gesta.metrics.keypoints.tremble import tremble

MEASURED_BY = {"body": "shoulders", "hands": "shoulders", "face": "face width"}
SPEED_LEVELS = ("p50", "p95")


def pair_measures(prefix: str = "") -> tuple[Measure, ...]:
    """What the numbers of a clip are, in the order in which they are shown; keys begin with `prefix`."""
    correct = [
        Measure(f"correct.{region}.{level:g}", f"correct points of the {region}, within {level:g} {by}", "share")
        for region, by in MEASURED_BY.items()
        for level in LEVELS
    ]
    others = [
        row
        for region, by in MEASURED_BY.items()
        for row in (
            Measure(f"error.{region}", f"mean error of the {region}'s points", by, "lower"),
            Measure(f"missing.{region}", f"missing points of the {region}", "share", "lower"),
        )
    ]
    near: Better = "as real"
    rest = [
        *(
            Measure(f"tremble.{region}", f"trembling of the {region}'s points", by, near, 4)
            for region, by in MEASURED_BY.items()
        ),
        Measure("lips.truth_r", "lip opening: correlation with the true lips", "r"),
        Measure("lips.error", "lip opening: mean error", "of the eyes' distance", "lower"),
        Measure("lips.speech_r", "lip opening: correlation with loudness", "r", near),
        Measure("lips.speech_best_r", "lip opening: the same at the best lag", "r", near),
        Measure("lips.speech_lag_s", "lip opening: that lag, after the sound", "s", near, 2),
        Measure("hands.margin", "hands: normalised alignment margin", "", near),
        Measure("hands.speed_p50", "hands: median speed", "m/s", near),
        Measure("hands.speed_p95", "hands: speed, 95th percentile", "m/s", near),
        Measure("hands.still_share", "hands: share of time still", "share", near),
    ]
    measures = (*correct, *others, *rest)
    return tuple(Measure(prefix + m.key, m.label, m.unit, m.better, m.decimals) for m in measures)


SET_MEASURES = (
    Measure("diversity_m", "diversity of the arms' movements, whole set", "m", "as real"),
    Measure("fgd", "Fréchet gesture distance (own encoder), whole set", "", "lower"),
)


def measure_pair(pair: PointPair, prefix: str = "") -> dict[str, Value]:
    """The numbers of one clip, by the keys of `pair_measures`."""
    found: dict[str, Value] = {}
    for name, region in REGIONS.items():
        found[f"tremble.{name}"] = Value(tremble(pair.generated, region), tremble(pair.real, region))
        correct = correct_points(pair, region)
        if correct is None:
            continue
        for level, share in zip(LEVELS, correct.shares, strict=True):
            found[f"correct.{name}.{level:g}"] = Value(share)
        found[f"error.{name}"] = Value(correct.error)
        found[f"missing.{name}"] = Value(correct.missing)
    if (against := lips_against_truth(pair)) is not None:
        found["lips.truth_r"], found["lips.error"] = map(Value, against)
    if pair.envelope is not None:
        lips = [lips_with_speech(side, pair.envelope) for side in (pair.generated, pair.real)]
        for key, name in (("r", "r"), ("best_r", "best_r"), ("lag_s", "lag_s")):
            found[f"lips.speech_{key}"] = Value(*(None if one is None else getattr(one, name) for one in lips))
    found |= _hands(pair)
    return {prefix + key: value for key, value in found.items()}


def _hands(pair: PointPair) -> dict[str, Value]:
    """How the hands of both films move."""
    both = [film_hands(side, pair.envelope) for side in (pair.generated, pair.real)]
    found = {
        f"hands.speed_{level}": Value(*(None if hands is None else hands.speed_m_s[level] for hands in both))
        for level in SPEED_LEVELS
    }
    found["hands.still_share"] = Value(*(None if hands is None else hands.still_share for hands in both))
    margins = [
        None if hands is None or hands.alignment is None else hands.alignment.normalised_margin for hands in both
    ]
    found["hands.margin"] = Value(*margins)
    return found


def evaluate_keypoints(pairs: Iterable[PointPair], settings: Mapping[str, object] | None = None) -> Evaluation:
    """Measure generated points against true ones, one clip in memory at a time.

    Args:
        pairs: the clips, each with a name of its own.
        settings: what is compared, for the report.

    Raises:
        InputError: there is no clip.
    """
    clips: dict[str, dict[str, Value]] = {}
    generated, real = ArmWindows(), ArmWindows()
    latents = [GestureLatents(f"{side} films", gesture_encoder()) for side in SIDES]
    unheard = 0
    for pair in pairs:
        clips[pair.name] = measure_pair(pair)
        for windows, those, film in zip((generated, real), latents, (pair.generated, pair.real), strict=True):
            windows.add(film)
            those.add(film)
        unheard += pair.envelope is None
    if not clips:
        raise InputError("There is no clip to evaluate; name files of points, or folders that hold some.")
    whole, absent = {"diversity_m": Value(generated.diversity_m(), real.diversity_m())}, {}
    try:
        whole["fgd"] = Value(gesture_distance(latents[1], latents[0]))
    except InputError as error:
        absent["fgd"] = str(error).rstrip(".")
    if unheard:
        absent["speech"] = f"{unheard} of {len(clips)} clips have no recording; name them with --speech"
    return Evaluation(
        "Generated points against true ones",
        "keypoints",
        (*pair_measures(), *SET_MEASURES),
        clips,
        whole,
        absent,
        settings or {},
    )
