"""Labels of aligners and letters of words as visemes: every alphabet, and what is unknown does no harm."""

import numpy as np
import pytest

from gesta.procedural.mouth_visemes import alphabet_of, spelt, table, visemes_of
from gesta.procedural.mouth_words import WordReader, timed_visemes
from gesta.records import Phone, Word, Words


def test_every_viseme_named_is_there() -> None:
    names = set(table().visemes)
    assert all(set(parts) <= names for parts in table().glides.values())
    for spelling in table().spelling.values():
        assert {name for value in spelling.letters.values() for name in value.split()} <= names
        assert set(spelling.vowels) <= names


@pytest.mark.parametrize(
    ("labels", "alphabet"),
    [
        (["HH", "AH0", "L", "OW1", "sil"], "arpabet"),
        (["pau", "hh", "ax", "l", "ow"], "arpabet"),
        (["h", "ə", "l", "oʊ"], "ipa"),
        (["h", "@", "l", "@U"], "ipa"),
        (["n", "i3", "h", "ao3"], "pinyin"),
        (["zh", "ong1", "sil"], "pinyin"),
    ],
)
def test_alphabets_are_told_apart(labels: list[str], alphabet: str) -> None:
    assert alphabet_of(labels) == alphabet


def test_one_word_in_three_alphabets_shuts_the_lips_once_and_glides() -> None:
    for alphabet, labels in {
        "arpabet": ["M", "AY1"],
        "ipa": ["m", "aɪ"],
        "pinyin": ["m", "ai4"],
    }.items():
        assert [name for label in labels for name in visemes_of(label, alphabet)] == ["lips", "open", "narrow"]  # type: ignore[arg-type]
    assert visemes_of("tS", "ipa") == ("hush",)
    assert visemes_of("ˈæ", "ipa") == ("broad",)
    assert visemes_of("pʰ", "ipa") == ("lips",)
    assert visemes_of("☃", "ipa") == ()


@pytest.mark.parametrize(
    ("word", "language", "visemes"),
    [
        ("shape,", "en", ["hush", "broad", "lips"]),
        ("Maps", "en", ["lips", "broad", "lips", "hiss"]),
        ("phone", "en", ["teeth", "round", "ridge"]),
        ("the", "", ["tongue", "spread"]),
        ("Bueno", "es", ["lips", "pursed", "spread", "ridge", "round"]),
        ("aquí", "es", ["open", "back", "narrow"]),
        ("nǐmen", "zh-CN", ["ridge", "narrow", "lips", "spread"]),
        ("hello", "tlh", []),
        ("...", "en", []),
    ],
)
def test_letters_sound_roughly(word: str, language: str, visemes: list[str]) -> None:
    assert list(spelt(word, language)) == visemes


def test_letters_spread_over_the_word_with_long_vowels() -> None:
    timed = timed_visemes(Words((Word("map", 1.0, 1.4),), "en"))
    np.testing.assert_allclose(timed.starts_s, (1.0, 1.1, 1.3))
    np.testing.assert_allclose(timed.ends_s, (1.1, 1.3, 1.4))


def test_poses_are_the_same_however_they_are_asked_for() -> None:
    random = np.random.default_rng(0)
    starts = np.cumsum(random.uniform(0.1, 0.9, 200))
    words = Words(
        tuple(
            Word("x", float(at), float(at) + 0.3, (Phone("B", float(at), at + 0.1), Phone("OW1", at + 0.1, at + 0.3)))
            for at in starts
        )
    )
    reader, times = WordReader(words), np.arange(0.0, 60.0, 1 / 30)
    whole, known = reader.poses(times)
    parts = [reader.poses(part) for part in np.split(times, range(7, len(times), 7))]
    np.testing.assert_allclose(np.concatenate([poses for poses, _ in parts]), whole, atol=1e-12)
    np.testing.assert_allclose(np.concatenate([trust for _, trust in parts]), known, atol=1e-12)
    assert known.max() == 1.0
    assert known.min() == 0.0


def test_no_words_or_unknown_labels_say_nothing() -> None:
    for words in (Words(()), Words((Word("☃", 1.0, 2.0, (Phone("☃", 1.0, 2.0),)),))):
        poses, known = WordReader(words).poses(np.arange(90) / 30)
        assert poses.max() == 0.0
        assert known.max() == 0.0
