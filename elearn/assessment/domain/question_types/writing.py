"""What people write, made comparable: words without their accents, numbers as they are typed."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Context, Decimal
from functools import lru_cache

from elearn.assessment.domain.question_types.base import refused
from elearn.kernel.errors import N_, Invalid
from elearn.kernel.text import clean, clean_line, fold

LONGEST_LINE = 500
LONGEST_TEXT = 50_000
# A key of a tally, at most.
LONGEST_KEY = 100

_NUMBER = re.compile(r"([+-]?) ?([0-9.,' ]*[0-9])(.*)")
_WHOLE = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(?:([., '])[0-9]{3})(?:\1[0-9]{3})*")
_DIGITS = re.compile(r"[0-9]+")
_PARTS_THOUSANDS = re.compile(r"[., ']")
_PLAIN_SIGNS = str.maketrans({"−": "-", "–": "-", "’": "'"})
# Enough for every difference of numbers that fit on a line.
_EXACT = Context(prec=4 * LONGEST_LINE)


def line_of(value: object) -> str:
    """Return ``value`` as one line as it is stored. Raises Invalid for no text or too much."""
    return _checked(value, LONGEST_LINE, clean_line)


def text_of(value: object) -> str:
    """Return ``value`` as text as it is stored, "" for blanks alone. Raises Invalid."""
    text = _checked(value, LONGEST_TEXT, clean)
    return text if text.strip() else ""


def _checked(value: object, longest: int, tidy: Callable[[str], str]) -> str:
    if not isinstance(value, str):
        raise refused()
    text = tidy(value)
    if len(text) > longest:
        raise Invalid(
            "assessment.too_long",
            N_("Câu trả lời dài quá %(longest)s ký tự nên chưa được nhận. Hãy rút ngắn."),
            longest=longest,
        )
    return text


def exact_key(text: str) -> str:
    """Return ``text`` in the one form in which equal answers are equal: NFC, single spaces."""
    return clean_line(_visible(text))


# Most people write one of a few answers, and the right ones are compared with each of them.
@lru_cache(maxsize=2048)
def folded_key(text: str) -> str:
    """Return ``text`` without case, accents and spaces, đ as d."""
    return fold(_visible(text)).replace(" ", "")


def _visible(text: str) -> str:
    """Return ``text`` without what cannot be seen: marks of width nothing, soft hyphens."""
    return "".join(char for char in text if unicodedata.category(char) != "Cf")


def readings(text: str, unit: str = "") -> list[Decimal]:
    """Return the numbers that ``text`` may mean, none when it is no number.

    The decimal sign is a comma or a point; the other one, a space or an apostrophe parts
    thousands. "1.234" may mean 1234 or 1,234: both are returned. ``unit`` may stand behind.
    """
    line = exact_key(text).translate(_PLAIN_SIGNS)
    found = _NUMBER.fullmatch(line)
    if found is None:
        return []
    sign, digits, rest = found.groups()
    if rest and folded_key(rest) != folded_key(unit):
        return []
    numbers = {sign + number for number in _plain_numbers(digits.lstrip())}
    return sorted(Decimal(number) for number in numbers)


def _plain_numbers(digits: str) -> Iterator[str]:
    """Yield what ``digits`` may mean in the form that Decimal reads."""
    if whole := _whole(digits):
        yield whole
    for mark in ",.":
        before, _, after = digits.partition(mark)
        whole = _whole(before, parted_by_other_than=mark)
        if whole and _DIGITS.fullmatch(after):
            yield f"{whole}.{after}"


def _whole(digits: str, *, parted_by_other_than: str = "") -> str:
    """Return the digits of a whole number, "" when it is none."""
    found = _WHOLE.fullmatch(digits)
    if found is None or found.group(1) == parted_by_other_than:
        return ""
    return _PARTS_THOUSANDS.sub("", digits)


def is_near(number: Decimal, answer: Decimal, tolerance: Decimal) -> bool:
    """Whether ``number`` differs from ``answer`` by ``tolerance`` at most, exactly counted."""
    return _EXACT.subtract(number, answer).copy_abs() <= tolerance


def as_typed(number: Decimal) -> str:
    """Return ``number`` as people here write it: a decimal comma, no thousands parted."""
    return f"{number:f}".replace(".", ",")
