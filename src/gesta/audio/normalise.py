"""Loudness, pitch and activity relative to the speaker and the room, by the past 30 s only.

The quiet floor is a low percentile of the levels of the past 30 s, the loud ceiling a high percentile of those well
above the floor, the usual pitch the median of the voiced frames. A stated prior counts as PRIOR_S of evidence: it
fades out over the first seconds. Everything depends on the past alone, so files and streams give the same.
"""

from dataclasses import dataclass, field

import numba
import numpy as np

from gesta.units import MOTION_FPS

MEMORY_FRAMES = 30 * MOTION_FPS
"""The past that counts, motion frames."""
PRIOR_FRAMES = 3 * MOTION_FPS
"""Evidence, in motion frames (voiced ones for pitch), after which the priors below no longer count."""
PRIOR_FLOOR_DB = -60.0
PRIOR_CEILING_DB = -20.0
PRIOR_F0_HZ = 150.0
FLOOR_PERCENTILE = 0.10
CEILING_PERCENTILE = 0.90
LOUD_MARGIN_DB = 10.0
"""Only levels this far above the floor count for the ceiling."""
NARROWEST_RANGE_DB = 20.0
WIDEST_RANGE_DB = 45.0
"""Ceiling minus floor stays between these: steady noise is not stretched, digital silence is no speaker's floor."""
LOUDEST = 1.2
"""Loudness may go this far beyond the ceiling's 1."""

GATE_MARGIN_DB = 9.0
GATE_SHARE = 0.3
"""Speech is at least GATE_MARGIN_DB, and this share of the range, above the floor."""
GATE_LOWEST_DB = -65.0
"""Nothing weaker is speech."""
GATE_EDGE_DB = 6.0
"""Activity goes from 0 to 1 over this rise above the gate."""
RECENT_FRAMES = 15
"""Speech changes its level and has voice within this past (0.5 s); noise and hum do not."""
LEAST_CHANGE_DB = 5.0
VOICED = 0.5
"""Voicing confidence from which a frame has voice."""
RELEASE_FRAMES = 6.0
"""Activity falls from 1 to 0 in this time at the soonest (0.2 s): closures within words do not end it."""

LOWEST_BIN_DB = -100.0
BINS_PER_DB = 4
LEVEL_BINS = 101 * BINS_PER_DB
PITCH_ORIGIN_HZ = 55.0
BINS_PER_SEMITONE = 10
PITCH_BINS = 40 * BINS_PER_SEMITONE
SEMITONES = 12.0


@dataclass
class NormaliserState:
    """Sliding histograms.

    Attributes:
        seen: motion frames taken so far.
        level_ring: (MEMORY_FRAMES,) level bin of each remembered frame, -1 where none.
        level_counts: (LEVEL_BINS,) how many frames are in each.
        pitch_ring, pitch_counts: the same for voiced frames.
        recent: (RECENT_FRAMES, 2) levels and voicing of the latest frames.
        activity: (1,) of the last frame.
        loud_seen: (1,) frames so far that were well above the floor.
        voiced_seen: (1,) frames so far that had voice.
    """

    seen: int = 0
    level_ring: np.ndarray = field(default_factory=lambda: np.full(MEMORY_FRAMES, -1))
    level_counts: np.ndarray = field(default_factory=lambda: np.zeros(LEVEL_BINS, np.int64))
    pitch_ring: np.ndarray = field(default_factory=lambda: np.full(MEMORY_FRAMES, -1))
    pitch_counts: np.ndarray = field(default_factory=lambda: np.zeros(PITCH_BINS, np.int64))
    recent: np.ndarray = field(default_factory=lambda: np.zeros((RECENT_FRAMES, 2)))
    activity: np.ndarray = field(default_factory=lambda: np.zeros(1))
    loud_seen: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))
    voiced_seen: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int64))


@dataclass(frozen=True)
class Normalised:
    """What T motion frames are, relative to the past.

    Attributes:
        loudness, pitch, activity: (T,) as in `records.Prosody`.
        floor_db, ceiling_db: (T,) the quiet and the loud level.
        gate_db: (T,) the level from which sound may be speech.
        changing: (T,) 1 where the level has changed lately as that of speech does, else 0.
    """

    loudness: np.ndarray
    pitch: np.ndarray
    activity: np.ndarray
    floor_db: np.ndarray
    ceiling_db: np.ndarray
    gate_db: np.ndarray
    changing: np.ndarray


def normalise(state: NormaliserState, level_db: np.ndarray, f0_hz: np.ndarray, voicing: np.ndarray) -> Normalised:
    """Take T motion frames (level in dB, F0 in Hz or 0, voicing 0 to 1); `state` holds the past and is changed."""
    out = np.zeros((7, len(level_db)))
    for row in range(len(level_db)):
        floor, ceiling = _room(state, level_db[row])
        usual = _usual_pitch(state, f0_hz[row])
        gate = max(floor + GATE_MARGIN_DB, floor + GATE_SHARE * (ceiling - floor), GATE_LOWEST_DB)
        state.recent[state.seen % RECENT_FRAMES] = level_db[row], voicing[row]
        state.seen += 1
        out[0, row] = min(max((level_db[row] - floor) / (ceiling - floor), 0.0), LOUDEST)
        out[1, row] = SEMITONES * np.log2(f0_hz[row] / usual) if f0_hz[row] > 0.0 else 0.0
        recent = state.recent[: min(state.seen, RECENT_FRAMES)]
        changing = recent[:, 0].max() - recent[:, 0].min() >= LEAST_CHANGE_DB
        speech_like = changing and recent[:, 1].max() >= VOICED
        out[2, row] = _activity(state, (level_db[row] - gate) / GATE_EDGE_DB if speech_like else 0.0)
        out[3:, row] = floor, ceiling, gate, changing
    return Normalised(*out)


def _room(state: NormaliserState, level: float) -> tuple[float, float]:
    """Note a level; return the floor and the ceiling of the past, dB."""
    place = min(max(int((level - LOWEST_BIN_DB) * BINS_PER_DB), 0), LEVEL_BINS - 1)
    _remember(state.level_ring, state.level_counts, state.seen % MEMORY_FRAMES, place)
    measured = LOWEST_BIN_DB + _percentile(state.level_counts, 0, FLOOR_PERCENTILE) / BINS_PER_DB
    floor = _faded(PRIOR_FLOOR_DB, measured, state.seen + 1)
    loud = min(max(int((floor + LOUD_MARGIN_DB - LOWEST_BIN_DB) * BINS_PER_DB), 0), LEVEL_BINS - 1)
    state.loud_seen[0] += place >= loud
    measured = LOWEST_BIN_DB + _percentile(state.level_counts, loud, CEILING_PERCENTILE) / BINS_PER_DB
    ceiling = max(_faded(PRIOR_CEILING_DB, measured, state.loud_seen[0]), floor + NARROWEST_RANGE_DB)
    return max(floor, ceiling - WIDEST_RANGE_DB), ceiling


def _usual_pitch(state: NormaliserState, f0: float) -> float:
    """Note a fundamental frequency, if there is one; return the median of the past, Hz."""
    if f0 > 0.0:
        place = int(SEMITONES * np.log2(f0 / PITCH_ORIGIN_HZ) * BINS_PER_SEMITONE)
        place = min(max(place, 0), PITCH_BINS - 1)
        state.voiced_seen[0] += 1
    else:
        place = -1
    _remember(state.pitch_ring, state.pitch_counts, state.seen % MEMORY_FRAMES, place)
    middle = _percentile(state.pitch_counts, 0, 0.5) / BINS_PER_SEMITONE
    prior = SEMITONES * np.log2(PRIOR_F0_HZ / PITCH_ORIGIN_HZ)
    return PITCH_ORIGIN_HZ * 2.0 ** (_faded(prior, middle, state.voiced_seen[0]) / SEMITONES)


def _activity(state: NormaliserState, above_gate: float) -> float:
    """Activity of a frame whose level is `above_gate` edges above the gate."""
    state.activity[0] = max(min(max(above_gate, 0.0), 1.0), state.activity[0] - 1.0 / RELEASE_FRAMES)
    return float(state.activity[0])


def _faded(prior: float, measured: float, evidence: float) -> float:
    """From the prior to what was measured, over PRIOR_FRAMES of evidence."""
    weight = max(0.0, 1.0 - evidence / PRIOR_FRAMES)
    return weight * prior + (1.0 - weight) * measured


@numba.njit(cache=True)
def _remember(ring: np.ndarray, counts: np.ndarray, slot: int, place: int) -> None:  # pragma: no cover - compiled
    """Put a bin (-1 for none) into the ring and the histogram, and forget the one it replaces."""
    if ring[slot] >= 0:
        counts[ring[slot]] -= 1
    if place >= 0:
        counts[place] += 1
    ring[slot] = place


@numba.njit(cache=True)
def _percentile(counts: np.ndarray, lowest: int, share: float) -> float:  # pragma: no cover - compiled
    """Place in the histogram, in bins from its beginning, below which `share` of what is at `lowest` or above lies."""
    total = 0
    for index in range(lowest, len(counts)):
        total += counts[index]
    wanted, below = share * total, 0
    for index in range(lowest, len(counts)):
        if counts[index] and below + counts[index] >= wanted:
            return index + (wanted - below) / counts[index]
        below += counts[index]
    return float(lowest)
