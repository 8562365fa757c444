"""Streams: how long a chunk of 133 ms takes, and what is remembered after minutes of sound.

Each chunk is timed by the clock and by the processor time it took: on a machine that does other things as well, only
the second says what a chunk costs. The first chunks, which compile and fill caches, are not counted.
"""

import time
from pathlib import Path

import numpy as np

from gesta.api import EchoMaskModel, ProceduralModel, load
from gesta.audio.read import open_speech
from gesta.live.state import StreamState
from gesta.units import MOTION_FPS, SAMPLE_RATE, TOKEN_FRAMES

LOOK_AHEAD_S = 0.4
CHUNK_SAMPLES = SAMPLE_RATE * TOKEN_FRAMES // MOTION_FPS
WARM_UP = 12
SECONDS = 60.0
PAUSE_S = 6.0
"""After each saying of the voice, so that silence, idling and listening are timed too."""
LIMIT_MS = 50.0
"""What a chunk may take at the 99th percentile on two cores."""
INTRODUCTION = f"""\
Chunks of 133 ms, look-ahead {LOOK_AHEAD_S} s, {SECONDS:.0f} s of the demo voice with pauses of {PAUSE_S:.0f} s.
A chunk may take {LIMIT_MS:.0f} ms at the 99th percentile. `docs/streaming.md` says what streams are."""


def model_line(name: str, voice: Path) -> str:
    """One model as a line of the table."""
    model = load(name, device="cpu")
    assert isinstance(model, ProceduralModel | EchoMaskModel)
    said = np.concatenate([*open_speech(voice).source.blocks(), np.zeros(int(PAUSE_S * SAMPLE_RATE), np.float32)])
    sound = np.resize(said, int(SECONDS * SAMPLE_RATE))
    stream = model.stream(LOOK_AHEAD_S)
    clock, work, sizes = [], [], []
    for start in range(0, len(sound), CHUNK_SAMPLES):
        began, worked = time.perf_counter(), time.process_time()
        stream.push(sound[start : start + CHUNK_SAMPLES])
        clock.append(1000.0 * (time.perf_counter() - began))
        work.append(1000.0 * (time.process_time() - worked))
        if start // CHUNK_SAMPLES in (len(sound) // CHUNK_SAMPLES // 2, len(sound) // CHUNK_SAMPLES):
            sizes.append(StreamState.of(stream).size_bytes / 1024)
    cells = [f"{np.percentile(spent[WARM_UP:], share):.0f}" for spent in (clock, work) for share in (50, 99)]
    kept = " / ".join(f"{size:.0f}" for size in sizes)
    return f"| `{name}` | {' | '.join(cells)} | {kept} | {stream.latency_s:.2f} |"


def stream_lines(voice: Path, models: tuple[str, ...] = ("procedural", "debug")) -> list[str]:
    """The section of the page, without its title."""
    return [
        *INTRODUCTION.splitlines(),
        "",
        "| model | p50, ms | p99, ms | processor p50, ms | p99, ms | state half way / at the end, KiB | latency, s |",
        "|---|---|---|---|---|---|---|",
        *(model_line(name, voice) for name in models),
    ]
