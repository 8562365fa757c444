"""docs/default_model.md keeps its word: its files are there, and its limits are those that the judge holds to."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "default_model.md").read_text(encoding="utf-8")
LIMITS = ROOT / "runs" / "judge_limits.py"


def limits() -> dict[str, object]:
    """The constants of the judge's limits, by name."""
    found: dict[str, object] = {}
    for node in ast.parse(LIMITS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple):
            (target,), value = node.targets, ast.literal_eval(node.value)
            if isinstance(target, ast.Tuple):
                found |= dict(zip((one.id for one in target.elts), value, strict=True))  # type: ignore[attr-defined]
            elif isinstance(target, ast.Name):
                found[target.id] = value
    return found


def test_files_it_names_are_there() -> None:
    named = set(re.findall(r"(?<![\w/])(?:src/gesta|runs|recipes|docs)/[\w./-]+\w", PAGE)) | {
        f"docs/{found}" for found in re.findall(r"\]\(((?:images/)?[\w-]+\.(?:md|png))\)", PAGE)
    }
    assert len(named) > 5
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_limits_are_the_judges() -> None:
    held = limits()
    low, high = held["JERK_RATIO"]  # type: ignore[misc]
    sentences = (
        f"at least {held['MARGIN_SHARE']:.2f}, lower end of the paired interval at least",
        f"interval at least {held['MARGIN_SHARE_LOW']:.2f}",
        f"at least {held['HEAD_SHARE']:.2f} of the teacher's",
        f"{low:.2f} to {high:.2f} of the teacher's",
        f"at most {held['SLIDE_MM']:.1f} mm a planted frame, at most {held['FAST_SHARE']:.0%}".replace("%", " %"),
        f"at most {held['DISTANCE_MORE']:.2f} more than the teacher's; at most {held['INSIDE_FEWER']} fewer of 96",
        f"wrists at least {100 * held['DIVERSITY_M']:.0f} cm apart",  # type: ignore[operator]
        f"at least {held['PAIRS_WON']} of {held['PAIRS']} pairs",
    )
    assert [sentence for sentence in sentences if sentence not in PAGE] == []
