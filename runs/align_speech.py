"""Finds when each sound of speech is said in recordings whose text is known, with synthesisers as the only teachers.

    python runs/align_speech.py RECORDINGS -o PHONES [--leave-out FILE.txt] [--only FILE.txt]

RECORDINGS holds NAME.ogg or NAME.flac with NAME.tsv beside it (start, end and text of each utterance, in English) or a
table ljspeech_text.csv. PHONES gets NAME.json with words and sounds, which `gesta prepare face` reads. espeak-ng reads
each text; what it says is laid over the recording by dynamic time warping (Sakoe and Chiba, 1978); then a small network
learns from that how each sound sounds in people, and hidden Markov models are aligned anew with it, some times over
(Viterbi training with a network's scaled posteriors: Bourlard and Morgan, 1994). Nobody has corrected the result.
"""

import argparse
import csv
import json
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
import torch
from scipy.signal import resample_poly
from speech_warping import HOP, best_states, cepstra, warped
from synthesise_speech import Espeak, Spoken
from torch import nn

from gesta.audio.read import open_speech
from gesta.randomness import generator
from gesta.settings import read_list
from gesta.units import SAMPLE_RATE

VOICE = "en-us"
AROUND = 5
"""Frames on either side that the network hears."""
STATES = 3
"""Of each sound, which therefore lasts at least so many frames."""
ROUNDS, EPOCHS, BATCH, WIDTH = 3, 2, 512, 192
SILENCE = "sil"
DAMAGE_S = 0.3
"""An utterance's text may begin and end so much outside the times that its table gives."""
FASTEST = 30.0
"""Sounds a second; an utterance with more of them does not fit its text."""


@dataclass
class Utterance:
    """One utterance: what is heard, and the sounds that are said, each with its word's number."""

    recording: str
    start_s: float
    heard: np.ndarray
    words: list[str]
    sounds: list[tuple[str, int]]
    bounds: list[tuple[int, int]] = field(default_factory=list)


def spoken_cepstra(spoken: Spoken) -> np.ndarray:
    """What a synthesiser said, as it is heard."""
    sound = np.frombuffer(spoken.samples, np.int16).astype(np.float32) / 32768.0
    return cepstra(resample_poly(sound, SAMPLE_RATE, spoken.rate))


def utterance(recording: str, start_s: float, sound: np.ndarray, text: str, engine: Espeak) -> Utterance | None:
    """An utterance with the bounds that warping gives; None where the text cannot be what is said."""
    spoken = engine.say(text, VOICE)
    starts = np.array([start for _, start, _ in spoken.words])
    if not spoken.phones or len(spoken.phones) > FASTEST * len(sound) / SAMPLE_RATE:
        return None
    word_of = [max(int(np.searchsorted(starts, start + 1e-4)) - 1, 0) for _, start, _ in spoken.phones]
    sounds = [(name, word) for (name, _, _), word in zip(spoken.phones, word_of, strict=True)]
    heard, told = cepstra(sound), spoken_cepstra(spoken)
    away = np.sqrt(np.maximum((heard**2).sum(1)[:, None] + (told**2).sum(1) - 2.0 * heard @ told.T, 0.0))
    onto = warped(away) / (SAMPLE_RATE / HOP)
    bounds = [(int(np.searchsorted(onto, start)), int(np.searchsorted(onto, end))) for _, start, end in spoken.phones]
    return Utterance(recording, start_s, heard, [text for text, _, _ in spoken.words], sounds, bounds)


def utterances(recordings: Path, wanted: list[str], left_out: list[str], engine: Espeak) -> list[Utterance]:
    """All utterances of the recordings that are asked for."""
    found = []
    for path in sorted(recordings.rglob("*")):
        if path.suffix not in (".ogg", ".flac") or not _asked_for(path.name, wanted, left_out):
            continue
        texts = texts_of(path)
        if not texts:
            continue
        samples = np.concatenate(list(open_speech(path).source.blocks()))
        for start_s, end_s, text in texts:
            begin = max(int((start_s - DAMAGE_S) * SAMPLE_RATE), 0)
            sound = samples[begin : int(min(end_s + DAMAGE_S, 1e6) * SAMPLE_RATE)]
            made = utterance(path.stem, begin / SAMPLE_RATE, sound, text, engine)
            found += [made] if made is not None else []
    return found


def _asked_for(name: str, wanted: list[str], left_out: list[str]) -> bool:
    asked = not wanted or any(fnmatchcase(name, pattern) for pattern in wanted)
    return asked and not any(fnmatchcase(name, pattern) for pattern in left_out)


def texts_of(recording: Path) -> list[tuple[float, float, str]]:
    """Start, end and text of each utterance; none where nobody wrote down what is said."""
    table, all_texts = recording.with_suffix(".tsv"), recording.parent / "ljspeech_text.csv"
    if table.is_file():
        rows = csv.reader(table.open(encoding="utf-8"), delimiter="\t")
        return [(float(start), float(end), text) for start, end, text in rows]
    if all_texts.is_file():
        lines = (line.split("|") for line in all_texts.read_text(encoding="utf-8").splitlines())
        return [(0.0, 3600.0, parts[-1]) for parts in lines if parts[0] == recording.stem]
    return []


def labelled(said: Utterance, classes: dict[str, int]) -> np.ndarray:
    """(N,) class of each frame."""
    labels = np.full(len(said.heard), classes[SILENCE])
    for (name, _), (start, stop) in zip(said.sounds, said.bounds, strict=True):
        labels[start:stop] = classes[name]
    return labels


def surroundings(heard: np.ndarray) -> torch.Tensor:
    """(N, (2 * AROUND + 1) * C) each frame with those around it."""
    padded = np.pad(heard, ((AROUND, AROUND), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1, axis=0)
    return torch.from_numpy(np.ascontiguousarray(windows).reshape(len(heard), -1))


def learn(said: list[Utterance], classes: dict[str, int], seed: int) -> tuple[nn.Module, np.ndarray]:
    """A network that tells sounds, and (C,) logarithms of how common each is."""
    torch.manual_seed(seed)
    inputs = (2 * AROUND + 1) * said[0].heard.shape[1]
    network = nn.Sequential(
        nn.Linear(inputs, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, len(classes))
    )
    optimiser = torch.optim.Adam(network.parameters(), 1e-3)
    labels = [labelled(one, classes) for one in said]
    chance = generator(seed, "align")
    for _ in range(EPOCHS):
        order = chance.permutation(len(said))
        for start in range(0, len(order), 8):
            chosen = order[start : start + 8]
            heard = torch.cat([surroundings(said[index].heard) for index in chosen])
            truth = torch.from_numpy(np.concatenate([labels[index] for index in chosen]))
            for rows in torch.randperm(len(heard)).split(BATCH):
                optimiser.zero_grad()
                nn.functional.cross_entropy(network(heard[rows]), truth[rows]).backward()
                optimiser.step()
    counts = np.bincount(np.concatenate(labels), minlength=len(classes)) + 1.0
    return network.eval(), np.log(counts / counts.sum())


def align(said: Utterance, network: nn.Module, priors: np.ndarray, classes: dict[str, int]) -> None:
    """Set an utterance's bounds to the likeliest ones."""
    with torch.inference_mode():
        scores = network(surroundings(said.heard)).log_softmax(dim=-1).numpy() - priors
    states, owners = [classes[SILENCE]], [-1]
    for index, (name, word) in enumerate(said.sounds):
        if index and word != said.sounds[index - 1][1]:
            states.append(classes[SILENCE])
            owners.append(-1)
        states += [classes[name]] * STATES
        owners += [index] * STATES
    states.append(classes[SILENCE])
    owners.append(-1)
    if len(states) > len(said.heard):
        return
    optional = np.array([owner < 0 for owner in owners])
    path = np.array(owners)[best_states(scores, np.array(states), optional)]
    said.bounds = [
        (int(np.searchsorted(_running(path), index)), int(np.searchsorted(_running(path), index, side="right")))
        for index in range(len(said.sounds))
    ]


def _running(path: np.ndarray) -> np.ndarray:
    """Owners that never fall, with silences half way between their neighbours."""
    last = np.maximum.accumulate(path)
    return np.where(path < 0, last + 0.5, path)


def write(said: list[Utterance], folder: Path) -> None:
    """One file for each recording."""
    for recording in sorted({one.recording for one in said}):
        words, phones = [], []
        for one in (one for one in said if one.recording == recording):
            times = [[round(one.start_s + edge * HOP / SAMPLE_RATE, 3) for edge in pair] for pair in one.bounds]
            named = [(name, word, *time) for (name, word), time in zip(one.sounds, times, strict=True)]
            phones += [[start, end, name] for name, _, start, end in named if end > start]
            for number, text in enumerate(one.words):
                inside = [(start, end) for _, word, start, end in named if word == number]
                words += [[inside[0][0], inside[-1][1], text]] if inside else []
        tiers = {name: {"type": "interval", "entries": rows} for name, rows in (("words", words), ("phones", phones))}
        content = json.dumps({"language": "en", "tiers": tiers}, ensure_ascii=False)
        (folder / f"{recording}.json").write_text(content + "\n", encoding="utf-8")


def main() -> None:
    """Align and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("recordings", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--leave-out", type=Path, help="names, with * for anything, one a line")
    parser.add_argument("--only", type=Path, help="as --leave-out")
    chosen = parser.parse_args()
    wanted, left_out = (list(read_list(path, "list")) if path else [] for path in (chosen.only, chosen.leave_out))
    said = utterances(chosen.recordings, wanted, left_out, Espeak())
    if not said:
        sys.exit(f"'{chosen.recordings}' holds no recording whose text is known.")
    classes = {
        name: number for number, name in enumerate(sorted({SILENCE, *(n for one in said for n, _ in one.sounds)}))
    }
    for number in range(ROUNDS):
        network, priors = learn(said, classes, number)
        for one in said:
            align(one, network, priors, classes)
    chosen.output.mkdir(parents=True, exist_ok=True)
    write(said, chosen.output)
    sys.stdout.write(f"{len(said)} utterances, {sum(len(one.sounds) for one in said)} sounds\n")


if __name__ == "__main__":
    main()
