"""Which mouth belongs to which sound of speech: visemes by phone labels (ARPAbet, IPA, X-SAMPA, pinyin) or by letters.

All of it stands in visemes.toml, which anyone can extend.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field

from gesta.procedural.mouth_pose import POSE_NAMES
from gesta.settings import Settings

Alphabet = Literal["arpabet", "ipa", "pinyin"]
SILENT = "silent"
USUAL_LANGUAGE, PINYIN_LANGUAGE = "en", "zh"
STRESS = re.compile(r"[0-9]+$")
MARKS = str.maketrans("", "", "ˈˌ'\"%˥˦˧˨˩")


class Viseme(Settings):
    """What the mouth does for some sounds."""

    jaw: float = Field(0.0, ge=0.0, le=1.0, description="jawOpen")
    round: float = Field(0.0, ge=0.0, le=1.0, description="how round the lips are")
    wide: float = Field(0.0, ge=0.0, le=1.0, description="how far the corners are drawn back")
    bare: float = Field(0.0, ge=0.0, le=1.0, description="how much of the teeth the lips show")
    closed: float = Field(0.0, ge=0.0, le=1.0, description="1 where lips press together")
    teeth: float = Field(0.0, ge=0.0, le=1.0, description="1 where the lower lip is under the upper teeth")
    push: float = Field(0.0, ge=0.0, le=1.0, description="how far the lips are pushed forward as for sh")
    tongue: float = Field(0.0, ge=0.0, le=1.0, description="how much of the tongue shows")
    firm: float = Field(1.0, gt=0.0, description="how much it insists against its neighbours")
    reach_s: float = Field(0.06, gt=0.0, description="after how long none of it is left in its neighbours")
    arpabet: tuple[str, ...] = Field((), description="labels without stress")
    ipa: tuple[str, ...] = Field((), description="labels in IPA and X-SAMPA")
    pinyin: tuple[str, ...] = Field((), description="initials and finals without tone")

    def pose(self) -> tuple[float, ...]:
        """In the order of POSE_NAMES."""
        return tuple(getattr(self, name) for name in POSE_NAMES)


class Spelling(Settings):
    """How a language's letters sound, roughly."""

    vowels: tuple[str, ...] = Field(description="visemes that last twice as long as others")
    silent_end: tuple[str, ...] = Field((), description="endings that are not heard, after a consonant")
    letters: dict[str, str] = Field(description="letters and the visemes they stand for, with spaces between")


class VisemeTable(Settings):
    """The whole file."""

    visemes: dict[str, Viseme] = Field(description="by name")
    glides: dict[str, tuple[str, ...]] = Field(description="labels that are several visemes one after the other")
    spelling: dict[str, Spelling] = Field(description="by language")


@cache
def table() -> VisemeTable:
    """The table that is packaged."""
    text = resources.files("gesta.procedural").joinpath("visemes.toml").read_text(encoding="utf-8")
    return VisemeTable.checked(tomllib.loads(text), "visemes.toml")


@cache
def _labels(alphabet: Alphabet) -> Mapping[str, tuple[str, ...]]:
    alone = {label: (name,) for name, viseme in table().visemes.items() for label in getattr(viseme, alphabet)}
    return alone | table().glides


def alphabet_of(labels: Iterable[str]) -> Alphabet:
    """Which alphabet a recording's labels are written in: the first of ARPAbet, pinyin and IPA that knows them all."""
    bare = {STRESS.sub("", label) for label in labels}
    if all(label.upper() in _labels("arpabet") for label in bare):
        return "arpabet"
    silences = table().visemes[SILENT].ipa
    return "pinyin" if all(label in _labels("pinyin") or label in silences for label in bare) else "ipa"


def visemes_of(label: str, alphabet: Alphabet) -> tuple[str, ...]:
    """The visemes of a label, in order; an unknown label is read piece by piece, and what stays unknown is left out."""
    if alphabet != "ipa":
        bare = STRESS.sub("", label)
        known = _labels(alphabet).get(bare.upper() if alphabet == "arpabet" else bare)
        return known or ((SILENT,) if bare in table().visemes[SILENT].ipa else ())
    plain = unicodedata.normalize("NFC", label.translate(MARKS)).strip()
    if not plain:
        return (SILENT,)
    return _pieces(plain, _labels("ipa")) or _pieces(STRESS.sub("", plain), _labels("ipa"))


def spelt(word: str, language: str) -> tuple[str, ...]:
    """The visemes that a word's letters suggest; none for a language or letters that the table does not know.

    Chinese words are read as pinyin; characters are unknown letters.
    """
    code = language_code(language)
    if code == PINYIN_LANGUAGE:
        return _pieces(_without_accents(word.lower()), _labels("pinyin"))
    spelling = table().spelling.get(code)
    if spelling is None:
        return ()
    known = {key: tuple(value.split()) for key, value in spelling.letters.items()}
    letters = [letter for letter in word.lower() if letter.isalpha()]
    plain = "".join(letter if letter in known else _without_accents(letter) for letter in letters)
    for ending in sorted(spelling.silent_end, key=len, reverse=True):
        stem = plain.removesuffix(ending)
        if stem != plain and re.search(r"[aeiouy].*[^aeiouy]$", stem):
            plain = stem + ending[1:]
            break
    return _pieces(plain, known)


def long_visemes(language: str) -> tuple[str, ...]:
    """The visemes that last twice as long as others where a word is spelt."""
    spelling = table().spelling.get(language_code(language), table().spelling[USUAL_LANGUAGE])
    return spelling.vowels


def language_code(language: str) -> str:
    """The two letters of a language's name as files give it, for example "en-GB"; English if there is none."""
    return language.lower()[:2] or USUAL_LANGUAGE


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def _pieces(text: str, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Cut a text into the longest known pieces from the left, passing over what is unknown."""
    longest = max(map(len, known))
    found: list[str] = []
    place = 0
    while place < len(text):
        for size in range(min(longest, len(text) - place), 0, -1):
            if text[place : place + size] in known:
                found += known[text[place : place + size]]
                place += size
                break
        else:
            place += 1
    return tuple(found)
