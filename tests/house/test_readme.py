"""The README keeps its word: every command in it runs, every file it names is there.

Commands run inside this process, in a folder that holds what the README talks of: recordings cut to two seconds, a
picture with its points, the recipes, and the results of the commands before. A line of a kind that nobody knows how to
check fails.
"""

import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesta.keypoints.files import write_keypoints
from tests.cli.running import demo_speech, gesta_run, inside
from tests.keypoints.made_points import person

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RECORDING_SUFFIXES = (".wav", ".mp3", ".flac", ".mp4", ".m4a", ".ogg")
SHELLS, CODE, SHOWN = ("bash", "sh", "shell"), ("python", "pycon"), ("text", "json", "toml", "")
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
RUN_SECONDS = 2.0


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and its lines."""

    language: str
    text: str

    @property
    def commands(self) -> list[str]:
        """What is typed into a shell: continued lines joined, comments and answers left out."""
        joined = self.text.replace("\\\n", " ").splitlines()
        if self.language == "console":
            return [line[2:].strip() for line in joined if line.startswith("$ ")]
        return [line.strip() for line in joined if line.strip() and not line.lstrip().startswith("#")]


BLOCKS = [Block(language.strip().split(" ")[0], text) for language, text in FENCE.findall(README)]
COMMANDS = [command for block in BLOCKS if block.language in (*SHELLS, "console") for command in block.commands]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the recordings, the picture with its points and the recipes that the README names."""
    folder = tmp_path_factory.mktemp("readme")
    for name in set(re.findall(r"[\w./-]+", README)):
        path = Path(name)
        if path.suffix in RECORDING_SUFFIXES and path.stem != "preview":
            target = folder / path.name
            # The reader goes by the content: any of the names may hold a WAV.
            demo_speech(target, RUN_SECONDS)
    points = person()
    write_keypoints(folder / "me.npz", points)
    Image.fromarray(np.full((*points.size[::-1], 3), 128, np.uint8)).save(folder / "me.jpg")
    (folder / "recipes").symlink_to(ROOT / "recipes")
    with inside(folder):
        assert gesta_run("body", "--portrait", "-o", "me.png").status == 0
        # What later commands look at is there even where a single test is run.
        assert gesta_run("speak", "speech.wav", "--no-preview").status == 0
        yield folder


def check_gesta(words: list[str]) -> None:
    outcome = gesta_run(*words[1:])
    assert outcome.status == 0, outcome.stderr
    for file in outcome.files if words[1] in ("speak", "film", "inspect") else ():
        assert file.stat().st_size > 0


def check_make(words: list[str]) -> None:
    subprocess.run([*words[:1], "-n", *words[1:]], cwd=ROOT, check=True, capture_output=True, timeout=20)


def check_pip(words: list[str]) -> None:
    """Whether an installation names what there is: gesta, its extras, or what it needs."""
    assert words[:2] == ["pip", "install"]
    needed = {re.split(r"[\[<>=!~ ]", entry)[0] for entry in PROJECT["dependencies"]}
    wanted = list(words[2:])
    for option in ("--index-url", "--extra-index-url", "-c", "--constraint"):
        if option in wanted:
            del wanted[wanted.index(option) : wanted.index(option) + 2]
    for word in (word for word in wanted if not word.startswith("-")):
        name, _, extras = word.rstrip("]").partition("[")
        assert name in {".", PROJECT["name"], *needed}, f"{name} is not gesta and nothing that it needs"
        for extra in filter(None, extras.split(",")):
            assert extra.strip() in PROJECT["optional-dependencies"]


def check_nothing(_words: list[str]) -> None:
    """Lines that prepare a shell."""


CHECKS = {
    "gesta": check_gesta,
    "make": check_make,
    "pip": check_pip,
    "git": lambda words: check_words(words, "clone"),
    "cd": check_nothing,
    "source": check_nothing,
    "python3": lambda words: check_words(words, "-m", "venv"),
}


def check_words(words: list[str], *wanted: str) -> None:
    assert tuple(words[1 : 1 + len(wanted)]) == wanted


@pytest.mark.parametrize("command", COMMANDS)
def test_command(place: Path, command: str) -> None:
    words = shlex.split(command, comments=True)
    assert words[0] in CHECKS, f"nobody knows how to check '{command}': teach tests/house/test_readme.py"
    CHECKS[words[0]](words)


@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if block.language in CODE], ids=lambda block: block.text[:30]
)
def test_python(place: Path, block: Block) -> None:
    source = block.text
    if ">>> " in source:
        source = "\n".join(line[4:] for line in source.splitlines() if line.startswith((">>> ", "... ")))
    exec(compile(source, "README.md", "exec"), {"__name__": "readme"})


def test_every_fenced_block_is_of_a_kind_that_is_checked() -> None:
    assert README.count("```") == 2 * len(BLOCKS)
    assert {block.language for block in BLOCKS} <= {*SHELLS, "console", *CODE, *SHOWN}
    assert COMMANDS


def table_commands() -> list[str]:
    return re.findall(r"^\| `gesta ([\w-]+)", README, re.MULTILINE)


def test_the_command_table_names_every_command_and_no_other() -> None:
    offered = re.findall(r"^  ([\w-]+)  ", gesta_run("--help").stdout.partition("Commands:")[2], re.MULTILINE)
    assert sorted(table_commands()) == sorted(offered)


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))))
def test_options_exist(option: str) -> None:
    texts = [gesta_run(name, "--help").stdout for name in table_commands()]
    others = {"--index-url", "--extra-index-url"}
    assert option in others or any(re.search(rf"{option}\b", text) for text in texts)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\((?!https?://)([^)#]+)", README))))
def test_linked_files_are_there(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("script", sorted(set(re.findall(r"`(?:python|sh|bash) ([\w./-]+)", README))))
def test_named_scripts_are_there(script: str) -> None:
    assert (ROOT / script).is_file()


def test_no_number_was_left_out() -> None:
    assert not re.findall(r"\b[A-Z]+_(?:MARGIN|LINE|HERE)\b|TODO|TBD", README)
