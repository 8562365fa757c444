"""Files of words: every form gives the same words; hostile and wrong ones are refused with one sentence."""

import json
from pathlib import Path

import numpy as np
import pytest

from gesta.audio.words import text as text_module
from gesta.audio.words.phones import is_vowel, stressed_vowel
from gesta.audio.words.read import fit_words, read_words
from gesta.errors import InputError
from gesta.records import Phone, Word, Words

# Where issues' and tests' files lie: not in the repository, so that it can be absent.
SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "beat2" / "textgrid"
SAID = [("a", 0.5, 0.6), ("very", 0.6, 0.9), ('"big"', 0.9, 1.4), ("house", 1.5, 2.0)]
PHONES = [("AH0", 0.5, 0.6), ("V", 0.6, 0.7), ("EH1", 0.7, 0.8), ("R", 0.8, 0.85), ("IY0", 0.85, 0.9)]


def plain(words: Words) -> list[tuple[str, float, float]]:
    return [(word.text, round(word.start_s, 6), round(word.end_s, 6)) for word in words.words]


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def short_textgrid() -> str:
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", "2.5", "<exists>", "3"]
    lines += ['"TextTier"', '"bells"', "0", "2.5", "1", "1.2", '"ding"']
    for name, spans in (("words", [("", 0, 0.5), *SAID, ("sil", 2.0, 2.5)]), ("phones", PHONES)):
        lines += ['"IntervalTier"', quoted(name), "0", "2.5", str(len(spans))]
        for text, start, end in spans:
            lines += [str(start), str(end), quoted(text)]
    return "\n".join(lines)


def long_textgrid() -> str:
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", "xmax = 2.5"]
    lines += ["tiers? <exists>", "size = 2", "item []:"]
    for number, (name, spans) in enumerate((("Ann - words", SAID), ("Ann - phones", PHONES)), 1):
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f"        name = {quoted(name)}"]
        lines += ["        xmin = 0", "        xmax = 2.5", f"        intervals: size = {len(spans)} ! a remark"]
        for place, (text, start, end) in enumerate(spans, 1):
            lines += [f"        intervals [{place}]:", f"            xmin = {start}", f"            xmax = {end}"]
            lines += [f"            text = {quoted(text)}"]
    return "\n".join(lines)


def clock(seconds: float, mark: str) -> str:
    return f"00:00:{seconds:06.3f}".replace(".", mark)


def srt(inside: str = "{}") -> str:
    cues = (
        f"{number}\n{clock(start, ',')} --> {clock(end, ',')}\n{inside.format(text)}\n"
        for number, (text, start, end) in enumerate(SAID, 1)
    )
    return "\n".join(cues)


def vtt() -> str:
    first = "a<00:00:00.600><c> very</c><00:00:00.900><c> &quot;big&quot;</c><00:00:01.400>"
    return (
        "WEBVTT\n\nNOTE nothing\n\n00:00.500 --> 00:01.500 align:start\n"
        f"{first}\n\n00:00:01.500 --> 00:00:02.000\na very &quot;big&quot;\n<v Ann><00:00:01.500>house\n"
    )


def table(delimiter: str, head: str, rows: list[tuple[object, ...]]) -> str:
    cells = (delimiter.join(quoted(str(cell)) if '"' in str(cell) else str(cell) for cell in row) for row in rows)
    return "\n".join([*([head] if head else []), *cells])


def entries(text: str, start: str, end: str) -> list[dict[str, object]]:
    return [dict(zip((text, start, end), row, strict=True)) for row in SAID]


JSON_FORMS: dict[str, object] = {
    "a list": entries("word", "start", "end"),
    "whisper": {
        "text": "a very",
        "language": "en",
        "segments": [{"id": 0, "start": 0.5, "end": 2.0, "text": "x", "words": entries("word", "start", "end")}],
    },
    "whisperx": {
        "segments": [{"start": 0.5, "end": 2.0, "text": "x", "words": entries("word", "start", "end")}],
        "word_segments": entries("word", "start", "end"),
    },
    "chunks": {"text": "x", "chunks": [{"text": f" {text}", "timestamp": [a, b]} for text, a, b in SAID]},
    "tiers": {"tiers": {"words": {"type": "interval", "entries": [[a, b, text] for text, a, b in SAID]}}},
    "columns": {
        "words": [row[0] for row in SAID],
        "start": [row[1] for row in SAID],
        "end": [row[2] for row in SAID],
    },
    "milliseconds": [{"text": text, "start": round(1000 * a), "end": round(1000 * b)} for text, a, b in SAID],
    "text times": [{"word": text, "startTime": f"{a}s", "endTime": f"{b}s"} for text, a, b in SAID],
}
FORMS = {
    "short.TextGrid": short_textgrid(),
    "long.TextGrid": long_textgrid(),
    "words.srt": srt(),
    "underlined.srt": srt("a line with <u>{}</u> in it"),
    "words.vtt": vtt(),
    "words.csv": table(",", "Word,Start,End", SAID),
    "mfa.csv": table(
        ",", "Begin,End,Label,Type", [(a, b, t, "words") for t, a, b in SAID] + [(0.5, 0.6, "AH0", "phones")]
    ),
    "length.csv": table(";", "start;duration;text", [(a, round(b - a, 3), text) for text, a, b in SAID]),
    "bare.tsv": table("\t", "", [(a, b, text) for text, a, b in SAID]),
    "whisper.tsv": table("\t", "start\tend\ttext", [(round(1000 * a), round(1000 * b), t) for t, a, b in SAID]),
    **{f"{name}.json": json.dumps(content) for name, content in JSON_FORMS.items()},
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_words(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8")
    words = read_words(tmp_path / name)
    # Of a word within a line the mark behind it says only when the next begins.
    assert plain(words) == SAID
    assert not words.spread
    assert words.source == name


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_texts_in_any_unicode(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "words.TextGrid"
    path.write_bytes(short_textgrid().replace("very", "sehr schön").encode(encoding))
    assert [word.text for word in read_words(path).words] == ["a", "sehr", "schön", '"big"', "house"]


@pytest.mark.parametrize("name", ["short.TextGrid", "long.TextGrid"])
def test_sounds_come_with_their_words(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name])
    words = read_words(tmp_path / name).words
    assert [phone.label for phone in words[1].phones] == ["V", "EH1", "R", "IY0"]
    assert words[2].phones == ()


def test_gentle_times_its_sounds_by_their_lengths(tmp_path: Path) -> None:
    phones = [{"phone": "b_B", "duration": 0.2}, {"phone": "ih_I", "duration": 0.1}, {"phone": "g_E", "duration": 0.2}]
    heard = {"word": "big", "case": "success", "start": 0.9, "end": 1.4, "phones": phones}
    path = tmp_path / "gentle.json"
    path.write_text(json.dumps({"transcript": "big x", "words": [heard, {"case": "not-found-in-audio", "word": "x"}]}))
    (word,) = read_words(path).words
    assert [(phone.label, round(phone.start_s, 6)) for phone in word.phones] == [("b", 0.9), ("ih", 1.1), ("g", 1.2)]


def test_plain_cues_are_spread_by_letters_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "plain.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\n<i>So</i> big\n[music] it is\n")
    words = read_words(path)
    assert words.spread
    assert [word.text for word in words.words] == ["So", "big", "it", "is"]
    # 3, 4, 3 and 3 of 13: each word's letters and one for the space.
    assert [round(13 * (word.start_s - 1.0), 6) for word in words.words] == [0, 3, 7, 10]


def test_words_out_of_order_and_over_each_other_are_put_in_order(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    path.write_text("word,start,end\nthree,2,2.5\none,0.5,1.4\ntwo,1.2,1.8\n")
    assert plain(read_words(path)) == [("one", 0.5, 1.2), ("two", 1.2, 1.8), ("three", 2.0, 2.5)]


WRONG = {
    "no.srt": ("no subtitle here", "no subtitle with times"),
    "no.TextGrid": ("Dear aunt", "no TextGrid"),
    "cut.TextGrid": (short_textgrid()[:200], "no TextGrid, or a damaged one"),
    "endless.TextGrid": (short_textgrid().replace("<exists>\n3", "<exists>\n1e999"), "no TextGrid, or a damaged one"),
    "names.TextGrid": (short_textgrid().replace('"words"', '"tones"'), "No tier of"),
    "two.TextGrid": (
        long_textgrid().replace("Ann - phones", "Bob - words"),
        "words in several tiers ('Ann - words', 'Bob - words')",
    ),
    "empty.csv": ("", "is empty"),
    "letter.csv": ("Dear aunt,\nhow are you", "does not say where words and times are"),
    "row.csv": ("word,start,end\nbig,1,\n", "Row 2"),
    "back.csv": ("word,start,end\nbig,2.5,1.5\n", "'big' goes from 2.5 to 1.5 s"),
    "early.csv": ("word,start,end\nbig,-1,1.5\n", "times must be 0 or more"),
    "never.csv": ("word,start,end\nbig,nan,1.5\n", "times must be 0 or more"),
    "broken.json": ('{"word": ', "is not JSON"),
    "deep.json": ("[" * 100_000, "is not JSON"),
    "other.json": ('{"joints": [1, 2, 3]}', "holds no word with a time"),
    "endless.json": ('[{"word": "big", "start": 0, "end": Infinity}]', "times must be 0 or more"),
    "huge.json": (f'[{{"word": "big", "start": 0, "end": 1{"0" * 400}}}]', "is not JSON"),
    "words.docx": ("big", "no file of words that is known here"),
    "zero.csv": ("a\0b,1,2", "not text"),
    "long.csv": ("word,start,end\n" + "big" * 4000 + ",1,2\n", "12,000 letters"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_sentence(tmp_path: Path, name: str) -> None:
    text, said = WRONG[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as refused:
        read_words(tmp_path / name)
    assert said in str(refused.value)
    assert str(refused.value).count("\n") == 0
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", FORMS)
def test_damaged_files_are_read_or_refused(tmp_path: Path, name: str) -> None:
    random, path = np.random.default_rng(7), tmp_path / name
    whole = FORMS[name].encode()
    for _ in range(40):
        content = bytearray(whole)
        for at in random.integers(0, len(whole), 4):
            match random.integers(4):
                case 0:
                    content[at : at + 1] = random.choice(list(b'0123456789"[]{},.:-<>\n\t')).tobytes()[:1]
                case 1:
                    del content[at : at + int(random.integers(1, 30))]
                case 2:
                    content[at:at] = whole[at : at + 30]
                case 3:
                    content[at:at] = (b"1e999", b"-1", b"NaN", b"null", b"-->", b"9" * 400)[random.integers(6)]
        path.write_bytes(content)
        try:
            assert len(read_words(path)) > 0
        except InputError as error:
            assert "\n" not in str(error)


def test_what_is_no_text_or_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no file of words"):
        read_words(tmp_path / "missing.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="no file of words"):
        read_words(tmp_path / "folder.csv")
    (tmp_path / "latin.srt").write_bytes("Ma\xf1ana".encode("latin-1"))
    with pytest.raises(InputError, match="save it as UTF-8"):
        read_words(tmp_path / "latin.srt")
    monkeypatch.setattr(text_module, "FILE_BYTES", 1000)
    (tmp_path / "large.csv").write_text("word,start,end\n" * 100)
    with pytest.raises(InputError, match="larger than"):
        read_words(tmp_path / "large.csv")


def test_words_are_fitted_to_their_recording() -> None:
    phones = (Phone("B", 1.0, 1.2), Phone("IH1", 1.2, 1.5))
    words = Words((Word("so", 0.5, 0.9), Word("big", 1.0, 1.5, phones), Word("x", 1.45, 1.6)), source="talk.srt")
    fitted = fit_words(words, 1.3, "talk")
    assert [(word.text, word.end_s) for word in fitted.words] == [("so", 0.9), ("big", 1.3)]
    assert fitted.words[1].phones[1].end_s == 1.3
    assert fit_words(words, 60.0, "talk") == words
    with pytest.raises(InputError, match=r"'talk.srt' go on to 1.6 s, but 'joke' ends at 0.5 s"):
        fit_words(words, 0.5, "joke")


def test_a_record_of_words_refuses_what_cannot_be() -> None:
    for wrong in ([(1.0, 0.5)], [(1.0, 2.0), (0.5, 0.7)], [(-1.0, 0.5)], [(0.0, float("inf"))]):
        with pytest.raises(ValueError, match="before"):
            Words(tuple(Word("a", *times) for times in wrong))


@pytest.mark.parametrize(
    ("labels", "stressed"),
    [
        ("V EH1 R IY0", "EH1"),
        ("AH0 G EH1 N", "EH1"),
        ("f ə ˈɡ ɛ t", "ɛ"),
        ("@ g ˈe n", "ˈe"),
        ("b I g", "I"),
        ("S T", None),
        ("", None),
    ],
)
def test_the_stressed_vowel(labels: str, stressed: str | None) -> None:
    phones = [Phone(label, at, at + 1.0) for at, label in enumerate(labels.split())]
    found = stressed_vowel(phones)
    assert (found.label if found else None) == stressed


def test_no_consonant_of_arpabet_is_a_vowel() -> None:
    consonants = ("B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH")
    assert not [label for label in (*consonants, "V", "W", "Y", "Z", "ZH") if is_vowel(label)]
    assert all(is_vowel(label) for label in ("AA0", "ER1", "aʊ", "ɪ", "ih", "E", "@", "ˈɛ"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data/beat2")
def test_beat2_files() -> None:
    for path in sorted(SHARED.glob("*.TextGrid")):
        words = read_words(path)
        assert len(words) > 150
        # One word of the four takes is a digit, of which the aligner heard no sounds.
        assert sum(not word.phones for word in words.words) <= 1
        assert all(phone.start_s >= word.start_s - 1e-6 for word in words.words for phone in word.phones)
