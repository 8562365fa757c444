"""Speech whose words and sounds have known times, by synthesisers from Debian: for tests, and for a small part of a
corpus (a quarter of its hours of motion at most), since nobody speaks like that.

    python runs/synthesise_speech.py TEXTS -o SPEECH [--voices en-gb en-us es festival]

TEXTS is a folder of texts named NAME.LANGUAGE.txt (en, es or cmn). Each is read by every voice of its language:
SPEECH gets NAME-VOICE.wav and NAME-VOICE.json with the words and their sounds, which `gesta speak --words` and
`gesta prepare synthetic` read. espeak-ng is asked through its library, which reports when each word and each sound
begins (the letters -v and --pho of its command need MBROLA's voices, which are not free); festival through a script in
its own language. Prints how much faster than real time it went.
"""

import argparse
import ctypes
import json
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LIBRARY = "libespeak-ng.so.1"
SYNCHRONOUS, PHONEME_EVENTS, IPA = 2, 1, 2
UTF8, CHARACTERS = 1, 1
END, WORD, SENTENCE, PHONEME = 0, 1, 2, 7
"""Constants of espeak-ng's speak_lib.h."""
FESTIVAL = "festival"
PAUSES = ("pau", "_", "_:", "", "_!", "_|")
VOICES = ("en-gb", "en-us", "en-gb-scotland", "es", "es-419", "cmn-latn-pinyin", FESTIVAL)
"""Read if not asked otherwise. espeak-ng reads Chinese characters by their pinyin, which its plain voice "cmn" of
version 1.51 then reads as English."""
FESTIVAL_SCRIPT = """(voice_kal_diphone)
(set! utt (SynthText "%s"))
(define (tell kind item from to)
  (format t "%%s\\t%%s\\t%%s\\t%%s\\n" kind (item.name item) (item.feat item from) (item.feat item to)))
(mapcar (lambda (item) (tell "word" item "word_start" "word_end")) (utt.relation.items utt 'Word))
(mapcar (lambda (item) (tell "phone" item "segment_start" "segment_end")) (utt.relation.items utt 'Segment))
(utt.save.wave utt "%s" 'riff)
"""


class _Name(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user", ctypes.c_void_p),
        ("id", _Name),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("unused", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass
class Spoken:
    """What a voice said: 16-bit samples, and words and sounds as (text, start in s, end in s)."""

    rate: int = 0
    samples: bytes = b""
    words: list[tuple[str, float, float]] = field(default_factory=list)
    phones: list[tuple[str, float, float]] = field(default_factory=list)


class Espeak:
    """espeak-ng's library."""

    def __init__(self) -> None:
        try:
            self.engine = ctypes.CDLL(LIBRARY)
        except OSError:
            sys.exit(f"{LIBRARY} is not here; install espeak-ng (Debian: apt-get install espeak-ng).")
        self.rate = self.engine.espeak_Initialize(SYNCHRONOUS, 0, None, PHONEME_EVENTS | IPA)

    def say(self, text: str, voice: str) -> Spoken:
        """Read a text; sys.exit where there is no such voice."""
        wanted = _Voice(languages=voice.encode())
        if self.engine.espeak_SetVoiceByProperties(ctypes.byref(wanted)):
            sys.exit(f"espeak-ng has no voice '{voice}'.")
        blocks: list[bytes] = []
        heard: list[tuple[int, float, str]] = []

        def take(sound: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]") -> int:
            if count > 0:
                blocks.append(ctypes.string_at(sound, 2 * count))
            found = _until_end(events)
            heard.extend((event.type, event.sample / self.rate, _named(event, text)) for event in found)
            return 0

        callback = CALLBACK(take)
        self.engine.espeak_SetSynthCallback(callback)
        content = text.encode()
        self.engine.espeak_Synth(content, len(content) + 1, 0, CHARACTERS, 0, UTF8, None, None)
        self.engine.espeak_Synchronize()
        samples = b"".join(blocks)
        return Spoken(self.rate, samples, *_timed(heard, len(samples) / 2 / self.rate))


def _until_end(events: "ctypes._Pointer[_Event]") -> Iterator[_Event]:
    at = 0
    while events[at].type != END:
        yield events[at]
        at += 1


def _named(event: _Event, text: str) -> str:
    if event.type == PHONEME:
        return event.id.string.decode("utf-8", "ignore")
    # Positions count from 1.
    return text[event.text_position - 1 : event.text_position - 1 + event.length] if event.type == WORD else ""


def _timed(heard: list[tuple[int, float, str]], end_s: float) -> tuple[list, list]:
    """Words and sounds with ends: a sound ends with the next event, a word with the last of its sounds."""
    words, phones = [], []
    for number, (kind, start_s, name) in enumerate(heard):
        later = heard[number + 1 :]
        if kind == PHONEME and name not in PAUSES:
            phones.append((name, start_s, next((at for kind, at, _ in later if kind == PHONEME), end_s)))
        elif kind == WORD:
            limit = next((at for kind, at, _ in later if kind in (WORD, SENTENCE)), end_s)
            quiet = (at for kind, at, name in later if kind == PHONEME and at > start_s and name in PAUSES)
            words.append((name, start_s, min(limit, next(quiet, end_s))))
    return words, phones


def by_festival(text: str) -> Spoken:
    """Read a text by festival's free diphone voice."""
    with tempfile.TemporaryDirectory() as folder:
        sound, script = Path(folder, "sound.wav"), Path(folder, "say.scm")
        script.write_text(FESTIVAL_SCRIPT % (text.replace("\\", " ").replace('"', " "), sound))
        told = subprocess.run(["festival", "-b", str(script)], capture_output=True, text=True, check=True).stdout
        with wave.open(str(sound)) as file:
            spoken = Spoken(file.getframerate(), file.readframes(file.getnframes()))
    for line in filter(None, told.splitlines()):
        kind, name, start, end = line.split("\t")
        if name not in PAUSES:
            (spoken.words if kind == "word" else spoken.phones).append((name, float(start), float(end)))
    return spoken


def write(spoken: Spoken, stem: Path, language: str) -> float:
    """Write the sound and what is known of it; returns its length in seconds."""
    with wave.open(f"{stem}.wav", "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(spoken.rate)
        file.writeframes(spoken.samples)
    tiers = {
        name: {"type": "interval", "entries": [[round(start, 4), round(end, 4), text] for text, start, end in entries]}
        for name, entries in (("words", spoken.words), ("phones", spoken.phones))
    }
    content = {"language": language, "tiers": tiers}
    Path(f"{stem}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(spoken.samples) / 2 / spoken.rate


def main() -> None:
    """Read every text by every voice of its language."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("texts", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--voices", nargs="+", default=VOICES)
    chosen = parser.parse_args()
    texts = sorted(chosen.texts.glob("*.*.txt"))
    if not texts:
        sys.exit(f"'{chosen.texts}' holds no text named NAME.LANGUAGE.txt.")
    chosen.output.mkdir(parents=True, exist_ok=True)
    espeak, seconds, started = Espeak(), 0.0, time.perf_counter()
    for path in texts:
        name, language = path.name.split(".")[0], path.name.split(".")[-2]
        text = " ".join(path.read_text(encoding="utf-8").split())
        for voice in chosen.voices:
            if ("en" if voice == FESTIVAL else voice.split("-")[0]) != language:
                continue
            spoken = by_festival(text) if voice == FESTIVAL else espeak.say(text, voice)
            seconds += write(spoken, chosen.output / f"{name}-{voice}", language)
    spent = time.perf_counter() - started
    sys.stdout.write(f"{seconds:.0f} s of speech in {spent:.1f} s: {seconds / spent:.0f} times real time\n")


if __name__ == "__main__":
    main()
