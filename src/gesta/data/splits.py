"""Which clips are held out: by a rule that depends on names alone, so that anybody can repeat it.

Clips that belong together (takes of one recording) form a group and are never divided, so nothing that was seen in
training is tested on.
"""

import hashlib
from collections.abc import Iterable

from pydantic import Field

from gesta.data.listing import Split
from gesta.settings import Settings


class Shares(Settings):
    """How much is held out."""

    validation_share: float = Field(0.1, ge=0.0, lt=1.0, description="share that validates")
    test_share: float = Field(0.0, ge=0.0, lt=1.0, description="share that tests")

    def rule(self, groups: str) -> str:
        """The rule of `split_groups` in words; `groups` says what forms a group."""
        return (
            f"groups in the order of the SHA-256 of their names: the first {self.validation_share:g} of them validate, "
            f"the next {self.test_share:g} test (at least one, where the share is not 0 and one is left to train), "
            f"the others train; {groups}"
        )


def split_groups(groups: Iterable[str], shares: Shares) -> dict[str, Split]:
    """The split of each group, "train", "validation" or "test"; repeated names count once, a single group trains."""
    names = sorted(set(groups), key=lambda name: hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest())
    splits: dict[str, Split] = {}
    held_out: tuple[tuple[Split, float], ...] = (("validation", shares.validation_share), ("test", shares.test_share))
    for split, share in held_out:
        free = len(names) - len(splits) - 1
        count = min(max(round(share * len(names)), 1), free) if share > 0.0 else 0
        splits |= dict.fromkeys(names[len(splits) : len(splits) + count], split)
    return {name: splits.get(name, "train") for name in names}
