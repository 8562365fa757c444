"""What an evaluation of films needs beside the films: a pose estimator, and networks with the user's weights.

What was asked for by name must be there; what was not is left out with the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gesta.errors import InputError, unknown_name
from gesta.extras import missing_modules
from gesta.keypoints.estimators.protocol import PoseEstimator
from gesta.metrics.evaluation import NOT_ASKED
from gesta.metrics.video.lpips import TRUNKS, Lpips, load_lpips
from gesta.metrics.video.networks.syncnet import SyncNet
from gesta.metrics.video.set_distances import SetDistance, inception_distance, video_distance
from gesta.metrics.video.sync import load_syncnet

MEASURES = ("pictures", "landmarks", "lpips", "fid", "fvd", "sync")
"""Names that users may write. "pictures" is PSNR, SSIM and flicker; "landmarks" has identity with it."""
WEIGHED = {"fid": inception_distance, "fvd": video_distance, "sync": load_syncnet}
"""Measures that need one network, and what loads it."""


@dataclass
class Tools:
    """What is measured, and with what.

    Attributes:
        pictures: whether pictures are compared.
        estimator: finds the landmarks; None where they are not compared.
        lpips: networks by trunk.
        fid, fvd: sums over all films.
        syncnet: the network.
        absent: by measure: why it is left out.
    """

    pictures: bool = True
    estimator: PoseEstimator | None = None
    lpips: dict[str, Lpips] = field(default_factory=dict)
    fid: SetDistance | None = None
    fvd: SetDistance | None = None
    syncnet: SyncNet | None = None
    absent: dict[str, str] = field(default_factory=dict)

    @classmethod
    def made(cls, wanted: Sequence[str] | None, weights: Path | None, device: str = "cpu") -> "Tools":
        """What measures need.

        Args:
            wanted: some of MEASURES; None for all that can be had.
            weights: the folder with the user's weights.
            device: where their networks run.

        Raises:
            InputError: a name is unknown, or what a measure that is wanted by name needs is missing or does not fit.
        """
        for name in wanted or ():
            if name not in MEASURES:
                raise unknown_name("measure", name, MEASURES)
        if weights is not None and not weights.is_dir():
            raise InputError(f"'{weights}' is no folder; name the one that holds the weights.")
        tools = cls(pictures=wanted is None or "pictures" in wanted)
        chosen = MEASURES if wanted is None else wanted
        tools._take("landmarks", chosen, wanted is not None, tools._find_landmarks)
        tools._take("lpips", chosen, wanted is not None, partial(tools._see_likeness, weights, device))
        for name, load in WEIGHED.items():
            make = partial(tools._weigh, name, partial(load, device=device), weights)
            tools._take(name, chosen, wanted is not None, make)
        return tools

    def _take(self, name: str, chosen: Sequence[str], strict: bool, make: Callable[[], None]) -> None:
        """Have what a measure needs, if it is chosen; note why not, unless it must be there."""
        if name not in chosen:
            self.absent[name] = NOT_ASKED
            return
        try:
            make()
        except InputError as error:
            if strict:
                raise
            self.absent[name] = str(error).rstrip(".")

    def _find_landmarks(self) -> None:
        if missing_modules("film"):
            raise InputError("Finding landmarks needs pip install 'gesta[film]'.")
        # Imported here: the networks come with an extra.
        from gesta.keypoints.estimators.make import make_estimator

        self.estimator = make_estimator("embedded")

    def _see_likeness(self, weights: Path | None, device: str) -> None:
        """LPIPS with every trunk whose files are there, and one at least."""
        folder = _named(weights)
        refusals = []
        for trunk, (_, trunk_file, weights_file) in TRUNKS.items():
            try:
                for file in (trunk_file, weights_file):
                    file.found(folder)
            except InputError as error:
                refusals.append(error)
            else:
                self.lpips[trunk] = load_lpips(trunk, folder, device)
        if len(refusals) == len(TRUNKS):
            raise refusals[0]

    def _weigh(self, name: str, load: Callable[[Path], Any], weights: Path | None) -> None:
        if name == "sync" and self.estimator is None:
            self._find_landmarks()
        setattr(self, "syncnet" if name == "sync" else name, load(_named(weights)))


def _named(weights: Path | None) -> Path:
    if weights is None:
        raise InputError("It needs weights that are not gesta's; name the folder that holds them with --weights.")
    return weights
