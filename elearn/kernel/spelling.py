"""How Vietnamese syllables are written, to tell text from text read with the wrong table.

Old files come in TCVN3 (ABC), VNI or Windows-1258. Read with the wrong table they still give
letters, only the wrong ones; the rules of spelling are what shows it.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

# Names are made of few different words, so what was found out of one is kept.
_WORDS_KEPT = 1 << 14
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ONSETS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x"
_CODAS = "ch|c|m|ng|nh|n|p|t"
# Vowels of a syllable without their tone, longest first; a final i, o, u, y is part of them.
_NUCLEI = (
    "iêu|yêu|oai|oao|oay|oeo|uai|uao|uay|uây|uôi|ươi|ươu|uya|uyê|uyu|"
    "ai|ao|au|ay|âu|ây|eo|êu|ia|iê|iu|oa|oă|oe|oi|oo|ôi|ôô|ơi|ua|uâ|uê|ui|uô|uơ|uy|ưa|ươ|ưi|ưu|yê|"
    "a|ă|â|e|ê|i|o|ô|ơ|u|ư|y"
)
_NUCLEUS_SET = frozenset(_NUCLEI.split("|"))
_VOWELS = re.compile("(?:(?<=q)u|(?<=g)i(?=[aăâeêioôơuưy]))?(?P<vowels>[aăâeêioôơuưy]+)")
_SYLLABLE = re.compile(f"(?:{_ONSETS})?(?P<nucleus>{_NUCLEI})(?:{_CODAS})?")
# These carry the tone on their first letter: "bàu", never "baù", which is how VNI spells "bá".
_TONE_FIRST = set("ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|ơi|ua|ui|ưa|ưi|ưu".split("|"))  # noqa: SIM905 - read as one line
_BASES = "aăâeêioôơuưy"
_LETTERS = frozenset(
    unicodedata.normalize("NFC", form)
    for base in _BASES
    for tone in ("", *_TONES)
    for form in (base + tone, base.upper() + tone)
) | {"đ", "Đ"}
_ABBREVIATION = re.compile(r"[A-ZĐƯ]+|đ")
_WORD = re.compile(r"[^\W\d_]+")
# Signs of TCVN3, VNI and of UTF-8 read byte by byte; none of them touches a letter in real text.
_STRAY = re.compile(
    # after a letter; ² ³ ° and the closing » stand there in real text too
    r"[^\W\d_][\u0080-\u009f\u00a1-\u00af\u00b1\u00b4-\u00ba\u00bc-\u00bf\u0192\u02c6\u02dc"
    r"\u2020\u2021\u2030\ufffd]|"
    # before a letter; so does the opening «
    r"[\u0080-\u009f\u00a1-\u00a9\u00ac-\u00af\u00b1\u00b4-\u00b9\u00bb-\u00bf\ufffd][^\W\d_]|"
    # UTF-8 read byte by byte: most Vietnamese letters begin with these two
    r"á[º»]\S"
)
_LOST = re.compile(r"[^\W\d_]\?[^\W\d_]")


def _without_tone(word: str) -> tuple[str, list[int]]:
    """Return the NFC word without tones, and the places of the letters that had one."""
    letters: list[str] = []
    toned: list[int] = []
    for place, char in enumerate(word):
        parts = unicodedata.normalize("NFD", char)
        if any(tone in parts for tone in _TONES):
            toned.append(place)
        plain = "".join(part for part in parts if part not in _TONES)
        letters.append(unicodedata.normalize("NFC", plain))
    return "".join(letters), toned


def _has_one_case(word: str) -> bool:
    return word in (word.lower(), word.upper(), word[:1].upper() + word[1:].lower())


@lru_cache(maxsize=_WORDS_KEPT)
def is_syllable(word: str) -> bool:
    """Whether ``word`` (NFC, letters only) can be a Vietnamese syllable: parts, tone and case."""
    plain, toned = _without_tone(word.lower())
    match = _SYLLABLE.fullmatch(plain)
    if match is None or len(toned) > 1 or not _has_one_case(word):
        return False
    first, nucleus = match.start("nucleus"), match["nucleus"]
    return not toned or nucleus not in _TONE_FIRST or toned[0] == first


def _is_abbreviation(word: str) -> bool:
    """Whether ``word`` is one like HĐND, or đ alone."""
    return _ABBREVIATION.fullmatch(word) is not None


def first_misspelt(text: str) -> str | None:
    """Return the first accented word of ``text`` that is no Vietnamese syllable, or None."""
    for word in _WORD.findall(text):
        if not (word.isascii() or is_syllable(word) or _is_abbreviation(word)):
            return str(word)
    return None


@lru_cache(maxsize=_WORDS_KEPT)
def _has_impossible_vowels(word: str) -> bool:
    plain, toned = _without_tone(word.lower())
    for match in _VOWELS.finditer(plain):
        vowels = match["vowels"]
        is_right_place = not toned or vowels not in _TONE_FIRST or match.start("vowels") in toned
        if vowels not in _NUCLEUS_SET or not is_right_place:
            return True
    return len(toned) > 1


def first_impossible(text: str) -> str | None:
    """Return the first accented word of ``text`` with vowels that no Vietnamese word has, or None.

    Milder than ``first_misspelt``: names of other peoples (Đắk, Krông) are let pass.
    """
    for word in _WORD.findall(text):
        if not word.isascii() and _has_impossible_vowels(word):
            return str(word)
    return None


@lru_cache(maxsize=_WORDS_KEPT)
def _is_garbled_word(word: str) -> bool:
    if any(char.isalpha() and char not in _LETTERS and "\x7f" < char < "\u0250" for char in word):
        return True
    _, toned = _without_tone(word.lower())
    # Small letters of TCVN3 show as capitals in the middle of a word: "NguyÔn".
    return len(toned) > 1 or any(
        before.islower() and char.isupper() and not char.isascii()
        for before, char in pairwise(word)
    )


def is_garbled(text: str) -> bool:
    """Whether ``text`` shows sure signs of having been read with the wrong table.

    Signs are accents where no Vietnamese word has them, Latin letters that Vietnamese lacks, or a
    question mark inside a word, which is what is left of a lost letter.
    """
    if text.isascii():
        return _LOST.search(text) is not None
    if _STRAY.search(text) or _LOST.search(text):
        return True
    return any(_is_garbled_word(word) for word in _WORD.findall(text) if not word.isascii())
