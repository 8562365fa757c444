"""What the body costs: reading and dressing it, posing, drawing at each camera, encoding, GLB.

Drawing stands beside the same frames of the mannequin, which is what previews showed before there was a body.
"""

import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
from rows import Row, alternating, table_lines

from gesta.avatar.asset import read_asset
from gesta.avatar.figure import figure
from gesta.avatar.glb.write import write_glb
from gesta.avatar.looks import look
from gesta.motion.npz_write import write_npz
from gesta.records import Motion
from gesta.render.mannequin import mannequin
from gesta.render.preview import Studio
from gesta.render.video import VideoWriter
from gesta.render.views import VIEWS
from gesta.units import MOTION_FPS

INTRODUCTION = """\
The default look ({triangles:,} triangles, {vertices:,} vertices) moved by the demo voice, 640x640, as many threads as
there are cores. A baseline alternates with what it stands beside, in one run, {repeats} times; figures are medians."""
FRAMES, SIZE, REPEATS = 240, (640, 640), 3
GLB_S = 60.0


def looped(motion: Motion, seconds: float) -> Motion:
    """A motion said again and again, forwards and backwards so that it has no jumps, for as long."""
    count = round(seconds * MOTION_FPS)
    way = np.concatenate([np.arange(motion.frame_count), np.arange(motion.frame_count)[::-1]])
    order = np.resize(way, count)
    arrays = ("rotations", "translation", "face", "contacts", "attention")
    return motion.replaced(**{name: getattr(motion, name)[order] for name in arrays})


def making_rows() -> Iterator[Row]:
    """Reading the file, and dressing the body once it is read."""
    with resources.as_file(resources.files("gesta.avatar").joinpath("assets", "body.safetensors")) as path:
        seconds, read = alternating(lambda: read_asset(path), path.read_bytes, REPEATS)
    megabytes = path.stat().st_size / 1e6
    yield f"the body's file read and checked, {megabytes:.1f} MB", seconds, "once a process", "reading its bytes", read


def posing_row(motion: Motion) -> Row:
    """Shapes, skinning and normals, on one thread."""
    one, other = figure(look("host")), mannequin()
    block = slice(0, 16)
    inputs = motion.rotations[block], motion.translation[block], motion.face[block]
    seconds, spent = alternating(lambda: one.pose(*inputs), lambda: other.pose(*inputs), 2 * REPEATS)
    what = "posed: shapes, skinning, normals; 16 frames, one thread"
    return what, seconds, f"{1000 * seconds / 16:.2f} ms a frame", "posing the mannequin", spent


def drawn(studio: Studio) -> list[np.ndarray]:
    """Some frames, in batches."""
    return list(studio.batches(range(FRAMES)))


def drawing_rows(motion: Motion) -> Iterator[Row]:
    """Posed and drawn at each camera."""
    for camera in VIEWS:
        body, before = (Studio(motion, SIZE, camera, figure=one) for one in (figure(look("host")), mannequin()))
        seconds, spent = alternating(lambda one=body: drawn(one), lambda one=before: drawn(one), REPEATS)
        what = f"posed and drawn, camera `{camera}`, {FRAMES} frames"
        yield what, seconds, f"{FRAMES / seconds:.0f} frames/s", "the mannequin", spent


def encoding_row(motion: Motion, work: Path) -> Row:
    """Posed, drawn and encoded, as a preview is."""
    studio = Studio(motion, SIZE, "half", figure=figure(look("host")))
    pictures = drawn(studio)

    def write(name: str, batches: Iterator[np.ndarray]) -> None:
        with VideoWriter(work / name, SIZE, MOTION_FPS) as video:
            for batch in batches:
                video.write(batch)

    seconds, spent = alternating(
        lambda: write("drawn.mp4", studio.batches(range(FRAMES))), lambda: write("encoded.mp4", iter(pictures)), REPEATS
    )
    what = f"posed, drawn and encoded, camera `half`, {FRAMES} frames"
    return what, seconds, f"{FRAMES / seconds:.0f} frames/s", "encoding the same frames", spent


def glb_row(motion: Motion, work: Path) -> Row:
    """A minute as GLB."""
    minute, path = looped(motion, GLB_S), work / "minute.glb"
    seconds, spent = alternating(
        lambda: write_glb(minute, path), lambda: write_npz(minute, work / "minute.npz"), REPEATS
    )
    size = path.stat().st_size / 1e6
    return f"{GLB_S:.0f} s of motion as GLB", seconds, f"{size:.1f} MB", "the same as npz", spent


def body_lines(motion: Motion) -> list[str]:
    """The section of the page, without its title."""
    dressed = figure(look("host"))
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        rows = [
            *making_rows(),
            posing_row(motion),
            *drawing_rows(motion),
            encoding_row(motion, work),
            glb_row(motion, work),
        ]
    said = INTRODUCTION.format(triangles=len(dressed.faces), vertices=len(dressed.vertices), repeats=REPEATS)
    return [*said.splitlines(), "", *table_lines(rows)]
