"""Numbers and codes of certificates: readable serials, unguessable public codes."""

import re

# Crockford's alphabet: no I, L, O, U, so that a code read off paper is typed right.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
_LOOKALIKE = str.maketrans("ILO", "110")
_SEPARATORS = re.compile(r"[\s\-–—._]+")
_NOT_SERIES = re.compile(r"[^A-Z0-9]+")


def public_code(entropy: bytes) -> str:
    """Return the public code of 17 random bytes: 26 characters, 130 bits."""
    number = int.from_bytes(entropy, "big")
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """Return ``code`` as printed: groups with hyphens."""
    return "-".join((code[:5], code[5:10], code[10:15], code[15:20], code[20:]))


def normal_code(given: str) -> str | None:
    """Return the code that ``given`` means, None when it cannot be one.

    Case, spaces and hyphens do not matter; I and L mean 1, O means 0.
    """
    if len(given) > 100:
        return None
    code = _SEPARATORS.sub("", given).upper().translate(_LOOKALIKE)
    is_code = len(code) == CODE_LENGTH and all(char in ALPHABET for char in code)
    return code if is_code else None


def series_word(series: str) -> str:
    """Return ``series`` as serials spell it: capitals, digits and hyphens."""
    return _NOT_SERIES.sub("-", series.upper()).strip("-") or "GCN"


def series_prefix(word: str, earlier_issuers: int) -> str:
    """Return what a serial begins with: the series, numbered when other issuers had it first.

    No series word holds a dot, so no two issuers ever share a prefix.
    """
    return word if earlier_issuers == 0 else f"{word}.{earlier_issuers + 1}"


def serial_of(prefix: str, year: int, number: int) -> str:
    """Return e.g. ``GCN-2026-00042``."""
    return f"{prefix}-{year}-{number:05d}"


def normal_serial(given: str) -> str:
    """Return ``given`` as serials are written."""
    return re.sub(r"\s+", "", given).upper()[:100]
