"""Answers that stand apart from their questions: tables at the end, and the look of an option."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from elearn.assessment.formats.layout_lines import ITALIC, SUB, SUP, Line, Marks
from elearn.assessment.formats.layout_signs import (
    DETAIL,
    HEADINGS,
    LETTER_ROW,
    MAX_SIGN,
    NUMBERS,
    PAIR,
    PAIRS,
    PART,
    ROMAN,
)

_LETTER = re.compile(r"[a-j]")


@dataclass(slots=True)
class Answers:
    """What the end of a paper says: by (section or None, number) letters and explanations."""

    letters: dict[tuple[int | None, int], str] = field(default_factory=dict)
    details: dict[tuple[int | None, int], list[Line]] = field(default_factory=dict)
    twice: set[tuple[int | None, int]] = field(default_factory=set)
    lines: dict[tuple[int | None, int], int] = field(default_factory=dict)
    section: int | None = None
    waiting: list[int] = field(default_factory=list)
    open: tuple[int | None, int] | None = None

    def take(self, line: Line) -> bool:
        """Read a line of the answers; False when it says none."""
        words = line.form if len(line.text) <= MAX_SIGN else ""
        if PART.fullmatch(words) or ROMAN.fullmatch(line.text):
            self.section = (self.section or 0) + 1
            self.open = None
            return True
        if self._rows(line, words) or HEADINGS.fullmatch(words):
            return True
        if detail := DETAIL.fullmatch(words):
            self._detail(line, detail)
            return True
        if self.open is not None:
            self.details.setdefault(self.open, []).append(line)
            return True
        return False

    def _rows(self, line: Line, words: str) -> bool:
        if PAIRS.fullmatch(words):
            for number, letters in PAIR.findall(words):
                self._note(int(number), "".join(_LETTER.findall(letters)), line)
            self.open = None
            return True
        if (row := LETTER_ROW.fullmatch(words)) and self.waiting:
            letters = _LETTER.findall(row[1])
            if len(letters) == len(self.waiting):
                for number, letter in zip(self.waiting, letters, strict=True):
                    self._note(number, letter, line)
                self.waiting = []
                return True
        if numbers := NUMBERS.fullmatch(words):
            self.waiting = [int(number) for number in re.findall(r"\d+", numbers[1])]
            return True
        return False

    def _detail(self, line: Line, match: re.Match[str]) -> None:
        number = int(match[1])
        self._note(number, "".join(_LETTER.findall(match["letters"])), line)
        self.open = (self.section, number)
        if match["text"]:
            self.details.setdefault(self.open, []).append(line.cut(match.start("text")))

    def _note(self, number: int, letters: str, line: Line) -> None:
        key = (self.section, number)
        if self.letters.get(key, letters) != letters:
            self.twice.add(key)
        self.letters[key] = letters
        self.lines.setdefault(key, line.number)

    def find(self, section: int, number: int, *, is_alone: bool) -> tuple[int | None, int] | None:
        """Return the key under which the answer of a question stands.

        ``is_alone``: no other section has a question of that number.
        """
        for key in ((section, number), (None, number) if is_alone else None):
            if key is not None and (key in self.letters or key in self.details):
                return key
        if is_alone:
            keys = [key for key in self.letters if key[1] == number]
            return keys[0] if len(keys) == 1 else None
        return None


def is_row(line: Line) -> bool:
    """Whether the line is a row of answers beyond doubt: three pairs or more."""
    words = line.form if len(line.text) <= MAX_SIGN else ""
    return PAIRS.fullmatch(words) is not None and len(PAIR.findall(words)) >= 3


def marked(labels: Sequence[Marks], texts: Sequence[Marks]) -> list[tuple[str, frozenset[int]]]:
    """Return each look that sets some options apart from the others: its name, their positions.

    ``labels`` is the look of the letters, ``texts`` that of the words. A look that all share, or
    that is italic while another sets options apart, means nothing.
    """
    found: dict[str, frozenset[int]] = {}
    for looks in (labels, texts):
        for kind, positions in _apart(looks):
            found.setdefault(kind, positions)
    if len(found) > 1:
        found.pop(ITALIC, None)
    return sorted(found.items())


def _apart(looks: Sequence[Marks]) -> Iterator[tuple[str, frozenset[int]]]:
    kinds = frozenset[str]().union(*looks) - {SUB, SUP}
    by_name: dict[str, list[frozenset[int]]] = {}
    for kind in sorted(kinds):
        positions = frozenset(at for at, look in enumerate(looks) if kind in look)
        if len(positions) < len(looks):
            by_name.setdefault(kind.partition(":")[0], []).append(positions)
    for name, groups in by_name.items():
        # Of two colours that share out all options, the rarer one marks the key.
        yield name, min(groups, key=len)
