"""A contact strip: a few moments of a film side by side, taken while it is made."""

from collections.abc import Iterator

import numpy as np

from gesta.film.size import resized

MOMENTS, COLUMNS = 8, 4
TILE_WIDTH_PX = 320


class Strip:
    """The moments of a film of so many frames, spread evenly over it, none at its very ends."""

    def __init__(self, frame_count: int) -> None:
        self._wanted = np.unique(((np.arange(MOMENTS) + 0.5) * frame_count / MOMENTS).astype(int)).tolist()
        self._tiles: list[np.ndarray] = []
        self._passed = 0

    def watched(self, stretches: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        """The same stretches (n, H, W, 3), of which the strip keeps its moments."""
        for stretch in stretches:
            inside = [number - self._passed for number in self._wanted if 0 <= number - self._passed < len(stretch)]
            if inside:
                height, width = stretch.shape[1:3]
                tile = (TILE_WIDTH_PX, round(height * TILE_WIDTH_PX / width))
                self._tiles += list(resized(stretch[inside], tile))
            self._passed += len(stretch)
            yield stretch

    def picture(self) -> np.ndarray:
        """The tiles in rows, (H, W, 3) uint8; places that a short film leaves are black."""
        rows = -(-len(self._tiles) // COLUMNS)
        empty = np.zeros_like(self._tiles[0])
        tiles = self._tiles + [empty] * (rows * COLUMNS - len(self._tiles) if rows > 1 else 0)
        per_row = min(COLUMNS, len(tiles))
        return np.concatenate(
            [np.concatenate(tiles[at : at + per_row], axis=1) for at in range(0, len(tiles), per_row)], axis=0
        )
