"""Takes of the models that `judge_default.py` compares: made once, kept as files, measured once.

A side is a model with a style and a decoding. Its takes lie in FOLDER/LABEL/RECORDING-SEED.npz, what was measured of
each recording's takes in FOLDER/LABEL/RECORDING.json; what is there is not made again. made.json says what made them,
and takes of something else are refused rather than mixed in.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from judge_codes import through
from judge_faults import FAULTS
from judge_measures import measured
from procedural_floor import beginning

from gesta.api import Model, load
from gesta.motion.npz import read_npz, write_npz
from gesta.records import Motion, Speech
from gesta.reports import write_json
from gesta.tokenizer.tokenizers import Tokenizers
from gesta.train.tokenizer_folder import load_tokenizers

MADE = "made.json"


@dataclass(frozen=True)
class Side:
    """One of those that are compared.

    Attributes:
        label: name of its folder and of its column.
        model: name or folder.
        style: as `--style` takes it.
        decoding: as `--decoding` takes it; None for the model's own.
        first_seed: seeds from this on.
        one_seed: whether all takes are by that one seed, as of a model that knows one take.
        fault: a fault to plant, see `judge_faults`.
        codes: a folder of tokenizers, through whose codes takes go; none: as they are.
    """

    label: str
    model: str
    style: str = "neutral"
    decoding: str | None = None
    first_seed: int = 0
    one_seed: bool = False
    fault: str = ""
    codes: str = ""

    def speak(self, speech: Speech, seed: int) -> Motion:
        """A take."""
        options: dict[str, Any] = {} if self.decoding is None else {"decoding": self.decoding}
        chosen = self.first_seed + (0 if self.one_seed else seed)
        motion = loaded(self.model).speak(speech, seed=chosen, style=self.style, **options).motion
        if self.codes:
            motion = through(tokenizers(self.codes), motion)
        return FAULTS[self.fault](motion) if self.fault else motion

    def identity(self, seconds: float) -> dict[str, Any]:
        """What its takes depend on."""
        model = loaded(self.model)
        files = dict(model.bundle.config.files) if hasattr(model, "bundle") else {}
        return {**asdict(self), "label": "", "seconds": seconds, "files": files}


@lru_cache(maxsize=2)
def loaded(name: str) -> Model:
    """A model, loaded once in each process."""
    return load(name, device="cpu")


@lru_cache(maxsize=1)
def tokenizers(folder: str) -> Tokenizers:
    """Tokenizers that a training has written, loaded once in each process."""
    return load_tokenizers(Path(folder)).eval()


@dataclass(frozen=True)
class Job:
    """The takes of one recording by one side.

    Attributes:
        side: who speaks.
        recording: the sound.
        seeds: how many takes.
        seconds: how much of the recording is spoken, from its beginning.
        folder: of the side's takes.
    """

    side: Side
    recording: Path
    seeds: int
    seconds: float
    folder: Path

    def take(self, seed: int) -> Path:
        """The file of a take."""
        return self.folder / f"{self.recording.stem}-{seed}.npz"

    def done(self) -> dict[str, Any]:
        """What is measured of the takes; made where it is not there."""
        kept = self.folder / f"{self.recording.stem}.json"
        if kept.is_file() and len((found := json.loads(kept.read_text()))["takes"]) == self.seeds:
            return dict(found)
        speech = beginning(self.recording, self.seconds)
        started, made = time.perf_counter(), 0
        for seed in range(self.seeds):
            if not self.take(seed).is_file():
                write_npz(self.side.speak(speech, seed), self.take(seed))
                made += 1
        spent = time.perf_counter() - started
        motions = [read_npz(self.take(seed)) for seed in range(self.seeds)]
        found = {
            "recording": self.recording.stem,
            "seconds": speech.duration_s,
            "real_time_factor": spent / (made * speech.duration_s) if made else None,
            **measured(motions, speech),
        }
        write_json(kept, found)
        return found


def jobs(side: Side, recordings: Sequence[Path], seeds: int, seconds: float, out: Path) -> list[Job]:
    """What is to be made for a side.

    Raises:
        SystemExit: the folder holds takes of something else.
    """
    folder = out / side.label
    folder.mkdir(parents=True, exist_ok=True)
    identity = json.loads(json.dumps(side.identity(seconds)))
    if (folder / MADE).is_file() and json.loads((folder / MADE).read_text()) != identity:
        raise SystemExit(f"{folder} holds takes of another model or with other settings; give another --out.")
    write_json(folder / MADE, identity)
    return [Job(side, path, seeds, seconds, folder) for path in recordings]
