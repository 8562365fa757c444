"""How much of each pixel at an edge belongs to what is cut out, and which colour that part has.

Alpha: closed-form matting (Levin, Lischinski and Weiss 2008): in every window of 3 x 3 pixels alpha is nearly a linear
function of colour; the sum of what is left over is least. Only pixels in the band between sure inside and sure outside
are unknown, and bands are thin, so the equations are solved directly. Colours: multi-level estimation (Germer and
others 2020): foreground and background are smooth and mix to the picture, from coarse to fine.

Both are what PyMatting computes; that package compiles for minutes when it is first loaded, hence these few lines.
"""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import splu

from gesta.extras import extra_module

WINDOW = tuple((down, across) for down in (-1, 0, 1) for across in (-1, 0, 1))
REACH = 5
"""Pixels that share a window with one are within a square of this side around it."""
LINE = 1e-6
"""How far colours of a window may be off a line, as a variance."""
HELD = 1e-9
"""Keeps the equations solvable where a band touches nothing that is known."""
LIKELY = 3e-3
"""What it costs to be off what is likely, squared."""
SMOOTH, EDGE = 1e-5, 1.0
"""What foreground and background pay for differing from their neighbours, always and by the difference of alpha."""
SMALL, SMALL_ROUNDS, ROUNDS = 32, 10, 2


def closed_form(
    picture: np.ndarray, inside: np.ndarray, outside: np.ndarray, likely: np.ndarray | None = None
) -> np.ndarray:
    """Alpha of what is cut out: (H, W) float32, 0 to 1.

    Args:
        picture: (H, W, 3) float, 0 to 1.
        inside, outside: (H, W) bool, where alpha is 1 and 0; it is found everywhere else.
        likely: (H, W) float, what alpha is where colours do not tell it; NaN where nothing is likely.
    """
    known = inside | outside
    if known.all():
        return inside.astype(np.float32)
    # One pixel more on each side, and no window has to ask whether it is in the picture.
    unknown = np.pad(~known, 2)
    values = _laplacian(np.pad(picture, ((2, 2), (2, 2), (0, 0)), mode="reflect").astype(np.float64), unknown)
    rows = np.flatnonzero(unknown)
    number = np.full(unknown.size, -1)
    number[rows] = np.arange(len(rows))
    half, width = REACH // 2, unknown.shape[1]
    steps = (np.arange(-half, half + 1)[:, None] * width + np.arange(-half, half + 1)).ravel()
    columns = rows[:, None] + steps
    sure = np.pad(inside, 2, mode="reflect").ravel()[columns].astype(np.float64)
    among = number[columns] >= 0
    right = -(values * np.where(among, 0.0, sure)).sum(axis=1)
    starts = np.concatenate([[0], among.sum(axis=1).cumsum()])
    matrix = csr_matrix((values[among], number[columns][among], starts), (len(rows), len(rows)))
    held = np.full(len(rows), HELD)
    if likely is not None:
        wanted = likely[~known].astype(np.float64)
        held += np.where(np.isnan(wanted), 0.0, LIKELY)
        right += np.where(np.isnan(wanted), 0.0, LIKELY * wanted)
    matrix.setdiag(matrix.diagonal() + held)
    found = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}).solve(right)
    alpha = inside.astype(np.float32)
    alpha[~known] = np.clip(found, 0.0, 1.0)
    return alpha


def _laplacian(picture: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    """Rows of the matting Laplacian: (n, REACH * REACH) for the unknown pixels in order, by place around each."""
    height, width = unknown.shape
    flat, colours = unknown.ravel(), picture.reshape(-1, 3)
    row = np.full(flat.shape, -1)
    row[flat] = np.arange(int(flat.sum()))
    near = np.zeros_like(unknown)
    for down, across in WINDOW:
        near[1:-1, 1:-1] |= unknown[1 + down : height - 1 + down, 1 + across : width - 1 + across]
    middles = np.flatnonzero(near)
    steps = np.array([down * width + across for down, across in WINDOW])
    window = colours[middles[:, None] + steps]
    off = window - window.mean(axis=1, keepdims=True)
    count = len(WINDOW)
    spread = np.einsum("kac,kad->kcd", off, off) / count + np.eye(3) * (LINE / count)
    leaning = np.einsum("kac,kcd->kad", off, np.linalg.inv(spread))
    found = np.zeros((int(flat.sum()), REACH * REACH))
    for a, (down, across) in enumerate(WINDOW):
        here = row[middles + steps[a]]
        kept = here >= 0
        for b, (other_down, other_across) in enumerate(WINDOW):
            value = -(1.0 + (leaning[kept, a] * off[kept, b]).sum(axis=1)) / count + float(a == b)
            slot = (other_down - down + REACH // 2) * REACH + other_across - across + REACH // 2
            found[here[kept], slot] += value
    return found


def foreground_and_background(picture: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two colours of every pixel that mix to the picture by alpha: (H, W, 3) float32 each, 0 to 1.

    Args:
        picture: (H, W, 3) float32, 0 to 1.
        alpha: (H, W) float32.
    """
    cv2 = extra_module("cv2", "Cutting out a person", "film")
    height, width = alpha.shape
    levels = max(1, int(np.ceil(np.log2(max(height, width)))))
    before, behind = np.zeros((1, 1, 3), np.float32), np.zeros((1, 1, 3), np.float32)
    before[:], behind[:] = _mean(picture, alpha), _mean(picture, 1.0 - alpha)
    for level in range(levels + 1):
        size = (round(width ** (level / levels)), round(height ** (level / levels)))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        share = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
        before = cv2.resize(before, size, interpolation=cv2.INTER_NEAREST).reshape(size[1], size[0], 3)
        behind = cv2.resize(behind, size, interpolation=cv2.INTER_NEAREST).reshape(size[1], size[0], 3)
        for _ in range(SMALL_ROUNDS if max(size) <= SMALL else ROUNDS):
            before, behind = _mixed(small.reshape(size[1], size[0], 3), share.reshape(size[1], size[0]), before, behind)
    return before, behind


def _mean(picture: np.ndarray, weights: np.ndarray) -> np.ndarray:
    total = float(weights.sum())
    return (picture * weights[..., None]).sum(axis=(0, 1)) / total if total > 0.0 else np.zeros(3)


def _mixed(
    picture: np.ndarray, alpha: np.ndarray, before: np.ndarray, behind: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One step towards colours that mix to the picture and are like their neighbours'."""
    height, width = alpha.shape
    rest = 1.0 - alpha
    first, second = alpha[..., None] * picture, rest[..., None] * picture
    held = np.zeros_like(alpha)
    wide_alpha = np.pad(alpha, 1, mode="edge")
    wide = [np.pad(colours, ((1, 1), (1, 1), (0, 0)), mode="edge") for colours in (before, behind)]
    for down, across in ((0, 1), (1, 0), (1, 2), (2, 1)):
        there = slice(down, down + height), slice(across, across + width)
        weight = SMOOTH + EDGE * np.abs(alpha - wide_alpha[there])
        held += weight
        first = first + weight[..., None] * wide[0][there]
        second = second + weight[..., None] * wide[1][there]
    a, b, c = alpha * alpha + held, alpha * rest, rest * rest + held
    over = (1.0 / (a * c - b * b))[..., None]
    a, b, c = a[..., None], b[..., None], c[..., None]
    return np.clip(over * (c * first - b * second), 0.0, 1.0), np.clip(over * (a * second - b * first), 0.0, 1.0)
