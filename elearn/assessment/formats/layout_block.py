"""One question of a paper: its lines to stem, options, key, explanation and fields."""

import re
from dataclasses import dataclass, field

from elearn.assessment.formats import building
from elearn.assessment.formats import layout_signs as signs
from elearn.assessment.formats.building import Unfit, option
from elearn.assessment.formats.layout_keys import marked
from elearn.assessment.formats.layout_lines import (
    BOLD,
    ITALIC,
    PLAIN,
    Line,
    Marks,
    form,
    paragraphs,
)
from elearn.assessment.formats.neutral import Entry
from elearn.kernel.errors import N_

_LETTERS = "abcdefghij"
_TRUE, _FALSE = frozenset({"dung", "d", "true", "t", "co"}), frozenset({"sai", "s", "false", "f"})
_STEM, _OPTIONS, _EXPLANATION = "stem", "options", "explanation"
Note = tuple[str, str, dict[str, object]]


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


@dataclass(slots=True)
class _Option:
    """An option as written."""

    lines: list[Line]
    label: Marks
    is_starred: bool
    is_tagged: bool = False
    feedback: list[Line] = field(default_factory=list)


class BlockReader:
    """Reads one question; ``letters`` and ``details`` are what the end of the paper says of it."""

    def __init__(self, block: Block, letters: str, details: list[Line]) -> None:
        self.block = block
        self.table_letters = letters
        self.explanation = list(details)
        self.stem: list[Line] = []
        self.options: list[_Option] = []
        self.key: str | None = None
        self.fields: dict[str, str] = {}
        self.feedback: dict[str, list[Line]] = {}
        self.notes: list[Note] = []
        self.state = _STEM
        self.letters_ahead: list[set[str]] = []
        self.is_upper = True

    def read(self) -> Entry:
        """Return the question as an entry of a bank file. Raises Unfit."""
        self._look_ahead()
        for position, line in enumerate(self.block.lines):
            self._take(position, line)
        if not self.options:
            self._options_in_stem()
        data = {"stem": paragraphs(self.stem, _whole_look(self.stem)), **self._answer()}
        if self.explanation:
            data["explanation"] = paragraphs(self.explanation, _whole_look(self.explanation))
        return {**self._label_fields(), **data, **self._own_fields(data["type"])}

    # ---- lines

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
                self.explanation.append(line.cut(match.start("rest")))
        elif self.state is _EXPLANATION:
            self.explanation.append(line)
        elif options := self._split(line, self.letters_ahead[position]):
            self.state = _OPTIONS
            for each in options:
                self._add_option(*each)
        elif self.state is _STEM:
            self.stem.append(line)
        else:
            self._continue_option(line)

    def _continue_option(self, line: Line) -> None:
        letter = _first_letter(line)
        if self.key is None and letter and letter.isupper() == self.is_upper:
            expected = _LETTERS[len(self.options) % 10].upper()
            raise Unfit(
                "option.order",
                N_("Sau phương án %(last)s phải là phương án %(expected)s, không phải %(found)s."),
                last=_LETTERS[len(self.options) - 1].upper(),
                expected=expected,
                found=letter.upper(),
            )
        if self.key is None:
            self.options[-1].lines.append(line)
        else:
            self.state = _EXPLANATION
            self.explanation.append(line)

    def _take_key(self, line: Line, words: str) -> bool:
        match = signs.KEY.fullmatch(words)
        if match is None:
            return False
        raw = line.text[match.start("rest") :].strip()
        is_bare = signs.LETTERS.fullmatch(match["rest"]) is not None and raw[:1].isupper()
        if match["sign"] is None and not is_bare:
            return False
        if self.state is _EXPLANATION and (self.key is not None or not is_bare):
            return False
        if not raw:
            return False
        if self.key is not None and self.key != raw:
            raise Unfit("key.twice", N_("Câu này có hai dòng “Đáp án” khác nhau."))
        self.key = raw
        return True

    def _take_field(self, line: Line, words: str) -> bool:
        match = signs.FIELD.fullmatch(words)
        is_after = self.state is not _STEM or self.key is not None
        if match is None or not is_after:
            return False
        rest = line.cut(match.start("rest"))
        if match["letter"]:
            self.feedback.setdefault(match["letter"], []).append(rest)
        else:
            self.fields[" ".join(match["name"].split())] = rest.text
        return True

    def _split(self, line: Line, ahead: set[str]) -> list[tuple[Line, re.Match[str]]]:
        """Return the options that stand on the line, in order; none when it begins with none."""
        expected = len(self.options)
        found: list[re.Match[str]] = []
        for match in signs.OPTION.finditer(line.text):
            letter = match["letter"]
            if expected + len(found) >= len(_LETTERS) or letter.isupper() != self.is_upper:
                continue
            if letter.lower() != _LETTERS[expected + len(found)]:
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
            self._note("layout.pin", _PINNED)
        made = _Option([line], label, bool(match["star"]))
        if right := signs.RIGHT_AFTER.search(line.form):
            made.lines, made.is_tagged = [line.cut(0, right.start())], True
        elif line.text.startswith("*") and not line.text.startswith("**"):
            made.lines, made.is_starred = [line.cut(1)], True
        self.options.append(made)

    def _label_look(self, source: str, match: re.Match[str]) -> Marks:
        for line in self.block.lines:
            if line.text == source:
                return line.marks_at(match.start("letter"))
        return PLAIN

    def _options_in_stem(self) -> None:
        """Find options written behind the stem, on its own last line."""
        if not self.stem:
            return
        line = self.stem[-1]
        starts = [match for match in signs.OPTION.finditer(line.text) if match["letter"] == "A"]
        for start in reversed(starts):
            rest = line.cut(start.start())
            options = self._split(rest, set())
            if len(options) > 1:
                self.stem[-1] = line.cut(0, start.start())
                self.block.lines.append(rest)
                for each in options:
                    self._add_option(*each)
                return

    # ---- what it amounts to

    def _note(self, code: str, message: str, **params: object) -> None:
        if all(code != note[0] for note in self.notes):
            self.notes.append((code, message, params))

    def _answer(self) -> Entry:
        if self.options:
            return self._choice()
        key = self.key
        if key is None:
            raise Unfit("key.missing", N_("Không tìm thấy phương án và đáp án của câu này."))
        words = form(key).strip(" .")
        if words in _TRUE | _FALSE:
            return {"type": "true_false", "answer": words in _TRUE}
        if "sai so" in self.fields or re.fullmatch(r"[-−]?\d+(?:[.,]\d+)?", key):
            tolerance = building.decimal_of(self.fields.get("sai so", "0"))
            unit = self.fields.get("don vi") or None
            return building.numeric(building.decimal_of(key), tolerance, unit)
        if signs.LETTERS.fullmatch(words) and len(words) == 1:
            raise Unfit(
                "option.missing", N_("Có đáp án %(key)s nhưng không có phương án."), key=key
            )
        answers = [part.strip() for part in key.split("|")]
        is_exact = form(self.fields.get("cach so", "")).startswith("chinh xac")
        match = "exact" if is_exact else "folded"
        return {"type": "short_text", "answers": [part for part in answers if part], "match": match}

    def _choice(self) -> Entry:
        if len(self.options) < 2:
            raise Unfit("option.missing", N_("Câu này chỉ có một phương án."))
        right, by_look = self._right()
        looks = frozenset({BOLD, ITALIC})
        options = [
            option(
                paragraphs(each.lines, looks & _dropped(each, by_look=by_look)),
                correct=position in right,
                feedback=paragraphs(self.feedback.get(_LETTERS[position], [])) or None,
            )
            for position, each in enumerate(self.options)
        ]
        if len(right) == 1:
            return {"type": "single_choice", "options": options}
        is_partial = form(self.fields.get("cach cham", "")).startswith("tung phan")
        scoring = "partial" if is_partial else "all_or_nothing"
        return {"type": "multiple_choice", "scoring": scoring, "options": options}

    def _right(self) -> tuple[frozenset[int], bool]:
        """Return the positions of the right options, and whether only their look tells them."""
        told: dict[str, frozenset[int]] = {}
        if self.key is not None:
            told["dòng “Đáp án”"] = self._positions(self.key)
        if self.table_letters:
            told["bảng đáp án"] = self._positions(self.table_letters)
        stars = frozenset(at for at, each in enumerate(self.options) if each.is_starred)
        tagged = frozenset(at for at, each in enumerate(self.options) if each.is_tagged)
        told |= {name: at for name, at in (("“*”", stars), ("“(đúng)”", tagged)) if at}
        looks = marked(
            [each.label for each in self.options],
            [each.lines[0].common_marks() for each in self.options],
        )
        if not told:
            return self._agreed({_LOOKS.get(name, name): at for name, at in looks}), True
        right = self._agreed(told)
        for name, positions in looks:
            if positions != right and name in ("underline", "highlight"):
                message = N_("Phương án %(letters)s được %(look)s nhưng đáp án ghi khác.")
                params = {"letters": _names(positions), "look": _LOOKS[name]}
                self._note("key.look", message, **params)
        return right, False

    def _agreed(self, told: dict[str, frozenset[int]]) -> frozenset[int]:
        if not told:
            raise Unfit("key.missing", N_("Không tìm thấy đáp án của câu này."))
        if len(set(told.values())) > 1:
            said = "; ".join(f"{name}: {_names(positions)}" for name, positions in told.items())
            raise Unfit(
                "key.contradiction", N_("Các chỗ ghi đáp án khác nhau: %(said)s."), said=said
            )
        return next(iter(told.values()))

    def _positions(self, key: str) -> frozenset[int]:
        words = form(key).strip()
        if signs.DIGITS.fullmatch(words):
            positions = {int(number) - 1 for number in re.findall(r"\d+", words)}
        elif signs.LETTERS.fullmatch(words) or signs.JOINED.fullmatch(words):
            letters = re.findall(r"[a-j]", re.sub(r"\b(?:va|and)\b", " ", words))
            positions = {_LETTERS.index(letter) for letter in letters}
        elif signs.LETTER_WITH_TEXT.fullmatch(words):
            positions = {_LETTERS.index(words[0])}
        else:
            positions = set()
        if not positions or not all(0 <= each < len(self.options) for each in positions):
            message = N_("Đáp án “%(key)s” không chỉ phương án nào của câu này.")
            raise Unfit("key.unknown", message, key=key[:40])
        return frozenset(positions)

    # ---- fields

    def _label_fields(self) -> Entry:
        fields: Entry = {}
        if self.block.is_pinned:
            self._note("layout.pin", _PINNED)
        for tag in signs.TAG.findall(self.block.tags):
            if level := signs.LEVELS.get(" ".join(tag.split())):
                fields["level"] = level
            elif points := signs.POINTS.fullmatch(tag):
                fields["points"] = points[1].replace(",", ".")
            else:
                self._note("layout.tag", N_("Không hiểu ghi chú “(%(tag)s)” sau số câu."), tag=tag)
        return fields

    def _own_fields(self, kind: str) -> Entry:
        names = {"ma": "id", "ma cau": "id", "ma cau hoi": "id", "bai hoc": "lesson"}
        fields: Entry = {
            names[name]: text for name, text in self.fields.items() if name in names and text
        }
        if level := self.fields.get("muc do"):
            fields["level"] = signs.LEVELS.get(form(level).strip(), level)
        if area := self.fields.get("linh vuc"):
            fields["area"] = area
        for name, key in (("ky nang", "skills"), ("du kien", "facts"), ("vien dan", "citations")):
            if name in self.fields:
                fields[key] = [each for each in re.split(r"[\s,;]+", self.fields[name]) if each]
        if points := self.fields.get("diem"):
            fields["points"] = format(building.decimal_of(points), "f")
        for name in ("sai so", "don vi") if kind != "numeric" else ():
            if name in self.fields:
                self._note("layout.field", N_("Mục “%(name)s” chỉ dùng cho câu hỏi số."), name=name)
        return fields


_PINNED = N_("Dấu # ghim vị trí không dùng ở đây và đã được bỏ.")
# They are put together into one sentence, which is Vietnamese alone.
_LOOKS = {
    "bold": "in đậm",
    "italic": "in nghiêng",
    "underline": "gạch chân",
    "colour": "tô màu chữ",
    "highlight": "tô nền",
}


def _is_known(tag: str) -> bool:
    return " ".join(tag.split()) in signs.LEVELS or signs.POINTS.fullmatch(tag) is not None


def _first_letter(line: Line) -> str | None:
    match = signs.OPTION.match(line.text.lstrip())
    return match["letter"] if match else None


def _names(positions: frozenset[int]) -> str:
    return ", ".join(_LETTERS[at].upper() for at in sorted(positions))


def _whole_look(lines: list[Line]) -> Marks:
    """Return the look that all of ``lines`` share; on the whole it says nothing."""
    looks = [line.common_marks() for line in lines if line.text.strip()]
    return frozenset.intersection(*looks) if looks else PLAIN


def _dropped(option: _Option, *, by_look: bool) -> Marks:
    """Return the look of an option that says nothing of its words."""
    common = option.lines[0].common_marks()
    return common if by_look or common == option.label else common & {BOLD}
