"""How near two groups of capsules are to each other, and how far one has to go until it is out of the other.

Kernels: a motion has a hundred million pairs of capsules an hour.
"""

import numba
import numpy as np

TINY = 1e-12


@numba.njit(cache=True)
def gaps(
    starts: np.ndarray,
    ends: np.ndarray,
    radii: np.ndarray,
    mine: np.ndarray,
    theirs: np.ndarray,
    farthest: float,
) -> np.ndarray:
    """(T,) metres between the skins of two groups, below 0 where they are in each other.

    Args:
        starts, ends: (T, N, 3) metres, of all capsules.
        radii: (N,) metres.
        mine, theirs: (n,) and (m,) which capsules are in the groups.
        farthest: metres; what is farther apart comes out as infinite, and costs little.
    """
    result = np.full(len(starts), np.inf)
    for frame in range(len(starts)):
        for a in mine:
            for b in theirs:
                width = radii[a] + radii[b]
                if _far(starts[frame], ends[frame], a, b, width + farthest):
                    continue
                x, y, z = _between(starts[frame], ends[frame], a, b, 0.0, 0.0, 0.0)
                gap = np.sqrt(x * x + y * y + z * z) - width
                if gap <= farthest:
                    result[frame] = min(result[frame], gap)
    return result


@numba.njit(cache=True)
def exits(
    starts: np.ndarray,
    ends: np.ndarray,
    radii: np.ndarray,
    mine: np.ndarray,
    theirs: np.ndarray,
    directions: np.ndarray,
    allowed: float,
    farthest: float,
    rounds: int,
) -> np.ndarray:
    """(T, D) metres that the first group must go in each direction until it is out of the second.

    Args:
        starts, ends: (T, N, 3) metres, of all capsules.
        radii: (N,) metres.
        mine, theirs: (n,) and (m,) which capsules are in the groups.
        directions: (T, D, 3) of length 1.
        allowed: metres that one may be in the other.
        farthest: metres; what is so far apart at first is not looked at, and no way becomes longer.
        rounds: how often capsules are looked at again on the way; each round brings them nearer to what is needed.
    """
    frames, count = directions.shape[:2]
    result = np.zeros((frames, count))
    pairs = np.empty((len(mine) * len(theirs), 2), np.int64)
    for frame in range(frames):
        start, end = starts[frame], ends[frame]
        found = 0
        for a in mine:
            for b in theirs:
                if not _far(start, end, a, b, radii[a] + radii[b] + farthest):
                    pairs[found, 0], pairs[found, 1] = a, b
                    found += 1
        for number in range(count):
            way = directions[frame, number]
            metres = 0.0
            for _ in range(rounds):
                most = 0.0
                for pair in range(found):
                    a, b = pairs[pair]
                    wanted = radii[a] + radii[b] - allowed
                    x, y, z = _between(start, end, a, b, metres * way[0], metres * way[1], metres * way[2])
                    squared = x * x + y * y + z * z
                    if squared < wanted * wanted:
                        along = x * way[0] + y * way[1] + z * way[2]
                        most = max(most, np.sqrt(along * along + wanted * wanted - squared) - along)
                metres += most
                if most == 0.0 or metres >= farthest:
                    break
            result[frame, number] = min(metres, farthest)
    return result


@numba.njit(cache=True)
def _far(starts: np.ndarray, ends: np.ndarray, a: int, b: int, limit: float) -> bool:
    """Whether two capsules' middle lines are surely farther apart than a limit, by the balls around them."""
    apart = along = across = 0.0
    for axis in range(3):
        apart += (0.5 * (starts[a, axis] + ends[a, axis] - starts[b, axis] - ends[b, axis])) ** 2
        along += (ends[a, axis] - starts[a, axis]) ** 2
        across += (ends[b, axis] - starts[b, axis]) ** 2
    reach = limit + 0.5 * (np.sqrt(along) + np.sqrt(across))
    return bool(apart > reach * reach)


@numba.njit(cache=True)
def _between(
    starts: np.ndarray, ends: np.ndarray, a: int, b: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """The shortest way from the middle line of b to that of a, a moved by (x, y, z).

    Ericson 2005, Real-Time Collision Detection, 5.1.9.
    """
    ux, uy, uz = ends[a, 0] - starts[a, 0], ends[a, 1] - starts[a, 1], ends[a, 2] - starts[a, 2]
    vx, vy, vz = ends[b, 0] - starts[b, 0], ends[b, 1] - starts[b, 1], ends[b, 2] - starts[b, 2]
    rx, ry, rz = starts[a, 0] + x - starts[b, 0], starts[a, 1] + y - starts[b, 1], starts[a, 2] + z - starts[b, 2]
    length, other = ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz
    toward, away = vx * rx + vy * ry + vz * rz, ux * rx + uy * ry + uz * rz
    slant = ux * vx + uy * vy + uz * vz
    both = length * other - slant * slant
    # Where the two are parallel any point will do; the middle is steadier in time than an end.
    first = min(max((slant * toward - away * other) / both, 0.0), 1.0) if both > TINY else 0.5
    second = min(max((slant * first + toward) / max(other, TINY), 0.0), 1.0)
    first = min(max((slant * second - away) / max(length, TINY), 0.0), 1.0)
    return rx + first * ux - second * vx, ry + first * uy - second * vy, rz + first * uz - second * vz
