"""The list of what can be worn, WORK/wardrobe.json: outfits and hairs by name, their pieces, where they come from."""

import json
from pathlib import Path
from typing import Any

from gesta.writing import replacing

NAME = "wardrobe.json"
ORIGIN = {"licence": "CC0-1.0", "by": "MakeHuman community (makehuman-assets, released in September 2020)"}


def worn(work: Path) -> dict[str, Any]:
    """The list: {"outfits": {name: pieces}, "hairs": ..., "two_sided": pieces, "sources": {piece: origin}}."""
    path = work / NAME
    if not path.exists():
        return {"outfits": {}, "hairs": {}, "two_sided": [], "sources": {}}
    return dict(json.loads(path.read_text(encoding="utf-8")))


def add(work: Path, group: str, name: str, piece: str, source: str) -> None:
    """Note that a piece belongs to an outfit or to a hair; `group` is "outfits" or "hairs"."""
    listed = worn(work)
    for names, entry in ((listed[group].setdefault(name, []), piece), (listed["two_sided"], piece)):
        if entry not in names:
            names.append(entry)
    listed["sources"][piece] = {"from": source, **ORIGIN}
    with replacing(work / NAME) as beside:
        beside.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
