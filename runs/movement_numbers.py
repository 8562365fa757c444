"""Further numbers of movement for `people_table.py`: what people were found to do and no measure of gesta's reports.

Each function takes what was seen of a take and gives a row's numbers, in the order that its row names. Wrists are taken
against the pelvis, and everything goes through the low-pass of 6 Hz that submovements go through.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import signal

from gesta.metrics.motion import MotionReport
from gesta.metrics.motion.joint_speed import FINGERS
from gesta.metrics.motion.speed import angular_speed, point_speed
from gesta.metrics.motion.submovements import CUTOFF_HZ, FILTER_ORDER
from gesta.metrics.motion.tracks import CHEST, HEAD, SIDES, Tracks
from gesta.motion.limits import limits, swing_and_twist
from gesta.motion.rotations import axis_angle_from_matrix, euler_from_matrix
from gesta.motion.skeleton import PELVIS, skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS

STILL_M_S, MOVING_M_S = 0.15, 0.1
LAG_FRAMES, BY_FRAME = 6, 1000.0 / MOTION_FPS
SLOPE_HZ, SPECTRUM_FRAMES = (0.5, 6.0), 128
PEAK_BEFORE_S, PEAK_AFTER_S = 0.25, 0.1
PEAK_PROMINENCE_M_S = 0.05
PALM = (0.0, -1.0, 0.0)
LIFT_LEVELS = (5, 50, 95)


@dataclass(frozen=True)
class Seen:
    """A take as it is measured, with the times (M,) in seconds at which its speech has envelope peaks."""

    report: MotionReport
    motion: Motion
    speech_s: np.ndarray

    @cached_property
    def tracks(self) -> Tracks:
        """Where its joints are."""
        return Tracks.of(self.motion)


def low_passed(values: np.ndarray) -> np.ndarray:
    """(T, ...) through the low-pass, forwards and backwards."""
    numerator, denominator = signal.butter(FILTER_ORDER, CUTOFF_HZ, fs=MOTION_FPS)
    return signal.filtfilt(numerator, denominator, np.asarray(values, np.float64), axis=0)


def local(seen: Seen, *joints: str) -> np.ndarray:
    """(T, J, 3, 3) local rotations."""
    return seen.motion.rotations[:, skeleton().indices(joints)]


def held_speed(seen: Seen) -> Sequence[float]:
    """Mean speed of wrists while they are still."""
    speed = np.concatenate([point_speed(seen.tracks.position(f"{side}_wrist")) for side in SIDES])
    return [float(speed[speed < STILL_M_S].mean())]


def speed_over_curvature(seen: Seen) -> Sequence[float]:
    """Exponent of wrist speed over the curvature of its path, least squares in logarithms."""
    logs = []
    for wrist in np.moveaxis(seen.tracks.in_pelvis("wrist"), 1, 0):
        velocity = np.gradient(low_passed(wrist), axis=0) * MOTION_FPS
        acceleration = np.gradient(velocity, axis=0) * MOTION_FPS
        speed = np.linalg.norm(velocity, axis=-1)
        curvature = np.linalg.norm(np.cross(velocity, acceleration), axis=-1) / np.maximum(speed, 1e-6) ** 3
        kept = speed > MOVING_M_S
        logs.append(np.log(np.stack([curvature[kept] + 1e-3, speed[kept]])))
    return [float(np.polyfit(*np.concatenate(logs, axis=1), 1)[0])]


def height_slope(seen: Seen) -> Sequence[float]:
    """Exponent with which the power of wrist height goes with frequency."""
    powers = []
    against = seen.tracks.both("wrist") - seen.tracks.position(PELVIS)[:, None]
    for wrist in np.moveaxis(against, 1, 0):
        frames = min(SPECTRUM_FRAMES, len(wrist))
        rates, power = signal.welch(wrist[:, 1], MOTION_FPS, nperseg=frames, detrend="linear")
        powers.append(power)
    inside = (rates >= SLOPE_HZ[0]) & (rates <= SLOPE_HZ[1])
    return [float(np.polyfit(np.log(rates[inside]), np.log(np.mean(powers, axis=0)[inside]), 1)[0])]


def upper_arm_lift(seen: Seen) -> np.ndarray:
    """(2, T) degrees from hanging, in the chest's frame."""
    down = -seen.tracks.rotation(CHEST)[:, :, 1]
    arms = np.moveaxis(seen.tracks.both("elbow") - seen.tracks.both("shoulder"), 1, 0)
    cosine = np.sum(arms * down, axis=-1) / np.linalg.norm(arms, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))


def arm_lifts(seen: Seen) -> Sequence[float]:
    """Its 5, 50 and 95 %."""
    return [float(value) for value in np.percentile(upper_arm_lift(seen), LIFT_LEVELS)]


def collar_with_arm(seen: Seen) -> Sequence[float]:
    """Degrees the collar lifts for each degree of the upper arm, and their r; mean of both sides."""
    found = []
    for index, (side, arm) in enumerate(zip(SIDES, upper_arm_lift(seen), strict=True)):
        bone = local(seen, f"{side}_collar")[:, 0] @ skeleton().offsets[skeleton().index(f"{side}_shoulder")]
        lift = np.degrees(np.arctan2(bone[:, 1], bone[:, 0] * (1.0, -1.0)[index]))
        found.append((np.polyfit(arm, lift, 1)[0], np.corrcoef(arm, lift)[0, 1]))
    return [float(value) for value in np.mean(found, axis=0)]


def palm_shares(seen: Seen) -> Sequence[float]:
    """Share of the time palms face inward, down, up, away and towards the body, in the chest's frame."""
    chest = np.swapaxes(seen.tracks.rotation(CHEST), -1, -2)
    facing = []
    for side, outward in zip(SIDES, (1.0, -1.0), strict=True):
        palm = np.einsum("tij,tj->ti", chest, seen.tracks.rotation(f"{side}_wrist") @ PALM)
        facing.append(palm * (outward, 1.0, 1.0))
    ways = np.array([(-1, 0, 0), (0, -1, 0), (0, 1, 0), (0, 0, 1), (0, 0, -1), (1, 0, 0)], float)
    nearest = (np.concatenate(facing) @ ways.T).argmax(axis=1)
    return [float(np.mean(nearest == way)) for way in range(len(ways) - 1)]


def wrist_turns(seen: Seen) -> Sequence[float]:
    """Standard deviations of the wrist's rotation vector: about the forearm, and about the two other axes."""
    turns = np.degrees(axis_angle_from_matrix(local(seen, *(f"{side}_wrist" for side in SIDES))))
    return [float(value) for value in turns.std(axis=0).mean(axis=0)]


def finger_components(seen: Seen) -> Sequence[float]:
    """Share of all finger motion in its first three and first six components, one hand at a time."""
    shares = []
    for side in SIDES:
        names = [name for name in skeleton().names if name.startswith(side) and name[-1].isdigit()]
        turns = axis_angle_from_matrix(local(seen, *names)).reshape(seen.motion.frame_count, -1)
        power = np.linalg.svd(turns - turns.mean(axis=0), compute_uv=False) ** 2
        shares.append([power[:3].sum() / power.sum(), power[:6].sum() / power.sum()])
    return [float(value) for value in np.mean(shares, axis=0)]


def finger_bends(seen: Seen) -> dict[tuple[str, str, int], np.ndarray]:
    """Flexion (T,) in degrees of each joint of four fingers, by side, finger and row."""
    places = {int(joint): index for index, joint in enumerate(limits().joints)}
    bends = swing_and_twist(seen.motion.rotations)[..., 2]
    return {
        (side, finger, row): bends[:, places[skeleton().index(f"{side}_{finger}{row}")]] * (-1 if side == "left" else 1)
        for side, finger, row in itertools.product(SIDES, FINGERS, (1, 2, 3))
    }


def finger_coupling(seen: Seen) -> Sequence[float]:
    """Correlation of the curls of two fingers of a hand, mean over all pairs."""
    bends = finger_bends(seen)
    pairs = []
    for side in SIDES:
        curls = np.stack([sum(bends[side, finger, row] for row in (1, 2, 3)) for finger in FINGERS])
        pairs.append(np.corrcoef(curls)[np.triu_indices(len(FINGERS), 1)])
    return [float(np.mean(pairs))]


def finger_spread(seen: Seen) -> Sequence[float]:
    """Standard deviation of flexion of base, middle and end joints."""
    bends = finger_bends(seen)
    return [float(np.mean([bend.std() for (_, _, of), bend in bends.items() if of == row])) for row in (1, 2, 3)]


def turning(seen: Seen, *joints: str) -> np.ndarray:
    """Mean angular speed (T - 1,) of joints, smooth."""
    return np.maximum(low_passed(angular_speed(local(seen, *joints)).mean(axis=1)), 0.0)


def order_of_joints(seen: Seen) -> Sequence[float]:
    """Milliseconds after the shoulder at which elbow, wrist, fingers, spine and head turn most alike."""
    lags = []
    for side in SIDES:
        shoulder = turning(seen, f"{side}_shoulder")
        fingers = [f"{side}_{finger}{row}" for finger in FINGERS for row in (1, 2)]
        others = ([f"{side}_elbow"], [f"{side}_wrist"], fingers, ["spine1", "spine2", "spine3"], ["head"])
        lags.append([_lag(shoulder, turning(seen, *joints)) for joints in others])
    return [float(value) for value in np.mean(lags, axis=0)]


def _lag(first: np.ndarray, second: np.ndarray) -> float:
    """How many milliseconds the second comes after the first, where they correlate best."""
    frames = range(-LAG_FRAMES, LAG_FRAMES + 1)
    length = len(first)
    fits = [
        np.corrcoef(first[max(-by, 0) : length - max(by, 0)], second[max(by, 0) : length - max(-by, 0)])[0, 1]
        for by in frames
    ]
    best = int(np.argmax(fits))
    if not 0 < best < len(fits) - 1:
        return frames[best] * BY_FRAME
    before, at, after = fits[best - 1 : best + 2]
    return (frames[best] + 0.5 * (before - after) / (before - 2.0 * at + after)) * BY_FRAME


def hands_with_trunk(seen: Seen) -> Sequence[float]:
    """Correlation of wrist speed with the chest's turning against the pelvis, and with the head's in the world."""
    wrists = np.mean([point_speed(seen.tracks.position(f"{side}_wrist")) for side in SIDES], axis=0)
    chest = np.swapaxes(seen.tracks.rotation(PELVIS), -1, -2) @ seen.tracks.rotation(CHEST)
    turned = (angular_speed(chest), angular_speed(seen.tracks.rotation(HEAD)))
    return [float(np.corrcoef(wrists, speed)[0, 1]) for speed in turned]


def legs(seen: Seen) -> Sequence[float]:
    """Standard deviation of the pitch of hips and of knees, degrees."""
    found = []
    for part in ("hip", "knee"):
        pitch = euler_from_matrix("XYZ", local(seen, *(f"{side}_{part}" for side in SIDES)))[..., 0]
        found.append(float(np.degrees(np.unwrap(pitch, axis=0)).std(axis=0).mean()))
    return found


def root(seen: Seen) -> Sequence[float]:
    """Standard deviation and range of the root's place, sideways and forward: metres."""
    if (drift := seen.report.root_drift) is None or not seen.motion.floor_known:
        raise KeyError("root")
    return [*drift.sd_m, *drift.range_m]


def root_slowness(seen: Seen) -> Sequence[float]:
    """The frequency below which half of the power of the root's place lies."""
    if not seen.motion.floor_known:
        raise KeyError("root")
    power = np.zeros(seen.motion.frame_count // 2 + 1)
    for axis in (0, 2):
        place = seen.motion.translation[:, axis].astype(np.float64)
        power += np.abs(np.fft.rfft(place - place.mean())) ** 2
    rates = np.fft.rfftfreq(seen.motion.frame_count, 1.0 / MOTION_FPS)
    return [float(rates[np.searchsorted(np.cumsum(power), 0.5 * power.sum())])]


def peaks_met(seen: Seen) -> Sequence[float]:
    """Share of the speech's envelope peaks with a peak of a wrist's speed nearby."""
    times = []
    for side in SIDES:
        peaks, _ = signal.find_peaks(point_speed(seen.tracks.position(f"{side}_wrist")), prominence=PEAK_PROMINENCE_M_S)
        times.append((peaks + 0.5) / MOTION_FPS)
    when = np.sort(np.concatenate(times))
    spoken = seen.speech_s[seen.speech_s < seen.motion.duration_s]
    first = np.searchsorted(when, spoken - PEAK_BEFORE_S)
    last = np.searchsorted(when, spoken + PEAK_AFTER_S)
    return [float(np.mean(last > first))]
