"""What a speech sound's label says, in ARPAbet, IPA or SAMPA: whether it is a vowel, and whether it is stressed.

ARPAbet writes stress as a digit behind the vowel (1 main, 2 second, 0 none; CMUdict's README); IPA as a mark before
the syllable (International Phonetic Association 1999), SAMPA as a double quote there.
"""

from collections.abc import Sequence

from gesta.records import Phone

ARPABET_VOWELS = frozenset(
    ["AA", "AE", "AH", "AO", "AW", "AX", "AXR", "AY", "EH", "ER", "EY", "IH", "IX", "IY", "OW", "OY", "UH", "UW", "UX"]
)
VOWEL_STARTS = frozenset("aeiouæøœɐɑɒɔəɘɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏ" + "@{}&0123689" + "AEIOUQ")
"""First letters of vowels in IPA, and the signs and capitals of SAMPA; no consonant of ARPAbet begins so."""
IPA_STRESS, SAMPA_STRESS, ARPABET_STRESS = "ˈ", '"', "1"


def is_vowel(label: str) -> bool:
    """Whether a label names a vowel or diphthong."""
    plain = label.strip().lstrip("ˈˌ\"%'")
    return plain.upper().rstrip("012") in ARPABET_VOWELS or plain[:1] in VOWEL_STARTS


def stressed_vowel(phones: Sequence[Phone]) -> Phone | None:
    """The vowel of the stressed syllable, the first vowel where stress is not written; None without vowels."""
    for place, phone in enumerate(phones):
        label = phone.label.strip()
        marked = label.endswith(ARPABET_STRESS) and label[:-1].upper() in ARPABET_VOWELS
        if marked or label.startswith((IPA_STRESS, SAMPA_STRESS)):
            return next((other for other in phones[place:] if is_vowel(other.label)), None)
    return next((phone for phone in phones if is_vowel(phone.label)), None)
