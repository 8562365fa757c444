"""From speech to frames the way MMGT goes: sound, keypoints, region masks, what MM-HAA adds where, pictures.

    python runs/drawn_film.py -o SOURCE --size 512
    python runs/mmgt_figure.py SOURCE

Shows the film NAME.mp4 in SOURCE, the points NAME.npz beside it and its sound. Without a trained network: points and
pictures are the film's own, and MM-HAA's weights are random, its output layers, which begin at zero, included. So the
figure shows where regions can change the picture, not what a network has learned. Writes docs/images/mmgt.png, or what
-o says.
"""

import argparse
from itertools import islice
from pathlib import Path

import matplotlib
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from gesta.audio.read import open_speech
from gesta.audio.video_features.config import VideoFeaturesConfig
from gesta.audio.video_features.make import make_video_features
from gesta.data.film_reading import film_header, pictures
from gesta.keypoints.canvas import canvas_for
from gesta.keypoints.drawing import draw_poses
from gesta.keypoints.files import read_keypoints
from gesta.keypoints.levels import RegionMasks, mask_levels
from gesta.keypoints.masks import REGIONS
from gesta.mmgt.audio_tokens import audio_windows
from gesta.mmgt.mm_haa import MmHaa
from gesta.mmgt.video_config import SMALL_SIZES, HearingSettings, VideoSizes, video_config
from gesta.mmgt.video_network import AudioProjection
from gesta.records import Keypoints, Speech
from gesta.render.timeline import waveform_extremes
from gesta.units import VIDEO_FPS

WIDTH, HEIGHT, DOTS_PER_INCH = 12.0, 9.2, 100
ROWS = {"sound": 0.55, "poses": 1.35, "regions": 3.6, "frames": 1.35}
BINS_PER_S = 400
SHOWN, TILE_PX = 8, 140
MOST_COLOURS = 256
"""Of the figure's file, which is a third as large as with all of them."""
LEVELS = 4
SEED = 7


def shown_frames(count: int, window: int) -> np.ndarray:
    """Frames of the window that are shown, even steps apart."""
    return np.rint((np.arange(SHOWN) + 0.5) * min(count, window) / SHOWN).astype(int)


def heard_tokens(speech: Speech, frame: int, sizes: VideoSizes) -> torch.Tensor:
    """The audio tokens (1, N, E) of one frame, from speech as it is and a random projection."""
    features = make_video_features(VideoFeaturesConfig()).encode(speech)
    windows = torch.from_numpy(audio_windows(features, frame, frame + 1, sizes.audio_span))
    return AudioProjection(sizes)(windows[None])[0]


def added(
    masks: RegionMasks, audio: torch.Tensor, level: int, sizes: VideoSizes, hearing: HearingSettings
) -> list[np.ndarray]:
    """How much each region changes random features of a resolution: for each of REGIONS, (h, w)."""
    width = sizes.widths[0]
    module = MmHaa(width, width, sizes, hearing)
    for name, values in module.named_parameters():
        if "zero_conv" in name or name.startswith("proj_out"):
            torch.nn.init.normal_(values, std=width**-0.5)
    side = round(masks[REGIONS[0]][level].shape[1] ** 0.5)
    features = torch.randn(1, width, side, side)
    here = {region: torch.from_numpy(levels[level]) for region, levels in masks.items()}
    silent = module(features, audio, here, (0.0, 0.0, 0.0))
    alone = np.diag(hearing.sampling_weights).tolist()
    changes = [module(features, audio, here, weights) - silent for weights in alone]
    return [change[0].norm(dim=0).numpy() for change in changes]


def draw_sound(axis: Axes, speech: Speech, window: int, shown: np.ndarray) -> None:
    """The waveform over the window's frames, with marks at those that are shown."""
    low, high = waveform_extremes(speech, BINS_PER_S)
    place = (np.arange(len(low)) + 0.5) / BINS_PER_S * VIDEO_FPS
    here = place <= window
    axis.fill_between(place[here], low[here], high[here], color="#4c566a", linewidth=0)
    for frame in shown:
        axis.axvline(frame + 0.5, color="#d94801", linewidth=0.8)
    axis.set_xlim(0, window)
    axis.set_yticks([])
    axis.set_title(f"speech: {window} frames, {VIDEO_FPS} a second; marked ones are shown below", loc="left")


def draw_row(axis: Axes, shown: np.ndarray, title: str) -> None:
    """Pictures (n, H, W, 3) side by side."""
    tiles = [Image.fromarray(picture).resize((TILE_PX, TILE_PX), Image.Resampling.LANCZOS) for picture in shown]
    axis.imshow(np.concatenate([np.asarray(tile) for tile in tiles], axis=1))
    axis.set_axis_off()
    axis.set_title(title, loc="left")


def draw_regions(figure: Figure, keypoints: Keypoints, speech: Speech, frame: int) -> None:
    """The masks of one frame at all resolutions, and what MM-HAA adds at the same ones, a row for each region."""
    config = video_config("gesta")
    sizes = VideoSizes(**{**SMALL_SIZES, "widths": (64, 64, 64)})
    masks = mask_levels(
        keypoints.frames(frame, frame + 1),
        full=config.full_mask, grid=config.picture.grid, levels=LEVELS, steps=config.mask_steps,
    )  # fmt: skip
    audio = heard_tokens(speech, frame, sizes)
    heard = [added(masks, audio, level, sizes, config.hearing) for level in range(LEVELS)]
    told, answered = figure.subfigures(1, 2)
    told.suptitle(f"region masks of frame {frame}, at the four resolutions", x=0.01, ha="left", fontsize=10)
    answered.suptitle("what MM-HAA adds there, by region (random weights)", x=0.01, ha="left", fontsize=10)
    shown, changed = (part.subplots(len(REGIONS), LEVELS) for part in (told, answered))
    for row, region in enumerate(REGIONS):
        weight = config.hearing.sampling_weights[row]
        for level, changes in enumerate(heard):
            side, most = config.picture.grid >> level, max(float(change.max()) for change in changes)
            draw_map(shown[row, level], masks[region][level].reshape(side, side), 1.0, "gray", row)
            draw_map(changed[row, level], changes[row], most, "magma", row)
        shown[row, 0].set_ylabel(region)
        changed[row, 0].set_ylabel(f"weight {weight:g}")


def draw_map(axis: Axes, values: np.ndarray, most: float, colours: str, row: int) -> None:
    """One map (h, w) from 0 to `most`; above the first row stands how fine it is."""
    axis.imshow(values, cmap=colours, vmin=0.0, vmax=most, interpolation="nearest")
    axis.set_xticks([])
    axis.set_yticks([])
    if row == 0:
        axis.set_title(f"{values.shape[1]} x {values.shape[0]}", fontsize=8.5)


@torch.inference_mode()
def draw(source: Path, target: Path, window: int) -> None:
    """Write the figure of the first film in a folder."""
    film = next(iter(sorted(source.glob("*.mp4"))), None)
    if film is None:
        raise SystemExit(f"There is no film in '{source}': make one with runs/drawn_film.py.")
    torch.manual_seed(SEED)
    speech, found = open_speech(film), read_keypoints(film.with_suffix(".npz"))
    canvas = canvas_for(found.size)
    keypoints, shown = canvas.to_canvas(found), shown_frames(found.frame_count, window)
    drawn = np.concatenate([draw_poses(keypoints.frames(frame, frame + 1)) for frame in shown])
    seen = list(islice(pictures(film, film_header(film).start_s), int(shown[-1]) + 1))
    with matplotlib.rc_context({"font.size": 9.5, "axes.titlesize": 10, "axes.spines.top": False}):
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS_PER_INCH, layout="constrained")
        parts = dict(zip(ROWS, figure.subfigures(len(ROWS), 1, height_ratios=list(ROWS.values())), strict=True))
        draw_sound(parts["sound"].subplots(), speech, min(window, found.frame_count), shown)
        draw_row(parts["poses"].subplots(), drawn, "keypoints, drawn: what stage 1 makes of speech, and stage 2 sees")
        draw_regions(parts["regions"], keypoints, speech, int(shown[3]))
        frames = np.stack([canvas.place(seen[frame]) for frame in shown])
        draw_row(parts["frames"].subplots(), frames, "frames: what stage 2 is to make (here the film of the points)")
        figure.savefig(target)
    with Image.open(target) as whole:
        small = whole.convert("RGB").quantize(MOST_COLOURS)
    small.save(target, optimize=True)


def main() -> None:
    """Read the arguments and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="SOURCE")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/images/mmgt.png"))
    parser.add_argument("--window", type=int, default=80, help="frames shown, the first ones of the film")
    given = parser.parse_args()
    draw(given.source, given.output, given.window)


if __name__ == "__main__":
    main()
