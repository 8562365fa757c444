"""A take: one recording with the plan and the motion made for it, and the files it can be saved as."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from gesta.avatar.formats import FORMATS, Wearing, check_formats
from gesta.metrics.motion import MotionReport, measure
from gesta.motion.cleanup.cleaner import CleanupReport
from gesta.motion.held_parts import HeldParts
from gesta.motion.keeping import BLEND_FRAMES, Draft, Kept, set_in
from gesta.motion.writing import replacing
from gesta.motion.writing_together import replacing_together
from gesta.records import FACE_CHANNELS, JOINT_COUNT, PARTS, BodyMove, HandMove, Motion, Plan, Prosody, Speech
from gesta.reports import write_json
from gesta.units import MOTION_FPS

MOTION = "motion"
"""What the files of the motion are called, before what their format ends in."""
PREVIEW, PLAN, REPORT = "preview.mp4", "plan.json", "report.json"
FACE_IN_PREVIEW = {
    "arkit52": "all 52 weights are drawn",
    "flame100": "the jaw is drawn from its joint; the 100 expressions are in motion.npz but not drawn, since their "
    "shapes belong to FLAME: brows, lids and lips stay neutral",
}
"""What a preview shows of each face basis."""


@dataclass(frozen=True)
class Preview:
    """How the preview film of a take is drawn.

    Attributes:
        size: width and height, pixels.
        camera: a name in `gesta.render.views.VIEWS`.
        bones: whether the skeleton is drawn over it.
    """

    size: tuple[int, int] = (640, 640)
    camera: str = "half"
    bones: bool = False


@dataclass(frozen=True)
class Take:
    """One recording given a body.

    Attributes:
        speech: the recording.
        prosody: what was heard in it.
        plan: what the body was going to do; None where the model makes no plan.
        motion: what it did.
        cleaning: what clean-up found and left; None where it was not asked for.
    """

    speech: Speech
    prosody: Prosody
    plan: Plan | None
    motion: Motion
    cleaning: CleanupReport | None = None

    @cached_property
    def measured(self) -> MotionReport:
        """Every measure of the motion against the speech, as docs/metrics.md defines them; found when first asked."""
        return measure(self.motion, self.speech)

    def measures(self) -> dict[str, Any]:
        """The same as plain values."""
        return self.measured.to_dict()

    def save(
        self,
        folder: str | PathLike[str],
        *,
        formats: Sequence[str] = ("npz",),
        preview: Preview | None = Preview(),
        look: str = "",
        report: dict[str, Any] | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> list[Path]:
        """Write the take into a folder; either every file is there in the end, or the folder is as it was.

        Args:
            folder: made if it is not there; other files in it stay.
            formats: names in FORMATS.
            preview: how to draw preview.mp4, or None for none.
            look: what the body wears in the preview and in formats that hold it, as `gesta.avatar.looks.look` takes it.
            report: further entries for report.json.
            progress: told how far the drawing is.

        Returns:
            The files written.

        Raises:
            InputError: an unknown format, camera or look.
            OutputError: the folder cannot be written, or the disk is full.
        """
        chosen = check_formats(formats, look)
        told = progress or _told_nobody
        names = [f"{MOTION}{FORMATS[name].suffix}" for name in chosen]
        names += [PREVIEW] * (preview is not None) + [PLAN] * (self.plan is not None) + [REPORT]
        with replacing_together(Path(folder), names) as beside:
            for done, (name, file_name) in enumerate(zip(chosen, names, strict=False)):
                told("writing", done, len(chosen))
                FORMATS[name].write(self.motion, beside / file_name, Wearing(look, self.speech))
            told("writing", len(chosen), len(chosen))
            if preview:
                self._draw(preview, look, beside / PREVIEW, told)
            told("measuring", 0, 1)
            if self.plan is not None:
                _write_plan(beside / PLAN, self.plan)
            write_json(beside / REPORT, {**self.summary(), "files": names, **(report or {})})
            told("measuring", 1, 1)
        return [Path(folder) / name for name in names]

    def _draw(self, preview: Preview, look: str, path: Path, told: Callable[[str, int, int], None]) -> None:
        # The rasteriser is not wanted by everyone and takes a moment to load.
        from gesta.render.preview import render_preview

        def drawn(done: int, of: int) -> None:
            told("drawing", done, of)

        render_preview(self.motion, self.speech, path, **vars(preview), look=look, progress=drawn)

    def summary(self) -> dict[str, Any]:
        """What report.json says of the take itself."""
        return {
            "speech": {"name": self.speech.name, "duration_s": self.speech.duration_s, "sha256": self.speech.sha256},
            "motion": {"frames": self.motion.frame_count, "frames_per_second": MOTION_FPS},
            "provenance": dict(self.motion.provenance),
            "face": {"basis": self.motion.face_basis, "preview": FACE_IN_PREVIEW[self.motion.face_basis]},
            "heard": {"accents": len(self.prosody.accents), "phrases": len(self.prosody.phrase_starts)},
            **({} if self.plan is None else {"plan": _plan_summary(self.plan)}),
            **({} if self.cleaning is None else {"clean_up": self.cleaning.to_dict()}),
            "measures": self.measures(),
        }


def _plan_summary(plan: Plan) -> dict[str, Any]:
    """How many strokes of which family are in a plan."""
    families: dict[str, int] = {}
    for stroke in plan.strokes:
        families[stroke.family] = families.get(stroke.family, 0) + 1
    return {"strokes": len(plan.strokes), "strokes_by_family": families}


def join_motion(
    stretches: Iterable[Motion],
    frame_count: int,
    kept: Kept | None = None,
    blend_frames: int = BLEND_FRAMES,
    held: HeldParts | None = None,
) -> Motion:
    """Consecutive stretches as one motion, each copied to its place as it comes, so that nothing is there twice.

    Args:
        stretches: of the same motion, one after the other.
        frame_count: T, of all of them.
        kept: frames of another motion that take the place of these, see `motion.keeping`.
        blend_frames: how many frames around those go over into them.
        held: parts that stay as they are throughout; they come last, so that nothing moves them.
    """
    attention = np.empty(frame_count, dtype=np.float32)
    draft: Draft | None = None
    parts, floor_known, at = frozenset(PARTS), True, 0
    for stretch in stretches:
        if draft is None:
            draft = _empty_draft(frame_count, stretch.face_basis)
            parts, floor_known = stretch.parts, stretch.floor_known
        block = slice(at, at + stretch.frame_count)
        draft.rotations[block], draft.translation[block] = stretch.rotations, stretch.translation
        draft.face[block], draft.contacts[block] = stretch.face, stretch.contacts
        attention[block] = stretch.attention
        at += stretch.frame_count
    if draft is None or at != frame_count:
        raise ValueError(f"{at} frames came where {frame_count} were announced")
    if kept is not None:
        set_in(draft, kept, blend_frames)
    if held is not None:
        held.set_in(draft)
    return Motion(
        draft.rotations, draft.translation, draft.face, draft.face_basis, draft.contacts, attention, parts, floor_known
    )


def _empty_draft(frames: int, face_basis: str) -> Draft:
    """A motion's arrays before anything is in them."""
    shapes = ((frames, JOINT_COUNT, 3, 3), (frames, 3), (frames, FACE_CHANNELS[face_basis]), (frames, 4))
    rotations, translation, face, standing = (np.empty(shape, np.float32) for shape in shapes)
    return Draft(rotations, translation, face, face_basis, standing)


def _told_nobody(_what: str, _done: int, _of: int) -> None:
    """The progress of a take that nobody watches."""


def _write_plan(path: Path, plan: Plan) -> None:
    """Write a plan as JSON, a line for each move: easy to read, and never whole in memory as text."""
    small = {"style": dict(plan.style), "seed": plan.seed, "start_hands": [asdict(pose) for pose in plan.start_hands]}
    with replacing(path) as beside, beside.open("w", encoding="utf-8") as file:
        file.write(json.dumps(small, default=float)[:-1])
        kinds: dict[str, Sequence[HandMove | BodyMove]] = {"hand_moves": plan.hand_moves, "body_moves": plan.body_moves}
        for name, moves in kinds.items():
            file.write(f', "{name}": [')
            for number, move in enumerate(moves):
                file.write(",\n" if number else "\n")
                file.write(json.dumps(asdict(move), default=float, allow_nan=False))
            file.write("\n]")
        file.write("}\n")
