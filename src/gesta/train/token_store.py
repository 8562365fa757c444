"""Every clip of a data set as the tokenizers see it: its tokens, and the motion that they stand for, on disk.

A clip's file has a row for each frame: the decoded channels of all parts, then the tokens of all parts and levels, the
same for the four frames of a token. Rows are float32, which holds every token exactly.
"""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from gesta.data.clips import Dataset, padded
from gesta.data.manifest import ClipRecord
from gesta.data.rows import GrowingRows, open_rows
from gesta.errors import OutputError, reason_of
from gesta.tokenizer.channels import PART_ORDER
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.units import TOKEN_FRAMES
from gesta.writing import replacing

TOKENS_FOLDER = "tokens"
OPEN_FILES = 256


class TokenStore:
    """Tokens and decoded motion of a data set's clips.

    Args:
        dataset: whose clips.
        tokenizers: trained, in evaluation mode.
        fingerprint: of the tokenizers' weights; other weights give other files.
    """

    def __init__(self, dataset: Dataset, tokenizers: Tokenizers, fingerprint: str) -> None:
        self._dataset, self._tokenizers = dataset, tokenizers
        self.folder = dataset.folder / TOKENS_FOLDER / fingerprint
        self.levels = tokenizers.config.levels
        self.channels = sum(dataset.info.channels.values())
        self._open = lru_cache(maxsize=OPEN_FILES)(open_rows)

    @property
    def width(self) -> int:
        """Numbers in a row."""
        return self.channels + len(PART_ORDER) * self.levels

    def fill(self, progress: Callable[[str, int, int], None] | None = None) -> None:
        """Compute what is missing; may be stopped at any time and goes on where it was.

        Raises:
            OutputError: the folder cannot be written.
        """
        missing = [clip for clip in self._dataset.clips if not self._path(clip).is_file()]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = reason_of(error)
            raise OutputError(f"The folder '{self.folder}' cannot be made ({reason}).") from error
        for done, clip in enumerate(missing, start=1):
            self._compute(clip)
            if progress:
                progress("tokens", done, len(missing))

    def window(self, clip: ClipRecord, start: int, length: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Some frames of a clip, beginning with a token; behind the end the last frame is repeated.

        Returns:
            for each part (length, C) decoded channels, and the tokens (G, Q, length / 4) int64.
        """
        rows, _ = padded(self._open(self._path(clip), self.width), start, length)
        parts = {part: rows[:, self._dataset.slice(part)] for part in self._dataset.info.channels}
        tokens = rows[::TOKEN_FRAMES, self.channels :].astype(np.int64)
        return parts, tokens.reshape(-1, len(PART_ORDER), self.levels).transpose(1, 2, 0)

    def _path(self, clip: ClipRecord) -> Path:
        return self.folder / f"{clip.id}.npy"

    @torch.no_grad()
    def _compute(self, clip: ClipRecord) -> None:
        motion = self._dataset.motion(clip)
        indices = self._tokenizers.encode_motion(motion)
        tokens = np.concatenate([indices[part] for part in PART_ORDER], axis=1).astype(np.float32)
        start = torch.from_numpy(motion.translation[:1].copy())
        device = self._tokenizers.channels.lower_mean.device
        rows = {part: torch.from_numpy(indices[part])[None].to(device) for part in PART_ORDER}
        at = 0
        with replacing(self._path(clip)) as beside:
            file = GrowingRows(beside, self.width)
            for stretch in self._tokenizers.decode_long(rows, start=start.to(device)):
                count = min(stretch[PART_ORDER[0]].shape[1], clip.frames - at)
                decoded = [stretch[part][0, :count].float().cpu().numpy() for part in self._dataset.info.channels]
                own = tokens[np.arange(at, at + count) // TOKEN_FRAMES]
                file.append([np.concatenate([*decoded, own], axis=1)])
                at += count
            file.close()
