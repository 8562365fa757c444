"""Reports: what was made and measured, as JSON that people can read."""

import json
from pathlib import Path
from typing import Any

from gesta.writing import replacing


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a report; an older one stays whole until the new one is.

    Raises:
        OutputError: it cannot be written.
    """
    text = json.dumps(content, indent=2, ensure_ascii=False, default=float, allow_nan=False) + "\n"
    # File names can hold bytes that are no text; as JSON's own escapes they survive.
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", errors="backslashreplace")
