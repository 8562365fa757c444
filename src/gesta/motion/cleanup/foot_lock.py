"""Feet that stand where they stand, and a body that does not drift away over them.

Each sole point that is meant to stand (`plants`) is held at an anchor: where it comes to rest, at the floor's height.
The whole body follows its standing feet slowly, along the floor and in height, which takes back drift; what is left is
taken up by the legs (`standing`). A point goes to its anchor over the frames before it is held, and is let go over the
frames after. A foot that would have to be held far from where the motion wants it makes a small step instead.

The anchors of a stream are found as they come: a frame is given when it is known whether a foot comes to stand within
the next DELAY frames.
"""

import numpy as np
from scipy import signal

from gesta.motion.cleanup.easing import smoothstep
from gesta.motion.cleanup.plants import AHEAD, FAST_M_S, HIGH_M, meant_to_stand
from gesta.motion.cleanup.standing import REACH, Soles, stand
from gesta.motion.cleanup.windows import joined
from gesta.motion.contacts import sole_speeds
from gesta.motion.kinematics import sole_positions
from gesta.motion.skeleton import skeleton
from gesta.records import Motion
from gesta.units import MOTION_FPS

SETTLE_FRAMES = 6
"""A foot that begins to stand has come to rest after so many frames."""
RAMP_FRAMES = 6
"""Frames over which a point goes to its anchor, and over which it is let go."""
DELAY = SETTLE_FRAMES + RAMP_FRAMES + REACH
FOLLOWING_S = 0.5
"""Time constant with which the body follows its feet."""
FARTHEST_M = 0.08
"""A foot held farther than this from where the motion wants it makes a step."""
STEP_FRAMES, STEP_HEIGHT_M = 10, 0.04
FLOOR = [0, 2]
HEEL_AND_TOE = ((0, 1), (2, 3))
"""Which sole points are of one foot."""
FOLLOWED = 1.0 / (FOLLOWING_S * MOTION_FPS)


class FootLock:
    """Locks the feet of a motion, stretch by stretch."""

    delay_frames = DELAY

    def __init__(self) -> None:
        count = len(skeleton().soles)
        self.held: Motion | None = None
        self.base = self.tracked = self.given = 0
        self.points = np.zeros((0, count, 3))
        self.soles = Soles.none(0)
        self.standing, self.locked = np.zeros(count, bool), np.zeros(count, bool)
        self.anchors = np.zeros((count, 3))
        self.free_since, self.blocked_until = np.zeros(count, int), np.zeros(count, int)
        self.shift = np.zeros(3)
        self.steps = 0

    def push(self, motion: Motion) -> Motion | None:
        """Take a stretch; gives the frames that are ready, or None."""
        self.held = motion if self.held is None else joined([self.held, motion])
        new = sole_positions(motion.rotations, motion.translation).astype(np.float64)
        self.points = np.concatenate([self.points, new])
        self.soles = self.soles.longer(len(self.points) + STEP_FRAMES)
        heard = self.base + len(self.points)
        self._track(heard - SETTLE_FRAMES)
        return self._emit(self.tracked - RAMP_FRAMES - REACH, self.tracked - RAMP_FRAMES)

    def finish(self) -> Motion | None:
        """The last frames, or None."""
        if self.held is None:
            return None
        end = self.base + len(self.points)
        self.points = np.concatenate([self.points, np.repeat(self.points[-1:], SETTLE_FRAMES, axis=0)])
        self._track(end)
        return self._emit(end, end)

    def _emit(self, stop: int, settled: int) -> Motion | None:
        """Give the frames up to `stop`; where soles are to be is known up to `settled`."""
        if self.held is None or stop <= self.given:
            return None
        seen = slice(0, settled - self.base)
        moved = stand(self.held.frames(0, seen.stop), self.points[seen], self.soles.frames(seen))
        result = moved.frames(self.given - self.base, stop - self.base)
        # Some frames that have been given stay: speeds, what is let go and the pelvis' coming down look back at them.
        drop = max(0, stop - REACH - self.base)
        self.held = self.held.frames(drop, self.held.frame_count)
        self.points, self.soles = self.points[drop:], self.soles.frames(slice(drop, None))
        self.base, self.given = self.base + drop, stop
        return result

    def _track(self, stop: int) -> None:
        """Follow the feet through the frames up to `stop`, one stretch of unchanged standing at a time."""
        start = self.tracked
        if stop <= start:
            return
        at = start - self.base
        first = np.concatenate([self.points[max(at - 1, 0)][None], self.points[at : stop - self.base + AHEAD]])
        wanted = meant_to_stand(first, self.standing)
        self.standing = wanted[-1].copy()
        if start == 0 and wanted[0].any():
            self.shift[1] = -self.points[0, wanted[0], 1].mean()
        while self.tracked < stop:
            now = self.tracked
            ready = wanted[now - start] & (self.blocked_until <= now)
            self._let_go(np.flatnonzero(self.locked & ~ready), now)
            self._plant(np.flatnonzero(ready & ~self.locked), now)
            changes = np.flatnonzero((wanted[now - start + 1 :] != wanted[now - start]).any(axis=1))
            ends = [stop, *(changes[:1] + now + 1), *self.blocked_until[self.blocked_until > now]]
            self._hold(now, int(min(ends)))

    def _hold(self, start: int, stop: int) -> None:
        """Hold what is locked in the frames [start, stop), or up to where a foot must make a step."""
        at = slice(start - self.base, stop - self.base)
        held = np.flatnonzero(self.locked)
        shift = np.repeat(self.shift[None], stop - start, axis=0)
        if len(held):
            off = (self.points[at][:, held] - self.anchors[held]).mean(axis=1)
            kept = 1.0 - FOLLOWED
            shift, _ = signal.lfilter([-FOLLOWED], [1.0, -kept], off, axis=0, zi=kept * self.shift[None])
            apart = self.anchors[held] - (self.points[at][:, held] + shift[:, None])
            far = np.linalg.norm(apart[..., FLOOR], axis=-1) > FARTHEST_M
            if far.any():
                first = int(far.any(axis=1).argmax())
                self._step(held[far[first]], start + first)
                stop = start + first
                at, shift, apart = slice(at.start, stop - self.base), shift[:first], apart[:first]
            self.soles.field[at, held], self.soles.weight[at, held] = apart, 1.0
        self.soles.shift[at] = shift
        if len(shift):
            self.shift = shift[-1]
        self.tracked = stop

    def _step(self, points: np.ndarray, now: int) -> None:
        """Lift the feet that these points are of, and do not hold them for a while."""
        for foot in HEEL_AND_TOE:
            if set(foot) & set(points.tolist()):
                self.steps += 1
                self._let_go(np.flatnonzero(self.locked & np.isin(np.arange(len(self.locked)), foot)), now)
                self.blocked_until[list(foot)] = now + STEP_FRAMES
                rise = np.sin(np.pi * (np.arange(STEP_FRAMES) + 1) / (STEP_FRAMES + 1)) ** 2
                place = slice(now - self.base, now - self.base + STEP_FRAMES)
                self.soles.field[place, foot, 1] += STEP_HEIGHT_M * rise[:, None]

    def _let_go(self, points: np.ndarray, now: int) -> None:
        """Let points return to where the motion wants them."""
        at = now - self.base
        fall = 1.0 - smoothstep((np.arange(RAMP_FRAMES) + 1.0) / (RAMP_FRAMES + 1))
        after = slice(at, at + RAMP_FRAMES)
        self.soles.field[after, points] = fall[:, None, None] * self.soles.field[at - 1, points]
        self.soles.weight[after, points] = fall[:, None]
        self.locked[points], self.free_since[points] = False, now

    def _plant(self, points: np.ndarray, now: int) -> None:
        """Find anchors for points that begin to stand, and lead them there over the frames before."""
        at = now - self.base
        tails = self.soles.field[at].copy()
        for point in points:
            settled = self.points[at + self._settled(at, point), point]
            self.anchors[point] = (settled + self.shift + tails[point]) * (1.0, 0.0, 1.0)
        self.locked[points] = True
        for heel, toe in HEEL_AND_TOE:
            self._stiffen(heel, toe, points)
        for point in points:
            way = self.anchors[point] - (self.points[at, point] + self.shift) - tails[point]
            frames = min(RAMP_FRAMES, now - self.free_since[point])
            rise = smoothstep((np.arange(frames) + 1.0) / (frames + 1))
            before = slice(at - frames, at)
            self.soles.field[before, point] += rise[:, None] * way
            self.soles.weight[before, point] = np.maximum(self.soles.weight[before, point], rise)
            # What is left of an earlier letting go is in the anchor.
            self.soles.field[at:, point] = 0.0

    def _settled(self, at: int, point: int) -> int:
        """After how many frames, up to SETTLE_FRAMES, a point that begins to stand is at rest."""
        ahead = self.points[at : at + SETTLE_FRAMES + 1, point]
        leaving = (sole_speeds(ahead[:, None])[:, 0] > FAST_M_S) | (ahead[:, 1] > HIGH_M)
        leaving[0] = False
        return int(leaving.argmax()) - 1 if leaving.any() else len(ahead) - 1

    def _stiffen(self, heel: int, toe: int, new: np.ndarray) -> None:
        """Put the anchors of a foot that stands on both points as far apart as the points are."""
        if not (self.locked[heel] and self.locked[toe]) or not {heel, toe} & set(new.tolist()):
            return
        soles = skeleton().soles
        length = float(np.linalg.norm(soles[toe].offset - soles[heel].offset))
        along = self.anchors[toe] - self.anchors[heel]
        along /= max(float(np.linalg.norm(along)), 1e-6)
        if heel not in new:
            self.anchors[toe] = self.anchors[heel] + length * along
        elif toe not in new:
            self.anchors[heel] = self.anchors[toe] - length * along
        else:
            middle = 0.5 * (self.anchors[heel] + self.anchors[toe])
            self.anchors[heel], self.anchors[toe] = middle - 0.5 * length * along, middle + 0.5 * length * along
