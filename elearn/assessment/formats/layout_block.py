"""One question of a paper: its lines taken apart to stem, options, key and fields."""

import re
from dataclasses import dataclass, field

from elearn.assessment.formats import layout_signs as signs
from elearn.assessment.formats.building import Unfit
from elearn.assessment.formats.layout_answer import (
    LETTERS,
    PINNED,
    EntryMaker,
    Note,
    OptionLines,
    Parts,
)
from elearn.assessment.formats.layout_lines import PLAIN, Line, Marks
from elearn.assessment.formats.neutral import Entry
from elearn.kernel.errors import N_

_STEM, _OPTIONS, _EXPLANATION = "stem", "options", "explanation"


@dataclass(slots=True)
class Block:
    """The lines of a question; ``label`` as people read it."""

    line: int
    number: int
    label: str
    section: int
    tags: str
    is_pinned: bool
    lines: list[Line] = field(default_factory=list)
    # Options B or a key have been seen; or an option b, which may also be a part of the stem.
    is_answered: bool = False
    has_small_letters: bool = False

    @classmethod
    def begun(cls, line: Line, match: re.Match[str], section: int) -> "Block":
        """Return the question whose label ``match`` found on ``line``."""
        number = int(match[2])
        tags, start = match["tags"], match.end()
        # «Câu 1: [VD] …»: the level may also stand behind the sign.
        while (tag := signs.TAG.match(line.form, start)) and _is_known(tag[1]):
            tags, start = tags + tag[0], tag.end()
        block = cls(line.number, number, str(number), section, tags, bool(match[1]))
        first = line.cut(start)
        if first.text:
            block.add(first)
        return block

    def add(self, line: Line) -> None:
        """Add a line of the question."""
        self.lines.append(line)
        words = line.form
        letter = _SECOND.search(line.text)
        has_key = signs.KEY.fullmatch(words) is not None
        self.is_answered |= has_key or (letter is not None and letter[1] == "B")
        self.has_small_letters |= letter is not None


_SECOND = re.compile(r"(?:^|\s)\*?\s?#?\s?\(?([Bb])\s?[.)/:](?!\S?//)")


class BlockReader:
    """Reads one question; ``letters`` and ``details`` are what the end of the paper says of it."""

    def __init__(self, block: Block, letters: str, details: list[Line]) -> None:
        self.block = block
        self.found = Parts(block.tags, block.is_pinned, letters, list(details))
        self.state = _STEM
        self.letters_ahead: list[set[str]] = []
        self.is_upper = True

    @property
    def notes(self) -> list[Note]:
        """What the author is told of the question."""
        return self.found.notes

    def read(self) -> Entry:
        """Return the question as an entry of a bank file. Raises Unfit."""
        self._look_ahead()
        for position, line in enumerate(self.block.lines):
            self._take(position, line)
        if not self.found.options:
            self._options_in_stem()
        return EntryMaker(self.found).entry()

    def _look_ahead(self) -> None:
        """Note which letters begin the lines from each one on, and the case of the letters."""
        starts = [_first_letter(line) for line in self.block.lines]
        self.is_upper = any(letter == "A" for letter in starts) or "a" not in starts
        ahead: set[str] = set()
        for letter in reversed(starts):
            self.letters_ahead.append(set(ahead))
            if letter and letter.isupper() == self.is_upper:
                ahead.add(letter.lower())
        self.letters_ahead.reverse()

    def _take(self, position: int, line: Line) -> None:
        words = line.form
        if self._take_key(line, words) or self._take_field(line, words):
            return
        if match := signs.EXPLANATION.fullmatch(words):
            self.state = _EXPLANATION
            if match["rest"]:
                self.found.explanation.append(line.cut(match.start("rest")))
        elif self.state is _EXPLANATION:
            self.found.explanation.append(line)
        elif options := self._split(line, self.letters_ahead[position]):
            self.state = _OPTIONS
            for each in options:
                self._add_option(*each)
        elif self.state is _STEM:
            self.found.stem.append(line)
        else:
            self._continue_option(line)

    def _continue_option(self, line: Line) -> None:
        letter = _first_letter(line)
        if self.found.key is None and letter and letter.isupper() == self.is_upper:
            expected = LETTERS[len(self.found.options) % 10].upper()
            raise Unfit(
                "option.order",
                N_("Sau phương án %(last)s phải là phương án %(expected)s, không phải %(found)s."),
                last=LETTERS[len(self.found.options) - 1].upper(),
                expected=expected,
                found=letter.upper(),
            )
        if self.found.key is None:
            self.found.options[-1].lines.append(line)
        else:
            self.state = _EXPLANATION
            self.found.explanation.append(line)

    def _take_key(self, line: Line, words: str) -> bool:
        match = signs.KEY.fullmatch(words)
        if match is None:
            return False
        raw = line.text[match.start("rest") :].strip()
        is_bare = signs.LETTERS.fullmatch(match["rest"]) is not None and raw[:1].isupper()
        if match["sign"] is None and not is_bare:
            return False
        if self.state is _EXPLANATION and (self.found.key is not None or not is_bare):
            return False
        if not raw:
            return False
        if self.found.key is not None and self.found.key != raw:
            raise Unfit("key.twice", N_("Câu này có hai dòng “Đáp án” khác nhau."))
        self.found.key = raw
        return True

    def _take_field(self, line: Line, words: str) -> bool:
        match = signs.FIELD.fullmatch(words)
        is_after = self.state is not _STEM or self.found.key is not None
        if match is None or not is_after:
            return False
        rest = line.cut(match.start("rest"))
        if match["letter"]:
            self.found.feedback.setdefault(match["letter"], []).append(rest)
        else:
            self.found.fields[" ".join(match["name"].split())] = rest.text
        return True

    def _split(self, line: Line, ahead: set[str]) -> list[tuple[Line, re.Match[str]]]:
        """Return the options that stand on the line, in order; none when it begins with none."""
        expected = len(self.found.options)
        found: list[re.Match[str]] = []
        for match in signs.OPTION.finditer(line.text):
            letter = match["letter"]
            if expected + len(found) >= len(LETTERS) or letter.isupper() != self.is_upper:
                continue
            if letter.lower() != LETTERS[expected + len(found)]:
                continue
            if found and letter.lower() in ahead:
                continue
            if not found and line.text[: match.start()].strip():
                return []
            found.append(match)
        ends = [*(match.start() for match in found[1:]), len(line.text)]
        return (
            [(line.cut(match.end(), end), match) for match, end in zip(found, ends, strict=True)]
            if found
            else []
        )

    def _add_option(self, line: Line, match: re.Match[str]) -> None:
        source = match.string
        label = self._label_look(source, match)
        if match["pin"]:
            self.found.note("layout.pin", PINNED)
        made = OptionLines([line], label, bool(match["star"]))
        if right := signs.RIGHT_AFTER.search(line.form):
            made.lines, made.is_tagged = [line.cut(0, right.start())], True
        elif line.text.startswith("*") and not line.text.startswith("**"):
            made.lines, made.is_starred = [line.cut(1)], True
        self.found.options.append(made)

    def _label_look(self, source: str, match: re.Match[str]) -> Marks:
        for line in self.block.lines:
            if line.text == source:
                return line.marks_at(match.start("letter"))
        return PLAIN

    def _options_in_stem(self) -> None:
        """Find options written behind the stem, on its own last line."""
        if not self.found.stem:
            return
        line = self.found.stem[-1]
        starts = [match for match in signs.OPTION.finditer(line.text) if match["letter"] == "A"]
        for start in reversed(starts):
            rest = line.cut(start.start())
            options = self._split(rest, set())
            if len(options) > 1:
                self.found.stem[-1] = line.cut(0, start.start())
                self.block.lines.append(rest)
                for each in options:
                    self._add_option(*each)
                return


def _is_known(tag: str) -> bool:
    return " ".join(tag.split()) in signs.LEVELS or signs.POINTS.fullmatch(tag) is not None


def _first_letter(line: Line) -> str | None:
    match = signs.OPTION.match(line.text.lstrip())
    return match["letter"] if match else None
