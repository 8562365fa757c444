"""One window of speech on its way through EchoMask: sound, speech queries, scores, mask, tokens, motion.

    gesta train motion recipes/toy.toml
    python runs/echomask_figure.py gesta_runs/toy/motion/model src/gesta/assets/demo_voice.flac

MODEL is the folder of any trained model. Writes docs/images/echomask.png, or what -o says; --window picks the window.
"""

import argparse
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from torch import Tensor

from gesta.audio.encoders.make import make_encoder
from gesta.audio.read import open_speech
from gesta.bundles.folder import Bundle, load_bundle
from gesta.echomask.masking import masked_frames
from gesta.echomask.model import stacked
from gesta.echomask.parts import ALL_PARTS
from gesta.echomask.who import Who
from gesta.models.echomask import EchoMaskModel
from gesta.records import Motion, Speech
from gesta.render.preview import frames
from gesta.render.timeline import waveform_extremes
from gesta.tokenizer.channels import as_tensors
from gesta.units import MOTION_FPS, TOKEN_FRAMES

WIDTH, HEIGHT, DOTS_PER_INCH = 12.0, 11.0, 100
ROWS = {"sound": 1.0, "queries": 2.6, "scores": 1.1, "mask": 0.6, "tokens": 1.6, "motion": 2.6}
BINS_PER_S = 400
FIGURES, TILE_PX = 8, (180, 240)
QUERY_CHANNELS = 8
"""Principal directions of a part's query that are drawn."""
KINDS = {"seed": "#9aa5b1", "visible": "#e8ecf0", "masked by score": "#d94801", "masked by chance": "#fdae6b"}
HALF_WAY = 0.5
"""Progress of the training whose mask is drawn."""


def queries_and_scores(bundle: Bundle, speech: Speech, motion: Motion, window: slice) -> tuple[Tensor, Tensor]:
    """Speech queries (G, T, C) of a window, and the scores (T,) of the motion there."""
    model = bundle.model
    heard = make_encoder(bundle.config.encoder).encode(speech)
    low, high = (torch.from_numpy(np.array(level[window]))[None] for level in (heard.low, heard.high))
    parts = as_tensors(model.tokenizers.representation.encode(motion.frames(window.start, window.stop)))
    with torch.inference_mode():
        queries = model.generator.hear(low, high)
        seen = model.seen(parts)
        scores = model.generator.scores(seen, torch.ones_like(seen, dtype=torch.bool), queries, Who(torch.tensor([0])))
    return queries[:, 0], scores[0]


def mask_kinds(bundle: Bundle, scores: Tensor) -> np.ndarray:
    """Which kind, by its place in KINDS, each frame (T,) is when training masks the window."""
    config = bundle.config.generator
    candidates = torch.ones(1, len(scores), dtype=torch.bool)
    candidates[:, : config.sizes.seed_frames] = False
    torch.manual_seed(0)
    masked = masked_frames(config.masking, scores[None], candidates, HALF_WAY)[0].numpy()
    torch.manual_seed(0)
    by_score = masked_frames(
        config.masking.model_copy(update={"ratio": config.masking.directed}), scores[None], candidates, HALF_WAY
    )[0].numpy()
    names = list(KINDS)
    kinds = np.where(masked, names.index("masked by chance"), names.index("visible"))
    kinds[masked & by_score] = names.index("masked by score")
    kinds[: config.sizes.seed_frames] = names.index("seed")
    return kinds


def draw_sound(axis: Axes, speech: Speech, window: slice) -> None:
    """The waveform over the window's frames."""
    low, high = waveform_extremes(speech, BINS_PER_S)
    place = (np.arange(len(low)) + 0.5) / BINS_PER_S * MOTION_FPS - window.start
    here = (place >= 0) & (place <= window.stop - window.start)
    axis.fill_between(place[here], low[here], high[here], color="#4c566a", linewidth=0)
    axis.set_yticks([])


def draw_queries(axis: Axes, queries: Tensor) -> None:
    """Each part's query as a picture: its strongest directions downwards, time to the right."""
    pictures = []
    for query in queries.numpy():
        centred = query - query.mean(axis=0)
        left, size, _ = np.linalg.svd(centred, full_matrices=False)
        shown = (left * size)[:, :QUERY_CHANNELS].T
        pictures += [shown / np.abs(shown).max(), np.full((1, shown.shape[1]), np.nan)]
    picture = np.concatenate(pictures[:-1])
    axis.imshow(picture, aspect="auto", cmap="PuOr", vmin=-1, vmax=1, extent=(0, picture.shape[1], len(picture), 0))
    rows = len(picture) / len(queries)
    axis.set_yticks([(number + 0.5) * rows for number in range(len(queries))], ALL_PARTS)


def draw_scores(axis: Axes, scores: Tensor) -> None:
    """How much of the attention each frame gets, against an even share."""
    share = (scores / scores.mean()).numpy()
    axis.bar(np.arange(len(share)) + 0.5, share - 1.0, bottom=1.0, width=1.0, color="#b08bbb")
    axis.axhline(1.0, color="#777777", linewidth=0.8)


def draw_mask(axis: Axes, kinds: np.ndarray) -> None:
    """What training would hide."""
    colours = ListedColormap(list(KINDS.values()))
    axis.imshow(kinds[None], aspect="auto", cmap=colours, vmin=0, vmax=len(KINDS) - 1, extent=(0, len(kinds), 0, 1))
    axis.set_yticks([])
    handles = [Patch(color=colour, label=name) for name, colour in KINDS.items()]
    axis.legend(handles=handles, loc="upper right", ncols=4, frameon=False, bbox_to_anchor=(1.0, 1.75))


def draw_tokens(axis: Axes, codes: Tensor, entries: int) -> None:
    """The base level's token of every part for every four frames, as colour and number."""
    base = codes[:, 0].numpy()
    axis.imshow(base, aspect="auto", cmap="viridis", vmin=0, vmax=entries - 1,
                extent=(0, base.shape[1] * TOKEN_FRAMES, len(base), 0), alpha=0.75)  # fmt: skip
    for part, row in enumerate(base):
        for number, code in enumerate(row):
            axis.text((number + 0.5) * TOKEN_FRAMES, part + 0.5, str(code), ha="center", va="center", fontsize=8)
    axis.set_yticks(np.arange(len(base)) + 0.5, ALL_PARTS)


def draw_motion(axis: Axes, motion: Motion, window: slice) -> None:
    """The body, at even times."""
    count = window.stop - window.start
    times = np.rint((np.arange(FIGURES) + 0.5) * count / FIGURES).astype(int)
    pictures = frames(motion.frames(window.start, window.stop), times, TILE_PX, "half")
    axis.imshow(np.concatenate(list(pictures), axis=1), aspect="auto", extent=(0, count, 0, 1))
    axis.set_yticks([])


def draw(bundle: Bundle, speech: Speech, window_number: int, target: Path) -> None:
    """Write the figure."""
    sizes = bundle.config.generator.sizes
    motion = EchoMaskModel(bundle.config.name, bundle).speak(speech).motion
    start = window_number * (sizes.window - sizes.seed_frames)
    window = slice(start, start + sizes.window)
    if window.stop > motion.frame_count:
        raise SystemExit(f"The recording has no window {window_number}: it is {motion.duration_s:.1f} s long.")
    queries, scores = queries_and_scores(bundle, speech, motion, window)
    tokens = bundle.model.tokenizers.encode_motion(motion.frames(window.start, window.stop))
    codes = stacked({part: torch.from_numpy(found)[None] for part, found in tokens.items()})[:, 0]
    titles = {
        "sound": "speech",
        "queries": "speech queries (MAM): what each part asks for, frame by frame",
        "scores": "scores (SQA): how much attention each frame of the motion gets, 1 is an even share",
        "mask": "mask, half way through training",
        "tokens": "tokens: the base level of each part, one for four frames",
        "motion": "motion",
    }
    with matplotlib.rc_context({"font.size": 9.5, "axes.spines.top": False, "axes.spines.right": False}):
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS_PER_INCH, layout="constrained")
        axes = dict(
            zip(ROWS, figure.subplots(len(ROWS), 1, sharex=True, height_ratios=list(ROWS.values())), strict=True)
        )
        draw_sound(axes["sound"], speech, window)
        draw_queries(axes["queries"], queries)
        draw_scores(axes["scores"], scores)
        draw_mask(axes["mask"], mask_kinds(bundle, scores))
        draw_tokens(axes["tokens"], codes, bundle.config.tokenizer.codes)
        draw_motion(axes["motion"], motion, window)
        for name, axis in axes.items():
            axis.set_title(titles[name], loc="left", fontsize=10)
            axis.set_xlim(0, sizes.window)
        axes["motion"].set_xlabel(f"frames of the window, {MOTION_FPS} a second")
        figure.savefig(target)


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("speech", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/images/echomask.png"))
    parser.add_argument("--window", type=int, default=1)
    given = parser.parse_args()
    draw(load_bundle(given.model), open_speech(given.speech), given.window, given.output)


if __name__ == "__main__":
    main()
