"""Vietnamese text: one Unicode form, search without accents, order by given name."""

import re
import unicodedata

_TONES = {"̀": 1, "̉": 2, "̃": 3, "́": 4, "̣": 5}
_BASES = {letter: rank for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_SPACES = re.compile(r"\s+")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# Characters that hide or reorder what a reader sees: C0/C1 but tab and line ends, bidi overrides.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def nfc(text: str) -> str:
    """Return ``text`` precomposed (NFC)."""
    return unicodedata.normalize("NFC", text)


def clean(text: str) -> str:
    """Return ``text`` as stored: NFC, without hidden controls, CR LF made LF."""
    return nfc(_UNSAFE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def clean_line(text: str) -> str:
    """Return ``text`` as one stored line: cleaned, trimmed, single spaces."""
    return _SPACES.sub(" ", clean(text)).strip()


class _Folded(dict[int, str]):
    """Gives each character its folded form, remembered: no accent, lower case."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFD", chr(code))
        plain = "".join(part for part in parts if not unicodedata.combining(part))
        self[code] = plain.replace("đ", "d").replace("Đ", "D").casefold()
        return self[code]


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Return ``text`` for search: no accents, đ as d, lower case, single spaces."""
    return " ".join(text.translate(_FOLDED).split())


def slug(text: str) -> str:
    """Return ``text`` as ASCII words joined by hyphens; may be empty."""
    return _NOT_SLUG.sub("-", fold(text)).strip("-")


def _letter_rank(char: str) -> tuple[int, int]:
    """Return (rank of the letter, rank of its tone) in the Vietnamese alphabet."""
    tone, letter = 0, ""
    for part in unicodedata.normalize("NFD", char):
        if part in _TONES:
            tone = _TONES[part]
        else:
            letter += part
    base = unicodedata.normalize("NFC", letter)
    return _BASES.get(base, 40 + min(ord(base[:1] or " "), 0x7FFF) % 200), tone


def alphabet_key(text: str) -> str:
    """Return an ASCII key that sorts as Vietnamese: letters first, tones break ties."""
    words = _SPACES.sub(" ", nfc(text)).strip().lower().split(" ")
    letters, tones = [], []
    for word in words:
        ranks = [_letter_rank(char) for char in word]
        letters.append("".join(f"{rank:03d}" for rank, _ in ranks))
        tones.append("".join(str(tone) for _, tone in ranks))
    return " ".join(letters) + "!" + " ".join(tones)


def name_sort_key(full_name: str) -> str:
    """Return the key that sorts people by given name, then by the rest of the name."""
    words = _SPACES.sub(" ", nfc(full_name)).strip().split(" ")
    return alphabet_key(words[-1]) + "|" + alphabet_key(" ".join(words[:-1]))
